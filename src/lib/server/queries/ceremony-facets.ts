import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { OUTCOMES } from '../../format/names.ts';
import { defineQuery, type Query } from '../define-query.ts';
import {
	ceremonyFilterParameters,
	WHERE_CEREMONY,
	WHERE_CEREMONY_OF_ANY_OUTCOME,
	WHERE_COUNTED,
	type CeremonyFilterParameters
} from './ceremony-filter-sql.ts';
import { count } from './column-types.ts';
import { searchParameters } from './search-sql.ts';

/** Of the daily rollup, or, where something is searched for that it does not tell apart, of single ceremonies: `counted` and `searched` are the two sources. */
const facet = <Row extends z.ZodType>(
	name: string,
	row: Row,
	sql: (of: string, where: string) => string,
	where: { counted: string; searched: string }
) => {
	const query = { parameters: ceremonyFilterParameters, row };
	const counted = defineQuery({
		...query,
		name,
		sql: sql('(SELECT *, ceremonies AS weight FROM daily_ceremonies_v1)', where.counted)
	});
	const searched = defineQuery({
		...query,
		name: `${name}-searched`,
		sql: sql('(SELECT *, 1 AS weight FROM ceremonies_v1)', where.searched)
	});
	return (client: ClickHouseClient, parameters: CeremonyFilterParameters) => {
		const ask: Query<CeremonyFilterParameters, z.output<Row>> = isCounted(parameters)
			? counted
			: searched;
		return ask(client, parameters);
	};
};

const isCounted = ({
	search,
	failure,
	across,
	counted,
	by,
	...parameters
}: CeremonyFilterParameters) =>
	search === '' &&
	!failure &&
	!across &&
	!counted &&
	!by &&
	Object.keys(searchParameters.shape).every(
		(name) =>
			Object.keys(parameters[name as keyof typeof searchParameters.shape] ?? {}).length === 0
	);

/** How many ceremonies each outcome has under the other filters of the list. */
export const queryCeremonyOutcomes = facet(
	'ceremony-outcomes',
	z.object({ outcome: z.enum(OUTCOMES), ceremonies: count }),
	(of, where) => `
SELECT outcome, sum(weight) AS ceremonies
FROM (SELECT outcome, weight FROM ${of} WHERE ${where})
GROUP BY outcome
ORDER BY ceremonies DESC`,
	{ counted: WHERE_COUNTED.ofAnyOutcome, searched: WHERE_CEREMONY_OF_ANY_OUTCOME }
);

/** The causes among the ceremonies listed, the commonest first. */
export const queryCeremonyCauses = facet(
	'ceremony-causes',
	z.object({ cause: z.string(), ceremonies: count }),
	(of, where) => `
SELECT cause, sum(weight) AS ceremonies
FROM (SELECT cause, weight FROM ${of} WHERE ${where} AND cause != '')
GROUP BY cause
ORDER BY ceremonies DESC, cause`,
	{ counted: WHERE_COUNTED.ofOutcome, searched: WHERE_CEREMONY }
);
