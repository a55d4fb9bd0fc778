import { z } from 'zod';
import { CREDENTIAL_KINDS } from '../../policy/policy-terms.ts';
import { COUNTED, filterParameters } from './filter-sql.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';

/**
 * One rule of a policy as bound values; what a rule does not ask for is empty, 0 or false. `to` is the day it is asked of.
 *
 * Rules are judged by the database, not in this process: half a million credentials of a hundred thousand users are a fraction of a
 * second of columns there, and seconds of JSON here, in the one process that also acknowledges events. Only who breaks a rule comes out.
 */
export const policyRuleParameters = filterParameters.extend({
	everybody: z.boolean(),
	/** `name=value`; whoever has one of them as the newest value of its name. */
	tags: z.array(z.string()),
	except_tags: z.array(z.string()),
	/** The names of both. */
	tag_names: z.array(z.string()),
	kinds: z.array(z.enum(CREDENTIAL_KINDS)),
	allowed_models: z.array(z.string()),
	denied_models: z.array(z.string()),
	/** 1, 1.5, 2 … 3.5 for L1, L1plus …; 0: any. */
	least_level: z.number(),
	/** Statuses of the metadata service that a model must not have. */
	bad_statuses: z.array(z.string()),
	/** Models that are supposed to have such a status, whatever the service says. */
	supposed_bad: z.array(z.string()).default([]),
	least_credentials: z.int(),
	most_age_days: z.int(),
	user_verified: z.boolean(),
	unknown_breaks: z.boolean()
});

export type PolicyRuleParameters = z.input<typeof policyRuleParameters>;

/**
 * Common table expressions ending in `verdicts`: each user the rule is about, with what they hold and how it stands:
 * `breaks`, `untold` (something asked for is not known), `keeps`, `without` (nothing is held and nothing must be).
 * What a user's tags were, what was held and its flags, and what FIDO reported of a model, are those of the day asked of.
 * Constant text: values are bound.
 */
export const POLICY_SQL = `${USABLE_SQL},
tags_then AS
(
	-- Of two values that a day saw, or that take turns, the one that began later.
	SELECT user_hash, argMax(tag, (least(last_at, toDateTime64(addDays({to: Date}, 1), 3, {zone: String})), first_at, tag)) AS newest
	FROM user_tags_v1
	WHERE project_id = {project: String} AND toDate(first_at, {zone: String}) <= {to: Date} AND has({tag_names: Array(String)}, name)
	GROUP BY user_hash, name
),
covered AS
(
	SELECT user_hash
	FROM users_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND toDate(first_seen_at, {zone: String}) <= {to: Date}
		AND ({everybody: Bool} OR user_hash IN (SELECT user_hash FROM tags_then WHERE has({tags: Array(String)}, newest)))
		AND user_hash NOT IN (SELECT user_hash FROM tags_then WHERE has({except_tags: Array(String)}, newest))
),
models AS
(
	SELECT aaguid, status, status_since, certification, true AS listed,
		transform(certification, ['FIDO_CERTIFIED', 'FIDO_CERTIFIED_L1', 'FIDO_CERTIFIED_L1plus', 'FIDO_CERTIFIED_L2',
			'FIDO_CERTIFIED_L2plus', 'FIDO_CERTIFIED_L3', 'FIDO_CERTIFIED_L3plus'], [1., 1., 1.5, 2., 2.5, 3., 3.5], 0.) AS level
	FROM authenticator_status_v1
	WHERE from_day <= {to: Date} AND until_day > {to: Date}
),
verification AS
(
	SELECT credential_hash, countIf(user_verified) AS times, countIf(NOT user_verified) AS times_not
	FROM credential_observations_v1
	WHERE {user_verified: Bool} AND project_id = {project: String} AND toDate(observed_at, {zone: String}) <= {to: Date} AND user_verified IS NOT NULL
	GROUP BY credential_hash
),
judged AS
(
	SELECT
		c.user_hash AS user_hash, c.credential_hash AS credential_hash, c.sync_state AS state, c.provider AS provider, c.aaguid AS aaguid,
		m.status AS model_status, m.status_since AS model_status_since, m.certification AS model_certification,
		dateDiff('day', toDate(ifNull(c.registered_at, c.first_seen_at), {zone: String}), {to: Date}) AS age_days,
		c.aaguid IN ('', '00000000-0000-0000-0000-000000000000') AS nameless,
		arrayFilter(one -> one != '', [
			if(notEmpty({kinds: Array(String)}) AND c.sync_state != 'unknown' AND NOT has({kinds: Array(String)}, c.sync_state), 'kind', ''),
			if(notEmpty({allowed_models: Array(String)}) AND NOT nameless AND NOT has({allowed_models: Array(String)}, c.aaguid), 'model_not_allowed', ''),
			if(has({denied_models: Array(String)}, c.aaguid), 'model_denied', ''),
			if(m.listed AND m.level < {least_level: Float64}, 'certification', ''),
			if(m.listed AND has({bad_statuses: Array(String)}, m.status)
				OR notEmpty({bad_statuses: Array(String)}) AND has({supposed_bad: Array(String)}, c.aaguid), 'known_weakness', ''),
			if({most_age_days: UInt32} > 0 AND age_days > {most_age_days: UInt32}, 'age', ''),
			if(v.times_not > 0, 'user_not_verified', '')]) AS found,
		arrayFilter(one -> one != '', [
			if(notEmpty({kinds: Array(String)}) AND c.sync_state = 'unknown', 'kind_unknown', ''),
			if((notEmpty({allowed_models: Array(String)}) OR notEmpty({denied_models: Array(String)})) AND nameless, 'model_unknown', ''),
			if(({least_level: Float64} > 0 OR notEmpty({bad_statuses: Array(String)})) AND NOT m.listed, 'certification_unknown', ''),
			if({most_age_days: UInt32} > 0 AND c.registered_at IS NULL AND age_days <= {most_age_days: UInt32}, 'age_unknown', ''),
			if({user_verified: Bool} AND v.times + v.times_not = 0, 'verification_unknown', '')]) AS untold,
		if({unknown_breaks: Bool}, arrayConcat(found, untold), found) AS broken,
		if({unknown_breaks: Bool}, [], untold) AS open
	FROM usable AS c
	LEFT JOIN models AS m ON m.aaguid = c.aaguid
	LEFT JOIN verification AS v ON v.credential_hash = c.credential_hash
	WHERE c.user_hash != 0
),
verdicts AS
(
	SELECT
		k.user_hash AS user_hash,
		h.held AS held, h.breaking AS breaking, h.credentials AS credentials,
		toUInt32(greatest(0, toInt64({least_credentials: UInt32}) - toInt64(h.held - h.breaking))) AS missing,
		multiIf(h.breaking > 0 OR missing > 0, 'breaks', h.uncertain > 0, 'untold', h.held > 0, 'keeps', 'without') AS verdict
	FROM covered AS k
	LEFT JOIN
	(
		SELECT user_hash, count() AS held, countIf(notEmpty(broken)) AS breaking, countIf(notEmpty(open)) AS uncertain,
			arraySort(groupArrayIf((credential_hash, state, provider, age_days, arrayConcat(broken, open), model_status, model_status_since, model_certification),
				notEmpty(broken) OR notEmpty(open))) AS credentials
		FROM judged
		GROUP BY user_hash
	) AS h ON h.user_hash = k.user_hash
)`;
