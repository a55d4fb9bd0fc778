import { bucketOf, comparisonRange, listBuckets, today } from '$lib/filters.ts';
import { database } from '$lib/server/database.ts';
import * as answers from '$lib/server/kpis/answers.ts';
import { kpi } from '$lib/server/kpis/registry.ts';
import { trendOf } from '$lib/server/kpis/trends.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { queryCeremonyList } from '$lib/server/queries/ceremony-list.ts';
import { readCollected } from '$lib/server/queries/kpi-collected.ts';
import { outcomesByBucket } from '$lib/server/queries/overview-outcomes.ts';
import { readOverview, type Totals } from '$lib/server/queries/overview.ts';
import type { PageServerLoad } from './$types';

const LATEST = 8;

export const load: PageServerLoad = async ({ parent }) => {
	const { filters, hasData, firstDay } = await parent();
	if (!hasData) return { overview: undefined };
	const client = await database();
	const [known, { totals, compared, trends }, latest] = await Promise.all([
		readCollected(client, filters.project),
		readOverview(client, filters),
		queryCeremonyList(client, {
			...toParameters(filters),
			outcome: '',
			cause: '',
			type: '',
			mediation: '',
			search: '',
			before_at: new Date().toISOString(),
			before_id: '',
			limit: LATEST
		})
	]);
	const figures = (of: Totals) => ({
		activation_rate: answers.answerActivation(of.holders, known),
		enrollment_rate: answers.answerEnrollment(of.users, known),
		usage_rate_all: answers.answerUsage(of.activity, known),
		ceremony_success: answers.answerSuccess(of.ceremonies),
		sync_coverage: answers.answerSyncCoverage(of.sync, known),
		cancel_rate: answers.answerCancelled(of.activity),
		error_rate: answers.answerErrors(of.activity)
	});
	const buckets = listBuckets(filters);
	const range = comparisonRange(filters);
	return {
		overview: {
			definitions: Object.fromEntries(
				[
					...Object.keys(figures(totals)),
					'time_to_sign_in',
					'telemetry_loss',
					'verdict_coverage'
				].map((id) => [id, kpi(id)])
			),
			figures: figures(totals),
			comparedFigures: compared && figures(compared),
			time: answers.answerTime(totals.ceremonies),
			comparedTime: compared && answers.answerTime(compared.ceremonies),
			coverage: {
				page: answers.answerPageCoverage(totals.ceremonies),
				verdict: answers.answerVerdictCoverage(totals.ceremonies)
			},
			trends: {
				activation_rate: trendOf(buckets, trends.holders, ([row]) =>
					answers.answerActivation(row, known)
				),
				enrollment_rate: trendOf(buckets, trends.users, ([row]) =>
					answers.answerEnrollment(row, known)
				),
				usage_rate_all: trendOf(buckets, totals.activity, (rows) =>
					answers.answerUsage(rows, known)
				),
				ceremony_success: trendOf(buckets, trends.ceremonies, ([row]) =>
					answers.answerSuccess(row)
				),
				cancel_rate: trendOf(buckets, totals.activity, answers.answerCancelled),
				error_rate: trendOf(buckets, totals.activity, answers.answerErrors),
				time_to_sign_in: buckets.map(
					(bucket) => trends.ceremonies.find((row) => row.bucket === bucket)?.p50 ?? null
				),
				sync_coverage: []
			},
			users: known.users
				? {
						seen: totals.users?.seen ?? 0,
						eligible: known.capabilities ? (totals.users?.eligible ?? 0) : null,
						holders: totals.holders?.holders ?? 0
					}
				: undefined,
			bucket: bucketOf(filters),
			outcomes: outcomesByBucket({ rows: totals.activity, range: filters, firstDay }),
			comparedOutcomes:
				compared && range && outcomesByBucket({ rows: compared.activity, range, firstDay }),
			incompleteLast: filters.to >= today(),
			latest
		}
	};
};
