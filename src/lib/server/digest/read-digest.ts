import type { ClickHouseClient } from '@clickhouse/client';
import {
	bucketStart,
	comparisonRange,
	filtersToSearch,
	parseFilters,
	shiftDay,
	today,
	type DayRange
} from '../../filters.ts';
import {
	durationChange,
	durationDetail,
	isSmall,
	shareChange,
	shareDetail,
	shareValue,
	type Change
} from '../../format/kpi.ts';
import { formatDuration } from '../../format/number.ts';
import { summariseOverview } from '../../format/overview-summary.ts';
import { pageOfFigure } from '../alerts/alert-path.ts';
import { answerKpis, type KpiResult } from '../kpis/answer-kpis.ts';
import {
	describeOverviewChanges,
	OVERVIEW_FIGURES,
	readLaterBreakdowns
} from '../kpis/overview-figures.ts';
import { projectFacts } from '../queries/project-facts.ts';
import { readBreakdowns } from '../queries/segment-counts.ts';

/** A project's week as the Overview tells it, in words that need no page. */
export interface Digest {
	project: { id: string; name: string };
	/** Monday to Sunday, of the project's time zone. */
	week: DayRange;
	/** The Overview's sentence. */
	summary: string;
	/** What changed beyond noise against the week before, and where. */
	changes: string[];
	figures: DigestFigure[];
	/** Whether what it counts holds made-up events. */
	synthetic: boolean;
	/** The Overview of that week. */
	url: string;
}

export interface DigestFigure {
	id: string;
	name: string;
	/** "–" when nothing is known. */
	value: string;
	/** Numerator and denominator; of a time, its quantiles. */
	detail: string;
	/** Against the week before; undefined where either is not known. */
	change: Change | undefined;
	/** So few cases that it may be chance. */
	few: boolean;
	/** The page that shows it. */
	url: string;
}

/** The Monday of the week that `now` lies in where a project is. */
export const mondayOf = (now: Date, zone: string): string => bucketStart(today(zone, now), 'week');

/** The last week that is over. */
export function lastWeek(now: Date, zone: string): DayRange {
	const monday = mondayOf(now, zone);
	return { from: shiftDay(monday, -7), to: shiftDay(monday, -1) };
}

/** @param origin what the addresses of pages begin with */
export async function readDigest({
	client,
	project,
	week,
	origin
}: {
	client: ClickHouseClient;
	project: { id: string; name: string; timeZone: string };
	week: DayRange;
	origin: string;
}): Promise<Digest> {
	const search = new URLSearchParams({ project: project.id, period: 'custom', ...week });
	const filters = parseFilters(search, { projects: [project] });
	const before = comparisonRange(filters)!;
	const [facts] = await projectFacts(client, filters);
	// Days before the project sent anything are no comparison.
	const comparable = facts !== undefined && facts.has_data && before.from >= facts.first_day;
	const asked = comparable ? filters : { ...filters, compare: 'none' as const };
	const [{ kpis }, breakdowns] = await Promise.all([
		answerKpis({ client, ids: OVERVIEW_FIGURES, filters: asked, trend: false }),
		comparable ? readBreakdowns(client, filters) : undefined
	]);
	const address = (path: string) => `${origin}${path}${filtersToSearch(filters, '')}`;
	return {
		...{ project: { id: project.id, name: project.name }, week },
		summary: summariseOverview(kpis as Parameters<typeof summariseOverview>[0]),
		changes: breakdowns
			? describeOverviewChanges(
					kpis,
					breakdowns,
					await readLaterBreakdowns(client, filters, kpis)
				).map(({ parts }) => parts.map(({ text }) => text).join(''))
			: [],
		figures: OVERVIEW_FIGURES.map((id) => ({
			...{ id, name: kpis[id].definition.name, url: address(pageOfFigure(id)) },
			...describe(kpis[id])
		})),
		synthetic: facts?.has_synthetic ?? false,
		url: address('/')
	};
}

/** As the figure's card has it. */
function describe(result: KpiResult): Pick<DigestFigure, 'value' | 'detail' | 'change' | 'few'> {
	if ('answer' in result) {
		const { definition, answer, previous } = result;
		return {
			value: shareValue(answer),
			detail: answer.notCollected ? 'Not collected' : shareDetail(answer),
			change: shareChange(definition, answer, previous),
			few: isSmall(answer)
		};
	}
	const { definition, duration, previousDuration } = result;
	return {
		value: formatDuration(duration.p50),
		detail: durationDetail(duration),
		change: durationChange(definition, duration, previousDuration),
		few: false
	};
}
