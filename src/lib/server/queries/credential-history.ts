import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { bool, count, utcTime } from './column-types.ts';
import { BEHAVIOUR_COLUMNS, behaviourRow } from './credential-list.ts';

/** What became of the flags: WebAuthn Level 3, 6.1.3 forbids the last two. */
const VERDICTS = [
	'first',
	'backed_up',
	'no_longer_backed_up',
	'eligibility_changed',
	'illegal'
] as const;

const transition = z.object({
	at: utcTime,
	ceremony_id: z.string(),
	ceremony_type: z.string(),
	os_name: z.string(),
	/** Whether the site's server told it, or the page alone. */
	by_server: bool,
	be: bool,
	bs: bool,
	verdict: z.enum(VERDICTS)
});

export type FlagTransition = z.infer<typeof transition>;

/**
 * What a credential's ceremonies tell beyond its newest state: each change of its flags, how its counter behaves, and whether
 * it answers on a system its recorded provider does not serve. No row when no ceremony showed it.
 */
export const queryCredentialHistory = defineQuery({
	name: 'credential-history',
	parameters: z.object({
		project: z.string(),
		/** As a number in text. */
		credential_hash: z.string().regex(/^\d{1,20}$/)
	}),
	row: z.object({
		observations: count,
		/** The first sight included; what changed nothing is left out. */
		changes: z.array(transition),
		forbidden_changes: count,
		...behaviourRow.shape,
		/** Empty: the provider serves every system, or is not known. */
		systems_served: z.array(z.string()),
		/** Systems beyond those on which it answered as the device's own, and since when. */
		moves: z.array(z.object({ os_name: z.string(), first_at: utcTime }))
	}),
	sql: `
SELECT observations, changes, forbidden_changes, systems_served, moves, b.counter AS counter, b.counter_regressions AS counter_regressions,
	b.times_verified AS times_verified, b.times_unverified AS times_unverified
FROM credential_ledger_v1
CROSS JOIN
(
	SELECT ${BEHAVIOUR_COLUMNS}
	FROM credential_observations_v1
	WHERE project_id = {project: String} AND credential_hash = toUInt64({credential_hash: String})
) AS b
WHERE project_id = {project: String} AND credential_hash = toUInt64({credential_hash: String}) AND observations > 0`
});
