/** The Overview's sentence: where the rollout stands, and what got worse most, if anything did. Computed, never a fixed phrase. */
import { SMALL_SAMPLE, shareChange, type KpiAnswer, type KpiDefinition } from './kpi.ts';
import { formatCount, formatPercent, toShare } from './number.ts';

/** Figures of the registry with their answers; times are passed over. */
type Figures = Record<
	string,
	| { definition: KpiDefinition; answer: KpiAnswer; previous?: KpiAnswer }
	| { definition: KpiDefinition; duration: unknown }
>;

/** A change smaller than this, in either direction, is not worth a word. */
const NOTEWORTHY = 0.01;

export function summariseOverview(figures: Figures): string {
	const shares = Object.values(figures).filter((figure) => 'answer' in figure);
	const sentences = [standing(shares), worsening(shares)].filter(Boolean);
	return sentences.length > 0
		? sentences.join(' ')
		: 'Too little has been reported in this period to say how the rollout is going.';
}

interface Share {
	definition: KpiDefinition;
	answer: KpiAnswer;
	previous?: KpiAnswer;
}

function standing(shares: readonly Share[]) {
	const answerOf = (id: string) => shares.find(({ definition }) => definition.id === id)?.answer;
	const [activation, usage] = [answerOf('activation_rate'), answerOf('usage_rate_all')];
	const parts: string[] = [];
	if (activation?.denominator)
		parts.push(
			activation.denominator === 1
				? `The one user seen has ${activation.numerator ? 'a' : 'no'} passkey`
				: `${percentOf(activation)} of the ${formatCount(activation.denominator)} users seen have a passkey`
		);
	if (usage?.denominator) parts.push(`${percentOf(usage)} of sign-ins use one`);
	const text = parts.join(', and ');
	return text && `${text}.`;
}

/** What people's devices can do, and what telemetry loses on the way, is not the rollout's doing. */
const NOT_JUDGED = ['eligible_users', 'telemetry_loss', 'verdict_coverage'];

function worsening(shares: readonly Share[]): string | undefined {
	const comparable = shares.filter(
		({ definition, answer, previous }) =>
			!NOT_JUDGED.includes(definition.id) &&
			[answer, previous].every((one) => (one?.denominator ?? 0) >= SMALL_SAMPLE)
	);
	if (comparable.length === 0) return undefined;
	const [worst] = comparable
		.map((share) => ({
			...share,
			by: shareOf(share.answer) - shareOf(share.previous),
			change: shareChange(share.definition, share.answer, share.previous)
		}))
		.filter(({ change, by }) => change?.better === false && Math.abs(by) >= NOTEWORTHY)
		.toSorted((a, b) => Math.abs(b.by) - Math.abs(a.by));
	if (!worst) return 'No figure got worse by more than a point and more than chance.';
	const { definition, answer, change } = worst;
	// As its card is called, so that it is found below.
	return `What got worse most: “${definition.name}”, ${change?.text} to ${percentOf(answer)}.`;
}

const percentOf = ({ numerator, denominator }: KpiAnswer) =>
	formatPercent(toShare(numerator, denominator));

function shareOf(answer: KpiAnswer | undefined): number {
	return toShare(answer?.numerator ?? null, answer?.denominator ?? null) ?? 0;
}
