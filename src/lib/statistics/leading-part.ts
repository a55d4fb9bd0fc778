import { differBeyondChance, SMALL_SAMPLE, wilsonInterval } from '../format/kpi.ts';

export interface Leading<Part> {
	part: Part;
	/** The share of all others together. */
	others: { successes: number; trials: number };
	/** Those of the others that the leading one is ahead of by no more than chance, the greatest share first. */
	alike: Part[];
}

/**
 * The part with the greatest share of successes, where its 95 % interval lies apart from that of all others together: else it may be
 * chance, and nobody leads. Parts of few cases take no part.
 */
export function leadingPart<Part>(
	parts: readonly Part[],
	countsOf: (part: Part) => { successes: number; trials: number }
): Leading<Part> | undefined {
	const judged = parts.filter((part) => countsOf(part).trials >= SMALL_SAMPLE);
	if (judged.length < 2) return undefined;
	const shareOf = (part: Part) => countsOf(part).successes / countsOf(part).trials;
	const [best, ...rest] = judged.toSorted((a, b) => shareOf(b) - shareOf(a)) as [Part, ...Part[]];
	const others = rest.map(countsOf).reduce(
		(sum, { successes, trials }) => ({
			successes: sum.successes + successes,
			trials: sum.trials + trials
		}),
		{ successes: 0, trials: 0 }
	);
	const mine = countsOf(best);
	const apart =
		wilsonInterval(mine.successes, mine.trials).low >
		wilsonInterval(others.successes, others.trials).high;
	const answerOf = (part: Part) => {
		const { successes, trials } = countsOf(part);
		return { numerator: successes, denominator: trials };
	};
	const alike = rest.filter((part) => !differBeyondChance(answerOf(best), answerOf(part)));
	return apart ? { part: best, others, alike } : undefined;
}

/** The end of a sentence about who leads: whom it is ahead of by no more than chance. */
export function withinChance<Part>(alike: readonly Part[], tell: (part: Part) => string): string {
	if (alike.length === 0) return '';
	const names = new Intl.ListFormat('en').format(alike.map(tell));
	return `; ${names} ${alike.length === 1 ? 'comes' : 'come'} within chance of it`;
}
