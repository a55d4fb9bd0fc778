/** From a KPI's answer (counts) to what a card shows. The division happens here and nowhere else. */
import {
	formatCount,
	formatDuration,
	formatGrowth,
	formatPoints,
	formatRatio,
	formatShare,
	NO_DATA,
	toShare
} from './number.ts';

export interface KpiDefinition {
	/** As in the field's literature and in exports: `activation_rate`. */
	id: string;
	/** In plain words. */
	name: string;
	/** The field's own term, when it differs. */
	term?: string;
	unit: 'share' | 'duration';
	/** In words; of a duration, what is timed. */
	numerator: string;
	/** In words; of a duration, over which ceremonies. */
	denominator: string;
	/** Which time the counts cover. */
	window: string;
	/** What one case is: a user counts once however often they came, a ceremony each time. */
	grain: 'user' | 'ceremony' | 'sign-in' | 'prompt' | 'credential' | 'verdict';
	lowerIsBetter: boolean;
	/** What the figure does not say, or leaves out. */
	caveats: string[];
	/** Who else uses this definition. */
	source: string;
	/** What others published under this name, with its source and date: theirs, never the reader's own. `short`, a ratio or milliseconds, stands on the card. */
	published?: { figure: string; source: string; short?: number }[];
	/** Other figures that the field calls by the same word, or that a reader may take for this one. */
	rivals?: string[];
}

/** What a query gives for a share: counts, never a ready-made ratio. Null is "not known", which is not zero. */
export interface KpiAnswer {
	numerator: number | null;
	denominator: number | null;
	/** The same fraction of parts of the whole, such as one an ecosystem. A part may overlap another. */
	parts?: KpiPart[];
	/** What was left out of both counts, and why; and what could be left out and is counted. */
	excluded?: Exclusion[];
	/** How much of the traffic the figure can see. */
	coverage?: Coverage;
	/** Why the figure is not known although there is data: what to switch on. */
	notCollected?: string;
}

/** What a query gives for a duration: quantiles in milliseconds, null without any value. */
export interface DurationAnswer {
	p50: number | null;
	p75: number | null;
	p95: number | null;
	/** How many durations there were. */
	count: number;
	excluded?: Exclusion[];
	coverage?: Coverage;
}

export interface Coverage {
	numerator: number;
	denominator: number;
	/** In words, what is divided by what. */
	of: string;
}

export interface KpiPart {
	key: string;
	name: string;
	numerator: number;
	denominator: number;
}

/** The kinds every answer tells of where they can occur; `other` are a figure's own. */
export type ExclusionKind =
	'conditional_untouched' | 'test_authenticators' | 'synthetic' | 'unknown' | 'other';

export interface Exclusion {
	kind: ExclusionKind;
	count: number;
	reason: string;
	/** True: told so that it can be judged, and counted in the figure all the same. */
	counted?: boolean;
}

export interface Change {
	text: string;
	direction: 'up' | 'down' | 'flat';
	/** Undefined when the figure did not move, or by no more than chance. */
	better: boolean | undefined;
}

/** Below this many cases a share can be chance: it carries a mark and an interval. */
export const SMALL_SAMPLE = 30;

/** The value of a share's card: "–" when nothing can be divided. */
export function shareValue({ numerator, denominator }: KpiAnswer): string {
	return formatShare(numerator, denominator);
}

/** A median that moved by less is no better and no worse: it has no interval here that would tell. */
const LEAST_GROWTH = 0.02;

/** The change of a share in percentage points; undefined when either side is not known. */
export function shareChange(
	{ lowerIsBetter }: Pick<KpiDefinition, 'lowerIsBetter'>,
	current: KpiAnswer,
	previous: KpiAnswer | undefined
): Change | undefined {
	const [now, before] = [current, previous].map((answer) => answer && toBounds(answer));
	if (!now || !before) return undefined;
	return toChange(formatPoints(now.share - before.share), {
		...{ difference: now.share - before.share, lowerIsBetter },
		beyondChance: areApart(now, before)
	});
}

