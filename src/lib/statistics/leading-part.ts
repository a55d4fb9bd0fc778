import { SMALL_SAMPLE, wilsonInterval } from '../format/kpi.ts';

export interface Leading<Part> {
	part: Part;
	/** The share of all others together. */
	others: { successes: number; trials: number };
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
	const best = judged.toSorted((a, b) => shareOf(b) - shareOf(a))[0]!;
	const others = judged
		.filter((part) => part !== best)
		.map(countsOf)
		.reduce(
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
	return apart ? { part: best, others } : undefined;
}
