import { z } from 'zod';
import { ECOSYSTEMS, type Filters } from '../../filters.ts';
import { DIMENSIONS, parseDimension } from '../../breakdown/dimensions.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import {
	filterParameters,
	OFFERS,
	REAL_ACTIVITY,
	toParameters,
	WHERE_CLIENT
} from './filter-sql.ts';
import { PART, partParameters, toParted } from './part-sql.ts';

/** More values than anybody reads: those with the most users stay. */
const MOST_ROWS = 200;

/** Adoption by one thing that is known of the client, or by a tag of the site's. A user with two values, such as two devices, is in both rows. */
export const queryAdoptionBreakdown = defineQuery({
	name: 'adoption-breakdown',
	parameters: filterParameters.extend({
		...partParameters,
		by: z.enum([...DIMENSIONS, 'tag']).default('platform')
	}),
	row: z.object({
		/** Empty: not known. */
		value: z.string(),
		/** Of the device, by platform; empty by anything else. */
		ecosystem: z.enum(ECOSYSTEMS).or(z.literal('')),
		seen: count,
		eligible: count,
		offered: count,
		created: count,
		offered_or_created: count,
		passkey_signins: count,
		other_signins: count
	}),
	sql: `
WITH
	activity = 'prompt_shown' AND detail IN ${OFFERS} AS is_offer,
	activity IN ('registration', 'automatic_registration') AND detail = 'succeeded' AS is_creation
SELECT
	${PART} AS value,
	multiIf({by: String} != 'platform', '', client_ecosystem = '', 'unknown', client_ecosystem) AS ecosystem,
	uniqExactMergeIf(users, activity = 'seen') AS seen,
	uniqExactMergeIf(users, activity = 'eligible') AS eligible,
	uniqExactMergeIf(users, is_offer) AS offered,
	uniqExactMergeIf(users, is_creation) AS created,
	uniqExactMergeIf(users, is_offer OR is_creation) AS offered_or_created,
	sumIf(occurrences, activity = 'authentication' AND detail = 'succeeded') AS passkey_signins,
	sumIf(occurrences, activity = 'signin') AS other_signins
FROM daily_activity_v1
WHERE ${WHERE_CLIENT} AND ${REAL_ACTIVITY}
GROUP BY value, ecosystem
HAVING seen + passkey_signins + other_signins > 0
ORDER BY seen DESC, value, ecosystem
LIMIT ${MOST_ROWS}`
});

export type BreakdownRow = Awaited<ReturnType<typeof queryAdoptionBreakdown>>[number];

export const toBreakdownParameters = (filters: Filters, search: URLSearchParams) => ({
	...toParameters(filters),
	...toParted(parseDimension(search))
});
