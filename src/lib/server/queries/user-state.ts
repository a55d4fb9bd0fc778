import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { bool, count, hashSql, utcTime } from './column-types.ts';

const moment = utcTime.nullable();

/** A user as they stand now: what they hold, how they last signed in, what could go wrong. No more than a hash tells who. */
export const userStateRow = z.object({
	/** 16 hex digits. */
	user_hash: z.string(),
	first_seen_at: utcTime,
	last_seen_at: utcTime,
	/** Usable ones. */
	passkeys: count,
	synced: count,
	legacy_classes: z.array(z.string()),
	ecosystems: z.array(z.string()),
	/** Ecosystems with a usable passkey; an unknown one alone counts as one. */
	reach: count,
	/** Newest successful sign-in by method. */
	last_signin_by_method: z.record(z.string(), utcTime),
	last_passkey_use_at: moment,
	/** Creation prompts shown. */
	prompts_seen: count,
	/** The one usable passkey is device-bound. */
	lockout_risk: bool,
	/** Two usable passkeys or a backed-up one, and a sign-in with one in the last 60 days. */
	removal_ready: bool,
	synthetic: bool
});

export type UserState = z.infer<typeof userStateRow>;

/** The columns of a user state `u`, of the view user_state_v1. */
export const USER_STATE_COLUMNS = `
	${hashSql('u.user_hash')} AS user_hash, u.first_seen_at AS first_seen_at, u.last_seen_at AS last_seen_at,
	u.passkeys AS passkeys, u.synced AS synced, u.legacy_classes AS legacy_classes, u.ecosystems AS ecosystems,
	u.reach AS reach, u.last_signin_by_method AS last_signin_by_method, u.last_passkey_use_at AS last_passkey_use_at,
	u.prompts_seen AS prompts_seen, u.lockout_risk AS lockout_risk, u.removal_ready AS removal_ready, u.synthetic AS synthetic`;

/** States of the users asked for, in no order; one that was never seen is no row. */
export const queryUserStates = defineQuery({
	name: 'user-states',
	parameters: z.object({
		project: z.string(),
		/** As numbers in text. */
		user_hashes: z.array(z.string().regex(/^\d{1,20}$/)).max(1_000)
	}),
	row: userStateRow,
	sql: `
SELECT ${USER_STATE_COLUMNS}
FROM user_state_v1 AS u
WHERE u.project_id = {project: String} AND u.user_hash IN (SELECT arrayJoin(arrayMap(one -> toUInt64(one), {user_hashes: Array(String)})))`
});
