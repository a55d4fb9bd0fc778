import { wilsonInterval } from '../format/kpi.ts';

/** A group and its baseline within one stratum, such as one system and browser. */
export interface Stratum {
	/** How many of the group, and how many of these succeeded. */
	group: { trials: number; successes: number };
	/** The same of whom it is compared with. Without trials the stratum says nothing. */
	baseline: { trials: number; successes: number };
}

export interface Difference {
	estimate: number;
	low: number;
	high: number;
	/** Of the group: in strata that have a baseline. */
	compared: number;
	/** Of the group: in strata that have none, left out of the estimate. */
	uncompared: number;
}

/**
 * How many more of a group would have succeeded, had it succeeded like the baseline of the same mix of strata: Σ n·(p − q), with the
 * group's size n and share of successes q, and the baseline's share p, stratum by stratum. The 95 % interval adds the distances to each
 * share's Wilson limits by squares (Zou and Donner 2008, "MOVER"); for one stratum it is Newcombe's method 10 (1998), which holds for
 * small samples and for shares of 0 and 1, where the textbook interval has no width. Undefined when no stratum has a baseline.
 */
export function stratifiedDifference(strata: readonly Stratum[]): Difference | undefined {
	const known = strata.filter(({ group, baseline }) => group.trials > 0 && baseline.trials > 0);
	if (known.length === 0) return undefined;
	let estimate = 0;
	let below = 0;
	let above = 0;
	for (const { group, baseline } of known) {
		const p = baseline.successes / baseline.trials;
		const q = group.successes / group.trials;
		const ofP = wilsonInterval(baseline.successes, baseline.trials);
		const ofQ = wilsonInterval(group.successes, group.trials);
		estimate += group.trials * (p - q);
		below += group.trials ** 2 * ((p - ofP.low) ** 2 + (ofQ.high - q) ** 2);
		above += group.trials ** 2 * ((ofP.high - p) ** 2 + (q - ofQ.low) ** 2);
	}
	const sizeOf = (list: readonly Stratum[]) =>
		list.reduce((sum, { group }) => sum + group.trials, 0);
	const compared = sizeOf(known);
	return {
		estimate,
		low: estimate - Math.sqrt(below),
		high: estimate + Math.sqrt(above),
		compared,
		uncompared: sizeOf(strata) - compared
	};
}
