import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { OUTCOMES } from '../../format/names.ts';
import { defineQuery } from '../define-query.ts';
import { count, utcTime } from './column-types.ts';
import { ENDED_BADLY, GROUP_ID, withPersons } from './failure-sql.ts';
import { bucketOfDay, bucketParameters, REAL_CEREMONY, WHERE_CLIENT_THEN } from './filter-sql.ts';
import { lineParameters, MATCHES_LINE } from './search-sql.ts';

const parameters = bucketParameters.extend({
	...lineParameters.shape,
	/** One group alone; empty: all. */
	group: z.string().default('')
});

/** Errors, or what ends without success and is none. */
export type FailureKind = keyof typeof ENDED_BADLY;

/** What the list tells of a group in the period. */
export const failureGroupRow = z.object({
	group_id: z.string(),
	outcome: z.enum(OUTCOMES),
	cause: z.string(),
	error_name: z.string(),
	error_signature: z.string(),
	error_code: z.string(),
	ceremonies: count,
	/** Known users it happened to. */
	users: count,
	/** Sessions it happened in of which no user is known. */
	strangers: count,
	first_at: utcTime,
	last_at: utcTime,
	/** Ceremonies by the first day of their bucket; a bucket without any is not in it. */
	trend: z.record(z.string(), count)
});

export type FailureGroupRow = z.infer<typeof failureGroupRow>;

const groupsOf = (kind: FailureKind) =>
	defineQuery({
		name: `failure-groups-${kind}`,
		parameters,
		row: failureGroupRow,
		sql: `
SELECT
	${GROUP_ID} AS group_id, outcome, cause, error_name, error_signature, error_code,
	count() AS ceremonies,
	uniqExactIf(person, person != 0) AS users,
	uniqExactIf(who, person = 0) AS strangers,
	min(occurred_at) AS first_at,
	max(occurred_at) AS last_at,
	sumMap(map(toString(assumeNotNull(${bucketOfDay('toDate(occurred_at, {zone: String})')})), toUInt64(1))) AS trend
FROM (${withPersons(`${WHERE_CLIENT_THEN} AND ${REAL_CEREMONY} AND ${ENDED_BADLY[kind]}
			AND ({group: String} = '' OR ${GROUP_ID} = {group: String}) AND ${MATCHES_LINE}`)})
GROUP BY outcome, cause, error_name, error_signature, error_code
ORDER BY ceremonies DESC, group_id`
	});

const QUERIES = { errors: groupsOf('errors'), expected: groupsOf('expected') };

/** Ceremonies without success in the period, by group, the commonest first. */
export function queryFailureGroups(
	client: ClickHouseClient,
	{ kind, ...input }: z.input<typeof parameters> & { kind: FailureKind }
): Promise<FailureGroupRow[]> {
	return QUERIES[kind](client, input);
}
