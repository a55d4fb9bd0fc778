/** An explained change in plain sentences. Computed from the counts, never a fixed phrase. */
import { mayRepeat } from '../breakdown/dimensions.ts';
import type { Ecosystem } from '../filters.ts';
import { countryName } from '../format/country-names.ts';
import { shareChange, type KpiAnswer, type KpiDefinition } from '../format/kpi.ts';
import { ECOSYSTEM_NAMES } from '../format/names.ts';
import { formatPercent } from '../format/number.ts';
import { ratio, type Counts } from './decompose.ts';
import {
	DIMENSIONS,
	explainChange,
	type Breakdown,
	type Dimension,
	type Explanation,
	type Reason
} from './explain-change.ts';

/** A stretch of a sentence; one that names a segment leads to its figures. */
export interface Part {
	text: string;
	segment?: { dimension: Dimension; value: string };
}

export interface DescribedChange {
	/** Of the registry. */
	id: string;
	direction: 'up' | 'down';
	better: boolean;
	parts: Part[];
}

/** A figure as the page has it, with its counts by dimension. */
export interface Figure {
	definition: KpiDefinition;
	answer: KpiAnswer;
	previous?: KpiAnswer;
	/** Undefined: it is not told apart, and its sentence gives no reason. */
	breakdown?: Breakdown;
}

/** One of a dimension, and several. */
const DIMENSION_NAMES: Record<Dimension, readonly [one: string, several: string]> = {
	provider: ['provider', 'providers'],
	browser: ['browser', 'browsers'],
	platform: ['system', 'systems'],
	ecosystem: ['ecosystem', 'ecosystems'],
	created_platform: ['system of creation', 'systems'],
	application: ['application', 'applications'],
	release: ['release', 'releases'],
	created_release: ['release of creation', 'releases'],
	country: ['country', 'countries']
};

const CASES: Record<KpiDefinition['grain'], string> = {
	user: 'those users',
	ceremony: 'ceremonies',
	'sign-in': 'sign-ins',
	prompt: 'prompts',
	credential: 'passkeys',
	verdict: 'verdicts'
};

/** The changes beyond noise, the largest first; none when all is as it was. */
export function describeChanges(figures: readonly Figure[]): DescribedChange[] {
	return figures
		.flatMap((figure) => {
			const [before, after] = [toCounts(figure.previous), toCounts(figure.answer)];
			const explanation =
				before && after && explainChange({ before, after, breakdown: figure.breakdown ?? {} });
			return explanation ? [{ figure, explanation }] : [];
		})
		.toSorted((a, b) => Math.abs(b.explanation.change) - Math.abs(a.explanation.change))
		.map(({ figure, explanation }) => ({
			id: figure.definition.id,
			direction: explanation.change > 0 ? 'up' : 'down',
			better: explanation.change > 0 !== figure.definition.lowerIsBetter,
			parts: [lead(figure), ...reasons(figure, explanation)]
		}));
}

/** Undefined where nothing can be divided. */
export function toCounts(answer: KpiAnswer | undefined): Counts | undefined {
	if (answer?.numerator == null || !answer.denominator) return undefined;
	return { numerator: answer.numerator, denominator: answer.denominator };
}

function lead({ definition, answer, previous }: Figure): Part {
	const change = shareChange(definition, answer, previous);
	const points = change?.text.replace(/^[+−±]/, '') ?? '';
	const verb = change?.direction === 'down' ? 'fell' : 'rose';
	return { text: `${definition.name} ${verb} by ${points} to ${percent(toCounts(answer)!)}.` };
}

function reasons({ definition, breakdown }: Figure, explanation: Explanation): Part[] {
	if (!breakdown) return [];
	if (explanation.reasons.length === 0) return [{ text: ` ${noneStandsOut(breakdown)}` }];
	const { grain } = definition;
	const told = explanation.reasons.flatMap((reason, index) => [
		{ text: index === 0 ? ' ' : ANOTHER_WAY },
		...(mayRepeat(grain, reason.dimension)
			? sentenceOfRepeating(reason, CASES[grain])
			: sentence(reason, explanation.change, CASES[grain]))
	]);
	return explanation.reasons.some(({ dimension }) => mayRepeat(grain, dimension))
		? [...told, { text: ' A user in several counts in each.' }]
		: told;
}

