import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { OUTCOMES } from '../../format/names.ts';
import { defineQuery } from '../define-query.ts';
import { count, utcTime } from './column-types.ts';
import { ENDED_BADLY, GROUP_ID } from './failure-sql.ts';
import { filterParameters, MATCHES_CLIENT_THEN, REAL_CEREMONY } from './filter-sql.ts';

/** More than a rule may want to be met. */
export const MOST_MET = 1_000;
/** In its first days everything a project meets is new. */
const SETTLED_DAYS = 7;

const parameters = filterParameters.omit({ from: true, to: true }).extend({
	minimum: z.int().min(1).max(MOST_MET),
	until: z.iso.datetime()
});

const row = z.object({
	subject: z.string(),
	outcome: z.enum(OUTCOMES),
	cause: z.string(),
	error_name: z.string(),
	error_signature: z.string(),
	error_code: z.string(),
	first_at: utcTime,
	/** When it had been met `minimum` times. */
	reached_at: utcTime,
	last_at: utcTime,
	ceremonies: count,
	users: count,
	releases: z.array(z.string())
});

const SUBJECTS = { new_failure: GROUP_ID, new_cause: 'cause' };

const newOf = (kind: keyof typeof SUBJECTS) =>
	defineQuery({
		name: `alert-${kind.replace('_', '-')}`,
		parameters,
		row,
		sql: `
WITH (SELECT min(occurred_at) FROM ceremonies_v1
	WHERE project_id = {project: String} AND ${MATCHES_CLIENT_THEN}) AS since
SELECT
	subject,
	any(failed.outcome) AS outcome, any(failed.cause) AS cause,
	any(failed.error_name) AS error_name, any(failed.error_signature) AS error_signature, any(failed.error_code) AS error_code,
	min(occurred_at) AS first_at,
	groupArraySorted(${MOST_MET})(occurred_at)[{minimum: UInt32}] AS reached_at,
	max(occurred_at) AS last_at,
	count() AS ceremonies,
	uniqExactIf(user_hash, user_hash != 0) AS users,
	arraySort(groupUniqArray(10)(release)) AS releases
FROM
(
	SELECT ${SUBJECTS[kind]} AS subject, occurred_at, user_hash, release, outcome, cause, error_name, error_signature, error_code
	FROM ceremonies_v1
	WHERE project_id = {project: String} AND ${MATCHES_CLIENT_THEN} AND ${REAL_CEREMONY} AND ${ENDED_BADLY.errors}
		AND occurred_at <= parseDateTime64BestEffort({until: String}, 3, 'UTC')
) AS failed
GROUP BY subject
HAVING subject != '' AND ceremonies >= {minimum: UInt32} AND first_at >= since + INTERVAL ${SETTLED_DAYS} DAY
ORDER BY first_at`
	});

const QUERIES = { new_failure: newOf('new_failure'), new_cause: newOf('new_cause') };

/** Causes, or groups of failures, that were first met when the project had been sending for a week already. */
export function queryNewFailures(
	client: ClickHouseClient,
	{ kind, ...input }: z.input<typeof parameters> & { kind: keyof typeof SUBJECTS }
): Promise<z.infer<typeof row>[]> {
	return QUERIES[kind](client, input);
}
