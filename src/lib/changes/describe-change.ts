/** An explained change in plain sentences. Computed from the counts, never a fixed phrase. */
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

const DIMENSION_NAMES: Record<Dimension, string> = {
	browser: 'browsers',
	platform: 'systems',
	ecosystem: 'ecosystems',
	application: 'applications',
	release: 'releases',
	country: 'countries'
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

function toCounts(answer: KpiAnswer | undefined): Counts | undefined {
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
	if (explanation.reasons.length === 0) return [{ text: ` ${alike(breakdown)}` }];
	const cases = CASES[definition.grain];
	return explanation.reasons.flatMap((reason, index) => [
		{ text: index === 0 ? ' ' : ' Seen another way, ' },
		...sentence(reason, explanation.change, cases)
	]);
}

function sentence(reason: Reason, change: number, cases: string): Part[] {
	const { kind, dimension, segment, before, after, weight, rest } = reason;
	const name: Part = {
		text: segmentName(dimension, segment),
		segment: { dimension, value: segment }
	};
	const portion = portionOf(reason.effect / change);
	if (kind === 'new')
		return [
			name,
			{
				text: ` is new in this period and makes up ${portion}: it stands at ${percent(after)}, all other ${DIMENSION_NAMES[dimension]} at ${percent(rest)}.`
			}
		];
	if (kind === 'mix')
		return [
			name,
			{
				text: ` makes up ${formatPercent(weight.after)} of ${cases}, ${formatPercent(weight.before)} before, and stands at ${percent(after.denominator > 0 ? after : before)} against ${percent(rest)} elsewhere: that shift, not a change of its own, is ${portion}.`
			}
		];
	return [
		name,
		{
			text: ` accounts for ${portion}: there it went from ${percent(before)} to ${percent(after)}, at ${formatPercent(weight.after)} of ${cases}.`
		}
	];
}

function portionOf(part: number): string {
	if (part > 1.05) return 'more than all of it (the rest moved the other way)';
	if (part >= 0.95) return 'all of it';
	return `${formatPercent(part)} of it`;
}

/** Where nothing stands out: alike in what, or that there is nothing to tell apart by. */
function alike(breakdown: Breakdown): string {
	const told = DIMENSIONS.filter(
		(dimension) => (breakdown[dimension] ?? []).filter(({ key }) => key !== '').length > 1
	).map((dimension) => DIMENSION_NAMES[dimension]);
	if (told.length === 0) return 'Nothing in the data tells one part of it from another.';
	return `It moved alike in all ${new Intl.ListFormat('en').format(told)}: no part of them stands out.`;
}

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
		default:
			return segment;
	}
}

const percent = (counts: Counts) => formatPercent(ratio(counts));
