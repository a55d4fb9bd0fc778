import { expect, it } from 'vitest';
import { fisherExact } from './fisher-exact.ts';

/** Two-sided p as R's fisher.test gives it for tables of the literature. */
it.each([
	['the lady tasting tea (Fisher 1935)', [3, 1, 1, 3], 0.4857143],
	['convictions of like-sex twins (Fisher 1962)', [2, 10, 15, 3], 0.0005367241],
	['dieting students', [1, 9, 11, 3], 0.002759456],
	['equal shares', [10, 90, 10, 90], 1],
	['an empty row', [0, 0, 5, 7], 1],
	['everything on one side', [10, 0, 0, 10], 1.082509e-5]
] as const)('gives the published value of %s', (_title, [a, b, c, d], p) => {
	expect(fisherExact({ a, b, c, d }) / p).toBeCloseTo(1, 5);
});

it('is what adding up every table of the margins gives', () => {
	let seed = 7;
	const random = (most: number) => {
		seed = (seed * 48_271) % 2_147_483_647;
		return seed % most;
	};
	for (let turn = 0; turn < 300; turn++) {
		const table = { a: random(12), b: random(30), c: random(20), d: random(25) };
		expect(fisherExact(table)).toBeCloseTo(byHand(table), 9);
	}
});

it('holds for counts of a whole rollout', () => {
	// Two shares of a million that differ by far more than chance, and two that do not.
	expect(fisherExact({ a: 5_000, b: 15_000, c: 100_000, d: 900_000 })).toBeLessThan(1e-300);
	const p = fisherExact({ a: 2_010, b: 17_990, c: 100_000, d: 900_000 });
	expect(p).toBeGreaterThan(0.8);
	expect(p).toBeLessThan(0.84);
});

/** By exact binomial coefficients. */
function byHand({ a, b, c, d }: { a: number; b: number; c: number; d: number }): number {
	const choose = (n: number, k: number) => {
		let value = 1n;
		for (let i = 0; i < k; i++) value = (value * BigInt(n - i)) / BigInt(i + 1);
		return value;
	};
	const [row, column, all] = [a + b, a + c, a + b + c + d];
	const weight = (x: number) => choose(column, x) * choose(all - column, row - x);
	let [sum, whole] = [0n, 0n];
	for (let x = Math.max(0, row + column - all); x <= Math.min(row, column); x++) {
		whole += weight(x);
		if (weight(x) <= weight(a)) sum += weight(x);
	}
	return Number((sum * 10n ** 15n) / whole) / 1e15;
}
