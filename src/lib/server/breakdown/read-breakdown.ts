import type { ClickHouseClient } from '@clickhouse/client';
import { behindCounts, type Behind } from '../../breakdown/behind.ts';
import {
	dimensionChoice,
	dimensionName,
	mayRepeat,
	type Dimension
} from '../../breakdown/dimensions.ts';
import { isNarrowed, narrowingOf } from '../../breakdown/narrowing-of.ts';
import { partLink } from '../../breakdown/part-link.ts';
import { partName } from '../../breakdown/part-name.ts';
import { changeFilters, type Filters } from '../../filters.ts';
import {
	durationChange,
	durationDetail,
	formatInterval,
	isSmall,
	shareChange,
	shareValue,
	SMALL_SAMPLE,
	type Change,
	type KpiAnswer,
	type KpiDefinition
} from '../../format/kpi.ts';
import { formatCount, formatDuration } from '../../format/number.ts';
import {
	breakDown,
	dimensionsOf,
	type PartAnswer,
	type ShareOfPart,
	type TimeOfPart
} from '../kpis/break-down.ts';
import { kpi } from '../kpis/registry.ts';
import { PAGE_BREAKDOWNS, type BreakdownChoice, type BreakdownPage } from './page-breakdowns.ts';

/** More values than anybody reads: those with the most cases stay. */
const MOST_ROWS = 100;

interface Count {
	text: string;
	/** Who or what is counted; absent where there is nobody, or where whoever reads may not see them. */
	href?: string;
}

/** One value, in the words and with the links that its row shows. */
export interface BreakdownRow {
	name: string;
	/** The page narrowed to it; absent where no filter does that, or it is so already. */
	narrow?: string;
	/** Absent of a time. */
	numerator?: Count;
	denominator: Count;
	/** The share, or the median. */
	figure: string;
	/** The 95 % interval, or how long most took. */
	spread: string;
	/** Few cases: the figure may be chance. */
	few: boolean;
	change?: Change;
}

type Choice = { value: string; label: string };

/** A figure by a dimension, ready to be shown: what is said is said here, so that the page fetches nothing for it. */
export interface Breakdown {
	csv: string;
	figure: string;
	/** One alone is no choice. */
	figures: Choice[];
	by: string;
	dimensions: Choice[];
	title: string;
	measure: string;
	byName: string;
	/** What its columns are called. */
	heads: { numerator?: string; denominator: string; figure: string };
	compared: boolean;
	rows: BreakdownRow[];
}

export interface BreakdownAsked extends BreakdownChoice {
	client: ClickHouseClient;
	filters: Filters;
	page: BreakdownPage;
	/** The page's own address: what else it holds stays in its links. */
	url: URL;
	defaultProject: string;
	tags: readonly string[];
}

/** What a page shows of one figure by one dimension. */
export async function readBreakdown(asked: BreakdownAsked): Promise<Breakdown> {
	const { figure, by, page, tags, filters } = asked;
	const definition = kpi(figure);
	const parts = await breakDown({ ...asked, id: figure });
	return {
		csv: `${page}-breakdown`,
		...{ figure, by },
		figures: PAGE_BREAKDOWNS[page].map((id) => ({ value: id, label: kpi(id).name })),
		dimensions: dimensionsOf(figure, tags).map(dimensionChoice),
		title: `${definition.name} by ${dimensionName(by).toLowerCase()}`,
		measure: measureOf(definition, by, parts),
		byName: dimensionName(by),
		heads: HEADS[definition.unit],
		compared: filters.compare !== 'none',
		rows: notCollectedOf(parts)
			? []
			: parts.slice(0, MOST_ROWS).map((part) => rowOf(part, definition, asked))
	};
}

const HEADS: Record<KpiDefinition['unit'], Breakdown['heads']> = {
	share: { numerator: 'Count', denominator: 'Out of', figure: 'Share' },
	duration: { denominator: 'Timed', figure: 'Median' }
};

/** What is divided by what, or timed of what, and how the rows make the whole; or what is not sent. */
function measureOf(
	{ grain, numerator, denominator, unit }: KpiDefinition,
	by: Dimension,
	parts: readonly PartAnswer[]
): string {
	const missing = notCollectedOf(parts);
	if (missing) return missing;
	const of = denominator.charAt(0).toLowerCase() + denominator.slice(1);
	const measured =
		unit === 'duration'
			? `${numerator}, of: ${of}. Half of them took no longer than the median.`
			: `${numerator}, out of: ${of}. With 95\u202f% intervals.`;
	const several = mayRepeat(grain, by)
		? `${TWICE[grain]} is in both rows.`
		: unit === 'duration'
			? 'Each is in one row.'
			: 'The rows add up to the whole.';
	const cut = parts.length > MOST_ROWS ? ` The ${MOST_ROWS} with the most cases.` : '';
	return `${measured} ${several}${cut}`;
}

const TWICE: Partial<Record<KpiDefinition['grain'], string>> = {
	user: 'Who has two of them',
	credential: 'A passkey used in two of them'
};

const notCollectedOf = (parts: readonly PartAnswer[]) =>
	parts
		.flatMap((part) => ('answer' in part ? [part.answer] : []))
		.find(({ notCollected }) => notCollected)?.notCollected;

function rowOf(part: PartAnswer, definition: KpiDefinition, asked: BreakdownAsked): BreakdownRow {
	const { by, filters, url, defaultProject } = asked;
	const { value } = part;
	const changes = narrowingOf(by, value);
	return {
		name: partName(by, value),
		...(changes &&
			!isNarrowed(filters, changes) && {
				narrow: changeFilters({ url, filters, changes, defaultProject })
			}),
		...('duration' in part ? timesOf(part, definition, asked) : sharesOf(part, definition, asked))
	};
}

type Figures = Omit<BreakdownRow, 'name' | 'narrow'>;

function sharesOf(
	{ value, answer, previous }: ShareOfPart,
	definition: KpiDefinition,
	asked: BreakdownAsked
): Figures {
	const behind = behindCounts(asked.figure);
	const change = shareChange(definition, answer, previous);
	return {
		numerator: countOf(answer.numerator, behind.numerator, value, asked),
		denominator: countOf(answer.denominator, behind.denominator, value, asked),
		figure: shareValue(answer),
		spread: formatInterval(answer),
		few: isSmall(answer),
		...(change && { change })
	};
}

function timesOf(
	{ value, duration, previousDuration }: TimeOfPart,
	definition: KpiDefinition,
	asked: BreakdownAsked
): Figures {
	const change = durationChange(definition, duration, previousDuration);
	return {
		denominator: countOf(duration.count, behindCounts(asked.figure).denominator, value, asked),
		figure: formatDuration(duration.p50),
		spread: duration.count === 0 ? '' : durationDetail(duration),
		few: duration.count > 0 && duration.count < SMALL_SAMPLE,
		...(change && { change })
	};
}

function countOf(
	count: KpiAnswer['numerator'],
	behind: Behind | undefined,
	part: string,
	{ by, filters, defaultProject }: BreakdownAsked
): Count {
	const text = formatCount(count);
	const href =
		count && behind ? partLink({ behind, by, part, filters, defaultProject }) : undefined;
	return { text, ...(href && { href }) };
}
