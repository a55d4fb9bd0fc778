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
	comparedChanges,
	describeOverviewChanges,
	laterMoved,
	OVERVIEW_FIGURES,
	readLaterBreakdowns
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
	if (!hasData) return { overview: undefined, reasons: undefined };
	const counted = countOverview(filters, firstDay);
	const overview = readOverview({
		...{ counted, filters, firstDay, url: new URL(url), defaultProject: projects[0]?.id ?? '' },
		tags: chosenTags,
		seesUsers: access.may('see-users', filters.project),
		choice: readBreakdownChoice('overview', url.searchParams)
	});
	const reasons = readReasons(counted, filters);
	const [page, later] = await Promise.all([
		follow({ url, isDataRequest }, { overview }),
		// They may take longer than all the rest: on the way from page to page, too, nothing waits for them.
		follow({ url, isDataRequest: false }, { reasons })
	]);
	return { ...page, ...later };
};

/** The figures, and the segments of those that the rollups tell apart: nothing is compared with days before the project sent anything. */
async function countOverview(filters: Filters, firstDay: string) {
	const client = await database();
	const range = comparisonRange(filters);
	const comparable = range !== undefined && range.from >= firstDay;
	const [answered, breakdowns] = await Promise.all([
		answerKpis({ client, ids: OVERVIEW_FIGURES, filters: ofAll(filters) }),
		comparable ? readBreakdowns(client, filters) : undefined
	]);
	return { answered, breakdowns };
}

type Counted = ReturnType<typeof countOverview>;

/** Most of its figures are of what has no provider. */
const ofAll = (filters: Filters): Filters => ({ ...filters, provider: '' });

/** What changed, with the reasons that take longer; undefined where nothing that they are asked of did. */
async function readReasons(counted: Counted, filters: Filters) {
	const { answered, breakdowns } = await counted;
	const later = breakdowns && laterMoved(answered.kpis);
	if (!later || later.length === 0) return undefined;
	const segments = await readLaterBreakdowns(await database(), ofAll(filters), answered.kpis);
	return describeOverviewChanges(answered.kpis, breakdowns, segments);
}

async function readOverview({
	counted,
	filters,
	firstDay,
	url,
	defaultProject,
	tags,
	seesUsers,
	choice
}: {
	counted: Counted;
	filters: Filters;
	firstDay: string;
	url: URL;
	defaultProject: string;
	tags: readonly string[];
	seesUsers: boolean;
	choice: BreakdownChoice;
}) {
	const client = await database();
	const range = comparisonRange(filters);
	const bucket = bucketOf(filters);
	const [{ answered, breakdowns }, syncTrend, activity, compared, breakdown, latest] =
		await Promise.all([
			counted,
			readSyncCoverageTrend(client, ofAll(filters)),
			queryDailyActivity(client, { ...toParameters(filters), bucket }),
			range && queryDailyActivity(client, { ...toParameters(filters, range), bucket }),
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
			looked: comparedChanges(answered.kpis).map((id) => answered.kpis[id].definition.name)
		},
		breakdown,
		latest
	};
}
