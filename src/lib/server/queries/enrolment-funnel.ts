import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { ENROLMENT_SQL, ENROLMENT_STEPS, stepCounts, stepGaps } from './enrolment-sql.ts';
import { funnelParameters, type FunnelParameters, type FunnelStep } from './funnel-parameters.ts';
import type { Collected } from './kpi-collected.ts';

const STEPS = ENROLMENT_STEPS.length;
const perStep = z.array(count).length(STEPS);
const msPerStep = z.array(count.nullable()).length(STEPS);

/** The enrolment funnel of the period; what each step means: enrolment-sql.ts. Always one row. */
export const queryEnrolmentFunnel = defineQuery({
	name: 'enrolment-funnel',
	parameters: funnelParameters.extend({ offers_reported: z.boolean() }),
	row: z.object({
		at_step: perStep,
		median_ms: msPerStep,
		p90_ms: msPerStep,
		/** Users who created a passkey by their own action outside the funnel: a further one, unasked, or on a client of unknown ability. */
		outside_users: count,
		/** Users on a capable client who had a passkey before: not in the funnel. */
		enrolled_before: count
	}),
	sql: `
WITH ${ENROLMENT_SQL}
SELECT
	if(count() = 0, arrayResize([toUInt64(0)], ${STEPS}), ${stepCounts(STEPS)}) AS at_step,
	if(count() = 0, arrayResize([CAST(NULL, 'Nullable(Int64)')], ${STEPS}), quantileExactForEach(0.5)(${stepGaps(STEPS)})) AS median_ms,
	if(count() = 0, arrayResize([CAST(NULL, 'Nullable(Int64)')], ${STEPS}), quantileExactForEach(0.9)(${stepGaps(STEPS)})) AS p90_ms,
	countIf(ever_created AND depth < 4) AS outside_users,
	countIf(enrolled_before) AS enrolled_before
FROM people`
});

export type EnrolmentCounts = Omit<
	Awaited<ReturnType<typeof queryEnrolmentFunnel>>[number],
	'at_step' | 'median_ms' | 'p90_ms'
>;

/** The steps with their users and times; offers are passed over where the site reports none. */
export async function readEnrolmentFunnel(
	client: ClickHouseClient,
	parameters: FunnelParameters,
	collected: Pick<Collected, 'offers'>
): Promise<{ steps: FunnelStep[]; counts: EnrolmentCounts }> {
	const [row] = await queryEnrolmentFunnel(client, {
		...parameters,
		offers_reported: collected.offers
	});
	// An aggregate without groups is one row, whatever there is.
	const { at_step, median_ms, p90_ms, ...counts } = row!;
	return {
		steps: ENROLMENT_STEPS.map((step, index) => {
			const passed = step === 'offered' && !collected.offers;
			return {
				step,
				step_number: index + 1,
				users: passed ? null : at_step[index]!,
				median_ms: passed ? null : median_ms[index]!,
				p90_ms: passed ? null : p90_ms[index]!
			};
		}),
		counts
	};
}
