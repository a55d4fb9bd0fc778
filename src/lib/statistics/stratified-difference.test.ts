import { expect, it } from 'vitest';
import { stratifiedDifference } from './stratified-difference.ts';

/** Newcombe, Statistics in Medicine 17 (1998) 873–890, table II, method 10: two shares, their difference and its 95 % interval. */
const NEWCOMBE: [string, [number, number], [number, number], number, number][] = [
	['56 of 70 against 48 of 80', [56, 70], [48, 80], 0.0524, 0.3339],
	['9 of 10 against 3 of 10', [9, 10], [3, 10], 0.1705, 0.809],
	['5 of 56 against 0 of 29', [5, 56], [0, 29], -0.0381, 0.1926],
	['0 of 10 against 0 of 20', [0, 10], [0, 20], -0.1611, 0.2775],
	['10 of 10 against 0 of 10', [10, 10], [0, 10], 0.6075, 1]
];

it.each(NEWCOMBE)('gives the published interval of %s', (_title, [a, m], [b, n], low, high) => {
	const found = stratifiedDifference([
		{ baseline: { successes: a, trials: m }, group: { successes: b, trials: n } }
	])!;
	expect(found.estimate / n).toBeCloseTo(a / m - b / n, 12);
	expect(found.low / n).toBeCloseTo(low, 3);
	expect(found.high / n).toBeCloseTo(high, 3);
});

it('weighs each stratum by the group, so that another mix is no difference', () => {
	// On one system nine in ten succeed, on the other one in ten; the group is mostly on the second.
	const same = stratifiedDifference([
		{ baseline: { successes: 900, trials: 1000 }, group: { successes: 9, trials: 10 } },
		{ baseline: { successes: 10, trials: 100 }, group: { successes: 100, trials: 1000 } }
	])!;
	expect(same.estimate).toBeCloseTo(0, 9);
	expect(same.low).toBeLessThan(0);
	expect(same.high).toBeGreaterThan(0);
});

it('leaves out who cannot be compared, and says how many', () => {
	const found = stratifiedDifference([
		{ baseline: { successes: 80, trials: 100 }, group: { successes: 0, trials: 50 } },
		{ baseline: { successes: 0, trials: 0 }, group: { successes: 0, trials: 7 } }
	]);
	expect(found).toMatchObject({ estimate: 40, compared: 50, uncompared: 7 });
	expect(stratifiedDifference([])).toBeUndefined();
});
