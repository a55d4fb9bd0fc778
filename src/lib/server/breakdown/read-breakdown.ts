import type { ClickHouseClient } from '@clickhouse/client';
import { BEHIND, type Behind } from '../../breakdown/behind.ts';
import {
	dimensionChoice,
	dimensionName,
	mayRepeat,
	type Dimension
} from '../../breakdown/dimensions.ts';
import { narrowingOf } from '../../breakdown/narrowing-of.ts';
import { partLink } from '../../breakdown/part-link.ts';
import { partName } from '../../breakdown/part-name.ts';
import { changeFilters, type Filters } from '../../filters.ts';
import {
	formatInterval,
	isSmall,
	shareChange,
	shareValue,
	type Change,
	type KpiAnswer,
	type KpiDefinition
} from '../../format/kpi.ts';
import { formatCount } from '../../format/number.ts';
import { breakDown, dimensionsOf, type PartAnswer } from '../kpis/break-down.ts';
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
	numerator: Count;
	denominator: Count;
	share: string;
	interval: string;
	/** Few cases: the share may be chance. */
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
		compared: filters.compare !== 'none',
		rows: notCollectedOf(parts)
			? []
			: parts.slice(0, MOST_ROWS).map((part) => rowOf(part, definition, asked))
	};
}

/** What is divided by what, and how the rows make the whole; or what is not sent. */
function measureOf(
	{ grain, numerator, denominator }: KpiDefinition,
	by: Dimension,
	parts: readonly PartAnswer[]
): string {
	const missing = notCollectedOf(parts);
	if (missing) return missing;
	const several = mayRepeat(grain, by)
		? `${TWICE[grain]} is in both rows.`
		: 'The rows add up to the whole.';
	const cut = parts.length > MOST_ROWS ? ` The ${MOST_ROWS} with the most cases.` : '';
	return `${numerator}, out of: ${denominator.charAt(0).toLowerCase()}${denominator.slice(1)}. With 95\u202f% intervals. ${several}${cut}`;
}

const TWICE: Partial<Record<KpiDefinition['grain'], string>> = {
	user: 'Who has two of them',
	credential: 'A passkey used in two of them'
};

const notCollectedOf = (parts: readonly PartAnswer[]) =>
	parts.find(({ answer }) => answer.notCollected)?.answer.notCollected;

function rowOf(
	{ value, answer, previous }: PartAnswer,
	definition: KpiDefinition,
	asked: BreakdownAsked
): BreakdownRow {
	const { figure, by, filters, url, defaultProject } = asked;
	const changes = narrowingOf(by, value);
	const isNarrowed = filters[by as keyof Filters] === value;
	const change = shareChange(definition, answer, previous);
	return {
		name: partName(by, value),
		...(changes &&
			!isNarrowed && { narrow: changeFilters({ url, filters, changes, defaultProject }) }),
		numerator: countOf(answer.numerator, BEHIND[figure].numerator, value, asked),
		denominator: countOf(answer.denominator, BEHIND[figure].denominator, value, asked),
		share: shareValue(answer),
		interval: formatInterval(answer),
		few: isSmall(answer),
		...(change && { change })
	};
}

function countOf(
	count: KpiAnswer['numerator'],
	behind: Behind,
	part: string,
	{ by, filters, defaultProject }: BreakdownAsked
): Count {
	const text = formatCount(count);
	const href = count ? partLink({ behind, by, part, filters, defaultProject }) : undefined;
	return { text, ...(href && { href }) };
}
