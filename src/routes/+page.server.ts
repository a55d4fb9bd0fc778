import { bucketOf, comparisonRange, today, type Filters } from '$lib/filters.ts';
import {
	readBreakdownChoice,
	type BreakdownChoice
} from '$lib/server/breakdown/page-breakdowns.ts';
import { readBreakdown } from '$lib/server/breakdown/read-breakdown.ts';
import { database } from '$lib/server/database.ts';
import { follow } from '$lib/server/follow.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import {
	describeOverviewChanges,
	OVERVIEW_FIGURES,
	TOLD_CHANGES
} from '$lib/server/kpis/overview-figures.ts';
import { userTotals } from '$lib/server/kpis/user-totals.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { queryCeremonyList } from '$lib/server/queries/ceremony-list.ts';
import { queryDailyActivity } from '$lib/server/queries/daily-activity.ts';
import { outcomesByBucket } from '$lib/server/queries/overview-outcomes.ts';
import { readSyncCoverageTrend } from '$lib/server/queries/sync-states-over-time.ts';
import { readBreakdowns } from '$lib/server/queries/segment-counts.ts';
import type { PageServerLoad } from './$types';

const LATEST = 8;

export const load: PageServerLoad = async ({ parent, locals: { access }, url, isDataRequest }) => {
	const { filters, hasData, firstDay, projects, chosenTags } = await parent();
	if (!hasData) return { overview: undefined };
	const overview = readOverview({
		...{ filters, firstDay, url: new URL(url), defaultProject: projects[0]?.id ?? '' },
		tags: chosenTags,
		seesUsers: access.may('see-users', filters.project),
		choice: readBreakdownChoice('overview', url.searchParams)
	});
	return follow({ url, isDataRequest }, { overview });
};

async function readOverview({
	filters,
	firstDay,
	url,
	defaultProject,
	tags,
	seesUsers,
	choice
}: {
	filters: Filters;
	firstDay: string;
	url: URL;
	defaultProject: string;
	tags: readonly string[];
	seesUsers: boolean;
	choice: BreakdownChoice;
}) {
	const client = await database();
	// Most of its figures are of what has no provider.
	const ofAll = { ...filters, provider: '' };
	const range = comparisonRange(filters);
	const bucket = bucketOf(filters);
	// Days before the project sent anything are no comparison.
	const comparable = range !== undefined && range.from >= firstDay;
	const [answered, syncTrend, activity, compared, breakdowns, breakdown, latest] =
		await Promise.all([
			answerKpis({ client, ids: OVERVIEW_FIGURES, filters: ofAll }),
			readSyncCoverageTrend(client, ofAll),
			queryDailyActivity(client, { ...toParameters(filters), bucket }),
			range && queryDailyActivity(client, { ...toParameters(filters, range), bucket }),
			comparable ? readBreakdowns(client, filters) : undefined,
			readBreakdown({
				...{ client, filters, url, defaultProject, tags, ...choice },
				page: 'overview'
			}),
			seesUsers
				? queryCeremonyList(client, {
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
				: undefined
		]);
	return {
		kpis: {
			...answered.kpis,
			sync_coverage: { ...answered.kpis.sync_coverage, trend: syncTrend }
		},
		users: userTotals(answered),
		bucket,
		outcomes: outcomesByBucket({ rows: activity, range: filters, firstDay }),
		comparedOutcomes: compared && range && outcomesByBucket({ rows: compared, range, firstDay }),
		incompleteLast: filters.to >= today(filters.zone),
		changes: breakdowns && {
			found: describeOverviewChanges(answered.kpis, breakdowns),
			looked: TOLD_CHANGES.map((id) => answered.kpis[id].definition.name)
		},
		breakdown,
		latest
	};
}
