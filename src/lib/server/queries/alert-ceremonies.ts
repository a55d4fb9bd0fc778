import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { ENDED_BADLY, GROUP_ID } from './failure-sql.ts';
import { filterParameters, REAL_CEREMONY, WHERE_CLIENT_THEN } from './filter-sql.ts';

const parameters = filterParameters.extend({
	/** Of these days alone: a comparison with the same weekday needs few of all between. */
	days: z.array(z.iso.date()),
	bucket: z.enum(['hour', 'day']),
	/** Nothing later counts: what an evaluation saw can be seen again. */
	until: z.iso.datetime(),
	/** Failures of this cause, or of this group, alone. Empty: any. */
	cause: z.string(),
	failure: z.string()
});

/** Ceremonies that users started and that ended, and those of them that failed, by the hour or by the day. Buckets without any have no row. */
export const queryAlertCeremonies = defineQuery({
	name: 'alert-ceremonies',
	parameters,
	row: z.object({
		/** Seconds since the epoch of the bucket's first moment. */
		at: count,
		ceremonies: count,
		failed: count
	}),
	sql: `
SELECT
	toUnixTimestamp(if({bucket: String} = 'hour', toStartOfHour(occurred_at, {zone: String}), toStartOfDay(occurred_at, {zone: String}))) AS at,
	count() AS ceremonies,
	countIf(${ENDED_BADLY.errors}
		AND ({cause: String} = '' OR cause = {cause: String})
		AND ({failure: String} = '' OR ${GROUP_ID} = {failure: String})) AS failed
FROM
(
	SELECT occurred_at, outcome, cause, error_name, error_signature, error_code
	FROM ceremonies_v1
	WHERE ${WHERE_CLIENT_THEN} AND ${REAL_CEREMONY} AND has({days: Array(Date)}, toDate(occurred_at, {zone: String}))
		AND occurred_at <= parseDateTime64BestEffort({until: String}, 3, 'UTC')
		AND outcome NOT IN ('untouched', 'pending')
)
GROUP BY at
ORDER BY at`
});