export const ANOTHER_WAY = ' Seen another way, ';

function sentence(reason: Reason, change: number, cases: string): Part[] {
	const { kind, before, after, weight } = reason;
	const portion = portionOf(reason.effect / change);
	const others = othersOf(reason);
	switch (kind) {
		case 'new':
			return ofSegment(
				reason,
				`is new in this period and makes up ${portion}: it stands at ${percent(after)}, ${others} at ${percent(reason.rest.after)}.`
			);
		case 'mix':
			return ofSegment(
				reason,
				`makes up ${formatPercent(weight.after)} of ${cases}, ${formatPercent(weight.before)} before, and stands at ${standing(reason)} against ${percent(reason.rest.after)} elsewhere: that shift, not a change of its own, is ${portion}.`
			);
		case 'rate':
			return ofSegment(
				reason,
				`accounts for ${portion}: there it went from ${percent(before)} to ${percent(after)}, at ${formatPercent(weight.after)} of ${cases}.`
			);
	}
}

/** Where one case stands in several segments their effects do not add up to the change: how much of it one makes cannot be said. */
function sentenceOfRepeating(reason: Reason, cases: string): Part[] {
	const { kind, before, after, weight, rest } = reason;
	const others = `${othersOf(reason)} together`;
	switch (kind) {
		case 'new':
			return ofSegment(
				reason,
				`is new in this period, at ${formatPercent(weight.after)} of ${cases}, and stands out: there it is ${percent(after)}, in ${others} ${percent(rest.after)}.`
			);
		case 'mix':
			return ofSegment(
				reason,
				`has ${formatPercent(weight.after)} of ${cases}, ${formatPercent(weight.before)} before, and stands at ${standing(reason)} against ${percent(rest.after)} in ${others}: that shift, not a change of its own, stands out.`
			);
		case 'rate':
			return ofSegment(
				reason,
				`stands out: there it went from ${percent(before)} to ${percent(after)}, at ${formatPercent(weight.after)} of ${cases}${
					rest.before.denominator > 0 && rest.after.denominator > 0
						? `, in ${others} from ${percent(rest.before)} to ${percent(rest.after)}`
						: ''
				}.`
			);
	}
}

const standing = ({ before, after }: Reason) => percent(after.denominator > 0 ? after : before);

const othersOf = ({ dimension }: Reason) => `all other ${DIMENSION_NAMES[dimension][1]}`;

/** The segment, which leads to its figures, and what it did. */
export const ofSegment = (
	{ dimension, segment }: Pick<Reason, 'dimension' | 'segment'>,
	did: string
): Part[] => [
	{ text: segmentName(dimension, segment), segment: { dimension, value: segment } },
	{ text: ` ${did}` }
];

function portionOf(part: number): string {
	if (part > 1.05) return 'more than all of it (the rest moved the other way)';
	if (part >= 0.95) return 'all of it';
	return `${formatPercent(part)} of it`;
}

/** Where no segment is the reason: of what none is, or that there is nothing to tell apart by. */
export function noneStandsOut(breakdown: Breakdown): string {
	const told = DIMENSIONS.filter(
		(dimension) => (breakdown[dimension] ?? []).filter(({ key }) => key !== '').length > 1
	).map((dimension) => DIMENSION_NAMES[dimension][0]);
	if (told.length === 0) return 'Nothing in the data tells one part of it from another.';
	return `No single ${OR.format(told)} stands out.`;
}

const OR = new Intl.ListFormat('en', { type: 'disjunction' });

function segmentName(dimension: Dimension, segment: string): string {
	switch (dimension) {
		case 'ecosystem':
			return ECOSYSTEM_NAMES[segment as Ecosystem] ?? segment;
		case 'country':
			return countryName(segment);
		case 'release':
			return `Release ${segment}`;
		case 'application':
			return `Application ${segment}`;
		case 'created_platform':
			return `Creation on ${segment}`;
		case 'created_release':
			return `Creation in release ${segment}`;
		default:
			return segment;
	}
}

const percent = (counts: Counts) => formatPercent(ratio(counts));
