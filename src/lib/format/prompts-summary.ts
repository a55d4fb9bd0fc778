import { leadingPart, withinChance } from '../statistics/leading-part.ts';
import { SMALL_SAMPLE } from './kpi.ts';
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
	const leads = (countOf: (part: Part) => number, verb: string, came: string) => {
		const leading = leadingPart(judged, (part) => ({
			successes: countOf(part),
			trials: part.shown
		}));
		if (!leading) return undefined;
		const percent = (part: Part) => formatPercent(countOf(part) / part.shown);
		const { part, alike } = leading;
		return `${part.name} ${verb} most: ${percent(part)} ${came}${withinChance(alike, (one) => `${one.name} (${percent(one)})`)}.`;
	};
	const sentences = [
		leads(({ created }) => created, 'earns', 'of its prompts led to a passkey'),
		leads(({ dismissed }) => dismissed, 'annoys', 'were dismissed')
	].filter(Boolean);
	return sentences.length > 0
		? sentences.join(' ')
		: 'No way of asking stands out: what they earn and how often they are dismissed is within chance.';
}
