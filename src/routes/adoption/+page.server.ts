import { bucketOf, comparisonRange, today, type Filters } from '$lib/filters.ts';
import { parseDimension } from '$lib/breakdown/dimensions.ts';
import { database } from '$lib/server/database.ts';
import { follow } from '$lib/server/follow.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import {
	queryAdoptionBreakdown,
	toBreakdownParameters
} from '$lib/server/queries/adoption-breakdown.ts';
import {
	adoptionByBucket,
	fallbacksByReason,
	signinsByMethod
} from '$lib/server/queries/adoption-series.ts';
import { queryDailyActivity } from '$lib/server/queries/daily-activity.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { readEnrolmentFunnel } from '$lib/server/queries/enrolment-funnel.ts';
import { toFunnelParameters } from '$lib/server/queries/funnel-parameters.ts';
import { readCollected } from '$lib/server/queries/kpi-collected.ts';
import type { PageServerLoad } from './$types';

const FIGURES = [
	'eligible_users',
	'activation_rate',
	'enrollment_rate',
	'usage_rate_all',
	'usage_rate_enrolled',
	'fallback_rate',
	'append_rate'
] as const;

export const load: PageServerLoad = async ({ parent, url, isDataRequest }) => {
	const { filters, hasData, firstDay, chosenTags } = await parent();
	if (!hasData) return { adoption: undefined };
	const search = url.searchParams;
	const adoption = readAdoption({
		...{ filters, firstDay, by: parseDimension(search), tags: chosenTags },
		funnelParameters: toFunnelParameters(filters, search),
		breakdownParameters: toBreakdownParameters(filters, search)
	});
	return follow({ url, isDataRequest }, { adoption });
};

async function readAdoption({
	filters,
	firstDay,
	by,
	tags,
	funnelParameters,
	breakdownParameters
}: {
	filters: Filters;
	firstDay: string;
	by: ReturnType<typeof parseDimension>;
	tags: readonly string[];
	funnelParameters: ReturnType<typeof toFunnelParameters>;
	breakdownParameters: ReturnType<typeof toBreakdownParameters>;
}) {
	const client = await database();
	const range = comparisonRange(filters);
	const bucket = bucketOf(filters);
	const collected = await readCollected(client, filters.project);
	const [{ kpis, rows }, now, before, funnel, breakdown] = await Promise.all([
		answerKpis({ client, ids: FIGURES, filters }),
		queryDailyActivity(client, { ...toParameters(filters), bucket }),
		range && queryDailyActivity(client, { ...toParameters(filters, range), bucket }),
		readEnrolmentFunnel(client, funnelParameters, collected),
		queryAdoptionBreakdown(client, breakdownParameters)
	]);
	return {
		cards: FIGURES.filter((id) => id !== 'append_rate').map((id) => kpis[id]),
		appendRate: kpis.append_rate,
		collected,
		bucket,
		incompleteLast: filters.to >= today(filters.zone),
		funnel,
		breakdown,
		by,
		tags,
		prompts: rows.prompts ?? [],
		series: adoptionByBucket({ rows: now, range: filters, firstDay }),
		comparedSeries: before && range && adoptionByBucket({ rows: before, range, firstDay }),
		methods: signinsByMethod(now),
		fallbacks: fallbacksByReason(now)
	};
}
