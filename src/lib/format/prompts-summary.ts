import { SMALL_SAMPLE, wilsonInterval } from './kpi.ts';
import { formatPercent } from './number.ts';

/** One way of asking: prompts shown, and what came of them. */
interface Part {
	name: string;
	shown: number;
	dismissed: number;
	created: number;
}

/**
 * Which way of asking earns and which annoys, in a sentence; says so when nothing sets them apart. A part leads only where its 95 %
 * interval lies apart from that of all others together: else it may be chance.
 */
export function summarisePrompts(parts: readonly Part[]): string {
	const judged = parts.filter(({ shown }) => shown >= SMALL_SAMPLE);
	if (judged.length < 2) return 'Too few prompts of more than one kind to compare them.';
	const earns = leader(judged, ({ created }) => created);
	const annoys = leader(judged, ({ dismissed }) => dismissed);
	const sentences = [
		earns &&
			`${earns.name} earns most: ${percentOf(earns.created, earns.shown)} of its prompts led to a passkey.`,
		annoys &&
			`${annoys.name} annoys most: ${percentOf(annoys.dismissed, annoys.shown)} were dismissed.`
	].filter(Boolean);
	return sentences.length > 0
		? sentences.join(' ')
		: 'No way of asking stands out: what they earn and how often they are dismissed is within chance.';
}

function leader(parts: readonly Part[], countOf: (part: Part) => number): Part | undefined {
	const best = parts.toSorted((a, b) => countOf(b) / b.shown - countOf(a) / a.shown)[0]!;
	const rest = parts.filter((part) => part !== best);
	const sum = (of: (part: Part) => number) => rest.reduce((total, part) => total + of(part), 0);
	const others = wilsonInterval(
		sum(countOf),
		sum(({ shown }) => shown)
	);
	return wilsonInterval(countOf(best), best.shown).low > others.high ? best : undefined;
}

const percentOf = (count: number, of: number) => formatPercent(count / of);
