/** The Overview's sentence: where the rollout stands, and what got worse most, if anything did. Computed, never a fixed phrase. */
import {
	SMALL_SAMPLE,
	shareChange,
	shareValue,
	type KpiAnswer,
	type KpiDefinition
} from './kpi.ts';
import { formatCount, toShare } from './number.ts';

interface Figures {
	definitions: Record<string, KpiDefinition>;
	figures: Record<string, KpiAnswer>;
	comparedFigures?: Record<string, KpiAnswer> | undefined;
}

/** A change smaller than this, in either direction, is not worth a word. */
const NOTEWORTHY = 0.01;

export function summariseOverview(input: Figures): string {
	const sentences = [standing(input.figures), worsening(input)].filter(Boolean);
	return sentences.length > 0
		? sentences.join(' ')
		: 'Too little has been reported in this period to say how the rollout is going.';
}

function standing({
	activation_rate: activation,
	usage_rate_all: usage
}: Record<string, KpiAnswer>) {
	const parts: string[] = [];
	if (activation?.denominator)
		parts.push(
			activation.denominator === 1
				? `The one user seen has ${activation.numerator ? 'a' : 'no'} passkey`
				: `${shareValue(activation)} of the ${formatCount(activation.denominator)} users seen have a passkey`
		);
	if (usage?.denominator) parts.push(`${shareValue(usage)} of sign-ins use one`);
	const text = parts.join(', and ');
	return text && `${text}.`;
}

function worsening({ definitions, figures, comparedFigures }: Figures): string | undefined {
	if (!comparedFigures) return undefined;
	const comparable = Object.keys(figures).filter((id) =>
		[figures[id], comparedFigures[id]].every((answer) => (answer?.denominator ?? 0) >= SMALL_SAMPLE)
	);
	if (comparable.length === 0) return undefined;
	const [worst] = comparable
		.map((id) => ({ id, by: shareOf(figures[id]) - shareOf(comparedFigures[id]) }))
		.filter(({ id, by }) => by > 0 === definitions[id]?.lowerIsBetter && Math.abs(by) >= NOTEWORTHY)
		.toSorted((a, b) => Math.abs(b.by) - Math.abs(a.by));
	if (!worst) return 'No figure got worse by more than a point.';
	const definition = definitions[worst.id]!;
	const change = shareChange(definition, figures[worst.id]!, comparedFigures[worst.id]);
	return `What got worse most: ${definition.term ?? definition.name}, ${change?.text} to ${shareValue(figures[worst.id]!)}.`;
}

function shareOf(answer: KpiAnswer | undefined): number {
	return toShare(answer?.numerator ?? null, answer?.denominator ?? null) ?? 0;
}
