import { z } from 'zod';
import { FINDING_KINDS, FLAG_CHANGES } from '../../ledger/findings.ts';
import { NEIGHBOURS } from '../../ledger/neighbours.ts';
import { defineQuery } from '../define-query.ts';
import { bool, count, hashSql, utcTime } from './column-types.ts';
import { filterParameters, WHERE_CREDENTIAL } from './filter-sql.ts';

/** More than this many a reader could not look through. */
export const MOST_FINDINGS = 2_000;

const findingRow = z.object({
	/** 16 hex digits: the same for the same finding whenever it is asked for. */
	id: z.string(),
	kind: z.enum(FINDING_KINDS),
	at: utcTime,
	/** Empty: about a user. */
	credential_hash: z.string(),
	user_hash: z.string(),
	/** Empty: about no single ceremony. */
	ceremony_id: z.string(),
	/** What was before and what came, by kind: flags as 1 + 2·BE + BS, countries, the provider and the system. */
	before: z.string(),
	after: z.string(),
	/** By kind: minutes between, days asleep, registrations within the hour. */
	amount: count,
	synthetic: bool
});

export type LedgerFinding = z.infer<typeof findingRow>;

/**
 * Only of a credential that showed itself both before and after the period is it not known without looking at its ceremonies
 * whether it did within; where the period ends with the newest of them there is no such credential, and nothing is read.
 */
const SHOWN_IN_PERIOD = `(toDate(shown_first_at, {zone: String}) BETWEEN {from: Date} AND {to: Date}
		OR toDate(shown_last_at, {zone: String}) BETWEEN {from: Date} AND {to: Date}
		OR (toDate(shown_first_at, {zone: String}) < {from: Date} AND toDate(shown_last_at, {zone: String}) > {to: Date} AND credential_hash IN (
			SELECT credential_hash FROM credential_observations_v1
			WHERE project_id = {project: String} AND toDate(observed_at, {zone: String}) BETWEEN {from: Date} AND {to: Date}
				AND {to: Date} < (SELECT max(toDate(assumeNotNull(shown_last_at), {zone: String})) FROM credential_rows_v1
					WHERE project_id = {project: String} AND shown_last_at IS NOT NULL))))`;

/** Credentials that the filters take and that showed themselves within the period. Constant text: values are bound. */
export const OF_PERIOD = `
ledgers AS
(
	SELECT credential_hash, user_hash, synthetic, provider, flag_changes, moves
	FROM credential_rows_v1
	WHERE ${WHERE_CREDENTIAL} AND ${SHOWN_IN_PERIOD}
)`;

/**
 * What is forbidden or suspicious in how credentials behaved in the period, the newest first:
 * flags that WebAuthn Level 3, 6.1.3 forbids, a counter that the server saw go back, an answer as the device's own on a system that
 * the provider does not serve, two countries within the hour that no border joins, an answer after 180 days of none, four registrations of one user
 * within the hour. All but the first two are suspicions.
 */
