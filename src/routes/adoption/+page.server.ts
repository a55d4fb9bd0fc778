import { bucketOf, comparisonRange, listBuckets, today } from '$lib/filters.ts';
import { database } from '$lib/server/database.ts';
import * as answers from '$lib/server/kpis/answers.ts';
import { kpi } from '$lib/server/kpis/registry.ts';
import { trendOf } from '$lib/server/kpis/trends.ts';
import { readAdoptionFunnel } from '$lib/server/queries/adoption-funnel.ts';
import { queryAdoptionPlatforms } from '$lib/server/queries/adoption-platforms.ts';
import { queryAdoptionPrompts } from '$lib/server/queries/adoption-prompts.ts';
import {
	adoptionByBucket,
	fallbacksByReason,
	signinsByMethod
} from '$lib/server/queries/adoption-series.ts';
import { readAdoption, type AdoptionTotals } from '$lib/server/queries/adoption.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { readCollected } from '$lib/server/queries/kpi-collected.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent }) => {
	const { filters, hasData, firstDay } = await parent();
	if (!hasData) return { adoption: undefined };
	const client = await database();
	const collected = await readCollected(client, filters.project);
	const range = comparisonRange(filters);
	const [{ totals: now, compared: before, trends }, funnel, platforms, prompts] = await Promise.all(
		[
			readAdoption(client, filters),
			readAdoptionFunnel(client, filters, collected),
			queryAdoptionPlatforms(client, toParameters(filters)),
			queryAdoptionPrompts(client, toParameters(filters))
		]
	);

	const { answerActivation, answerEligible, answerEnrollment, answerFallback, answerUsage } =
		answers;
	const buckets = listBuckets(filters);
	const card = (id: string, answer: (of: AdoptionTotals) => answers.Answer, trend: Trend) => ({
		definition: kpi(id),
		answer: answer(now),
		previous: before && answer(before),
		trend
	});
	return {
		adoption: {
			cards: [
				card(
					'eligible_users',
					(of) => answerEligible(of.users, collected),
					trendOf(buckets, trends.users, ([row]) => answerEligible(row, collected))
				),
				card(
					'activation_rate',
					(of) => answerActivation(of.holders, collected),
					trendOf(buckets, trends.holders, ([row]) => answerActivation(row, collected))
				),
				card(
					'enrollment_rate',
					(of) => answerEnrollment(of.users, collected),
					trendOf(buckets, trends.users, ([row]) => answerEnrollment(row, collected))
				),
				card(
					'usage_rate_all',
					(of) => answerUsage(of.activity, collected),
					trendOf(buckets, now.activity, (rows) => answerUsage(rows, collected))
				),
				card(
					'fallback_rate',
					(of) => answerFallback(of.activity, collected),
					trendOf(buckets, now.activity, (rows) => answerFallback(rows, collected))
				)
			],
			appendRate: kpi('append_rate'),
			collected,
			bucket: bucketOf(filters),
			incompleteLast: filters.to >= today(),
			funnel,
			platforms,
			prompts,
			series: adoptionByBucket({ rows: now.activity, range: filters, firstDay }),
			comparedSeries:
				before && range && adoptionByBucket({ rows: before.activity, range, firstDay }),
			methods: signinsByMethod(now.activity),
			fallbacks: fallbacksByReason(now.activity)
		}
	};
};

type Trend = (number | null)[];