/** The relative change of a duration's median. */
export function durationChange(
	{ lowerIsBetter }: Pick<KpiDefinition, 'lowerIsBetter'>,
	current: DurationAnswer,
	previous: DurationAnswer | undefined
): Change | undefined {
	if (current.p50 === null || previous?.p50 == null) return undefined;
	const difference = current.p50 - previous.p50;
	const text = formatGrowth(current.p50, previous.p50);
	if (text === null) return undefined;
	const beyondChance = Math.abs(difference) >= LEAST_GROWTH * previous.p50;
	return toChange(text, { difference, lowerIsBetter, beyondChance });
}

function toChange(
	text: string,
	of: { difference: number; lowerIsBetter: boolean; beyondChance: boolean }
): Change {
	if (of.difference === 0 || text.startsWith('±'))
		return { text, direction: 'flat', better: undefined };
	return {
		text,
		direction: of.difference > 0 ? 'up' : 'down',
		better: of.beyondChance ? of.difference > 0 !== of.lowerIsBetter : undefined
	};
}

interface Bounds {
	share: number;
	low: number;
	high: number;
}

function toBounds({ numerator, denominator }: KpiAnswer): Bounds | undefined {
	const share = toShare(numerator, denominator);
	return share === null ? undefined : { share, ...wilsonInterval(numerator!, denominator!) };
}

/** Whether the 95 % interval of the difference leaves zero out (Newcombe 1998, method 10). */
function areApart(one: Bounds, other: Bounds): boolean {
	const [more, less] = one.share > other.share ? [one, other] : [other, one];
	return Math.hypot(more.share - more.low, less.high - less.share) < more.share - less.share;
}

/** Whether two shares differ by more than chance; of what is not known, no. */
export function differBeyondChance(one: KpiAnswer, other: KpiAnswer): boolean {
	const [mine, theirs] = [toBounds(one), toBounds(other)];
	return mine !== undefined && theirs !== undefined && areApart(mine, theirs);
}

export function isSmall({ denominator }: KpiAnswer): boolean {
	return denominator !== null && denominator > 0 && denominator < SMALL_SAMPLE;
}

/** The 95 % Wilson score interval in words, such as `31.2 % – 68.8 %`. */
export function formatInterval({ numerator, denominator }: KpiAnswer): string {
	if (numerator === null || !denominator) return NO_DATA;
	const { low, high } = wilsonInterval(numerator, denominator);
	return `${formatRatio(low)} – ${formatRatio(high)}`;
}

/** A share that says so where it is of few cases, for tables with no room for its interval: `33.3 % (few cases)`. */
export const markedShare = (answer: KpiAnswer): string =>
	isSmall(answer) ? `${shareValue(answer)} (few cases)` : shareValue(answer);

/** Wilson (1927): unlike the textbook interval it stays within 0 and 1 and holds for small samples. */
export function wilsonInterval(successes: number, trials: number): { low: number; high: number } {
	const z = 1.959_963_985;
	const share = successes / trials;
	const scale = 1 + z ** 2 / trials;
	const middle = (share + z ** 2 / (2 * trials)) / scale;
	const margin =
		(z / scale) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
	return { low: Math.max(0, middle - margin), high: Math.min(1, middle + margin) };
}

/** One line under a card's value: what the ratio is made of. */
export function shareDetail({ numerator, denominator }: KpiAnswer): string {
	if (!denominator) return 'No cases in this period';
	return `${formatCount(numerator)} of ${formatCount(denominator)}`;
}

/** What a figure covers; undefined where it has no cases: how much of nothing it sees says nothing. */
export function coverageOf(told: KpiAnswer | DurationAnswer | undefined): Coverage | undefined {
	const cases = told && ('count' in told ? told.count : told.denominator);
	return cases && told.coverage?.denominator ? told.coverage : undefined;
}

/** One line under a duration's median. */
export function durationDetail({ p75, p95, count }: DurationAnswer): string {
	if (count === 0) return 'No cases in this period';
	return `75\u202f%\u00a0within\u00a0${formatDuration(p75)}, 95\u202f%\u00a0within\u00a0${formatDuration(p95)}`;
}