export const queryLedgerFindings = defineQuery({
	name: 'ledger-findings',
	parameters: filterParameters.extend({ neighbours: z.array(z.string()).default([...NEIGHBOURS]) }),
	row: findingRow,
	sql: `
WITH ${OF_PERIOD},
courses AS
(
	SELECT
		credential_hash,
		arraySort(groupArray((observed_at, ceremony_id, toString(country), toString(ceremony_type), counter_regressed))) AS seen,
		arrayFilter(one -> one.3 != '', seen) AS placed
	FROM credential_observations_v1
	WHERE project_id = {project: String} AND toDate(observed_at, {zone: String}) <= {to: Date} AND credential_hash IN (SELECT credential_hash FROM ledgers)
	GROUP BY credential_hash
),
behaviour AS
(
	SELECT credential_hash, arrayJoin(arrayFilter(one -> one.1 != '', arrayConcat(
		arrayMap(one -> (if(one.5, 'counter_back', ''), one.1, one.2, '', '', 0), seen),
		arrayMap((one, index) -> (if(index > 1 AND one.4 = 'authentication' AND one.1 >= seen[index - 1].1 + INTERVAL 180 DAY, 'dormant_awake', ''),
			one.1, one.2, '', '', dateDiff('day', seen[index - 1].1, one.1)), seen, arrayEnumerate(seen)),
		arrayMap((one, index) -> (if(index > 1 AND one.3 != placed[index - 1].3 AND one.1 <= placed[index - 1].1 + INTERVAL 1 HOUR
			AND NOT has({neighbours: Array(String)}, concat(least(one.3, placed[index - 1].3), ' ', greatest(one.3, placed[index - 1].3))), 'two_countries', ''),
			one.1, one.2, placed[index - 1].3, one.3, dateDiff('minute', placed[index - 1].1, one.1)), placed, arrayEnumerate(placed))
	))) AS found
	FROM courses
),
flags AS
(
	SELECT credential_hash, provider, arrayJoin(arrayFilter(one -> one.1 != '', arrayConcat(
		arrayMap((one, index) -> (transform(one.verdict, ['illegal', 'eligibility_changed'], ['bs_without_be', 'be_changed'], ''), one.at, toString(one.ceremony_id),
			if(index = 1, '', toString(1 + 2 * one.be_before + one.bs_before)), toString(1 + 2 * one.be + one.bs), 0), changes, arrayEnumerate(changes)),
		arrayMap(one -> ('foreign_system', one.first_at, '', toString(provider), one.os_name, 0), moves)))) AS found
	FROM credential_ledger_v1
	WHERE project_id = {project: String} AND credential_hash IN (SELECT credential_hash FROM ledgers
		WHERE notEmpty(moves) OR arrayExists(one -> one.verdict IN ('illegal', 'eligibility_changed'), flag_changes))
),
bursts AS
(
	SELECT user_hash, made_up AS synthetic, arrayJoin(arrayFilter((at, index) ->
		index > 3 AND at <= registered[index - 3] + INTERVAL 1 HOUR AND NOT (index > 4 AND registered[index - 1] <= registered[index - 4] + INTERVAL 1 HOUR),
		registered, arrayEnumerate(registered))) AS at,
		arrayCount(other -> other BETWEEN at - INTERVAL 1 HOUR AND at + INTERVAL 1 HOUR, registered) AS amount
	FROM
	(
		SELECT user_hash, max(synthetic) AS made_up, arraySort(groupArray(assumeNotNull(registered_at))) AS registered
		FROM credential_rows_v1
		WHERE ${WHERE_CREDENTIAL} AND user_hash != 0 AND registered_at IS NOT NULL
		GROUP BY user_hash
		HAVING length(registered) > 3
	)
),
findings AS
(
	SELECT b.credential_hash AS credential, l.user_hash AS user, l.synthetic AS synthetic, b.found.1 AS kind, b.found.2 AS at,
		toString(b.found.3) AS ceremony_id, b.found.4 AS before, b.found.5 AS after, toInt64(b.found.6) AS amount
	FROM behaviour AS b JOIN ledgers AS l ON l.credential_hash = b.credential_hash
	UNION ALL
	SELECT f.credential_hash, l.user_hash, l.synthetic, f.found.1, f.found.2, f.found.3, f.found.4, f.found.5, toInt64(f.found.6)
	FROM flags AS f JOIN ledgers AS l ON l.credential_hash = f.credential_hash
	UNION ALL
	SELECT 0, user_hash, synthetic, 'registration_burst', at, '', '', '', toInt64(amount) FROM bursts
)
SELECT
	leftPad(lower(hex(sipHash64(kind, credential, user, toString(f.at)))), 16, '0') AS id,
	kind, f.at AS at, ${hashSql('credential')} AS credential_hash, ${hashSql('user')} AS user_hash,
	ceremony_id, before, after, amount, synthetic
FROM findings AS f
WHERE toDate(f.at, {zone: String}) BETWEEN {from: Date} AND {to: Date}
ORDER BY at DESC, id
LIMIT ${MOST_FINDINGS}`
});

/** That a change of flags, an expression, happened in the period. */
export const changedInPeriod = (change: string) =>
	`toDate(${change}.at, {zone: String}) BETWEEN {from: Date} AND {to: Date}`;

/** Every change of BE or BS in the period, first sights left out, with the credential it is of: the newest first. */
export const queryLedgerTransitions = defineQuery({
	name: 'ledger-transitions',
	parameters: filterParameters.extend({
		/** Empty: all. */
		verdict: z.enum(['', ...FLAG_CHANGES]).default(''),
		limit: z.int().min(1).max(10_000)
	}),
	row: z.object({
		at: utcTime,
		credential_hash: z.string(),
		user_hash: z.string(),
		provider: z.string(),
		ceremony_id: z.string(),
		os_name: z.string(),
		be_before: bool,
		bs_before: bool,
		be: bool,
		bs: bool,
		verdict: z.enum(FLAG_CHANGES),
		by_server: bool,
		/** Of all of that kind in the period. */
		total: count
	}),
	sql: `
WITH ${OF_PERIOD}
SELECT
	change.at AS at, ${hashSql('h.credential_hash')} AS credential_hash, ${hashSql('l.user_hash')} AS user_hash, l.provider AS provider,
	toString(change.ceremony_id) AS ceremony_id, change.os_name AS os_name,
	change.be_before AS be_before, change.bs_before AS bs_before, change.be AS be, change.bs AS bs,
	change.verdict AS verdict, change.by_server AS by_server, count() OVER () AS total
FROM
(
	SELECT credential_hash, arrayJoin(arrayPopFront(changes)) AS change
	FROM credential_history_v1
	WHERE project_id = {project: String} AND credential_hash IN (
		SELECT credential_hash FROM ledgers WHERE arrayExists(one -> ${changedInPeriod('one')}, arrayPopFront(flag_changes)))
) AS h
JOIN ledgers AS l ON l.credential_hash = h.credential_hash
WHERE ${changedInPeriod('change')} AND ({verdict: String} = '' OR change.verdict = {verdict: String})
ORDER BY at DESC, credential_hash
LIMIT {limit: UInt32}`
});
