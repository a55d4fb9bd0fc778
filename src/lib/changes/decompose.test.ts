import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompose, errorsApart, standardErrors, type Segment } from './decompose.ts';

const segment = (
	key: string,
	before: [numerator: number, denominator: number],
	after: [numerator: number, denominator: number]
): Segment => ({
	key,
	before: { numerator: before[0], denominator: before[1] },
	after: { numerator: after[0], denominator: after[1] }
});

describe('decompose', () => {
	it('gives all of a change to the one segment whose own share moved', () => {
		const split = decompose([
			segment('Android', [80, 100], [40, 100]),
			segment('iOS', [90, 100], [90, 100])
		]);
		expect(split?.change).toBeCloseTo(-0.2);
		expect(split?.effects[0]).toMatchObject({ rate: expect.closeTo(-0.2), mix: expect.closeTo(0) });
		expect(split?.effects[1]).toMatchObject({ rate: expect.closeTo(0), mix: expect.closeTo(0) });
	});

	it('gives all of it to the mix when no share moved', () => {
		const split = decompose([
			segment('Android', [50, 100], [150, 300]),
			segment('iOS', [90, 100], [90, 100])
		]);
		expect(split?.change).toBeCloseTo(-0.1);
		expect(split?.effects.map(({ rate }) => rate)).toEqual([expect.closeTo(0), expect.closeTo(0)]);
		expect(split!.effects.reduce((sum, { mix }) => sum + mix, 0)).toBeCloseTo(-0.1);
	});

	it('takes a segment that was not there before for mix, not for a change of its own', () => {
		const split = decompose([
			segment('2.3', [80, 100], [40, 50]),
			segment('2.4', [0, 0], [25, 50])
		]);
		expect(split?.effects[1]).toMatchObject({ key: '2.4', rate: 0 });
		expect(split!.effects[1]!.mix).toBeLessThan(0);
	});

	it('has nothing to split where one side has no cases', () => {
		expect(decompose([segment('iOS', [0, 0], [5, 10])])).toBeUndefined();
		expect(decompose([])).toBeUndefined();
	});

	it('adds up to the change, and turns its signs when read backwards', () => {
		const counts = fc
			.tuple(fc.nat(1_000), fc.nat(1_000))
			.map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
		const segments = fc.array(fc.tuple(counts, counts), { minLength: 1, maxLength: 6 });
		fc.assert(
			fc.property(segments, (all) => {
				const forth = decompose(all.map(([one, two], index) => segment(String(index), one, two)));
				const back = decompose(all.map(([one, two], index) => segment(String(index), two, one)));
				if (!forth || !back) return forth === back;
				const sum = forth.effects.reduce((total, { rate, mix }) => total + rate + mix, 0);
				expect(sum).toBeCloseTo(forth.change, 9);
				for (const [index, effect] of forth.effects.entries()) {
					expect(effect.rate).toBeCloseTo(-back.effects[index]!.rate, 9);
					expect(effect.mix).toBeCloseTo(-back.effects[index]!.mix, 9);
				}
				return true;
			})
		);
	});
});

describe('standardErrors', () => {
	it('is the pooled two-proportion z', () => {
		// 0.5 against 0.6 of 100 each: pooled 0.55, error 0.0704.
		expect(
			standardErrors({ numerator: 50, denominator: 100 }, { numerator: 60, denominator: 100 })
		).toBeCloseTo(1.4213, 3);
	});

	it('is 0 where there is nothing to compare or nothing varies', () => {
		const none = { numerator: 0, denominator: 0 };
		const all = { numerator: 9, denominator: 9 };
		expect(standardErrors(none, all)).toBe(0);
		expect(standardErrors(all, all)).toBe(0);
	});
});

describe('errorsApart', () => {
	it('is the difference of differences over its standard error', () => {
		// −0.2 against 0 of 100 each: √(0.21 + 0.25 + 0.25 + 0.25) ÷ 10 = 0.098.
		const fallen = segment('', [70, 100], [50, 100]);
		const still = segment('', [50, 100], [50, 100]);
		expect(errorsApart(fallen, still)).toBeCloseTo(2.0412, 3);
		expect(errorsApart(still, still)).toBe(0);
	});

	it('is 0 where a side has no cases', () => {
		expect(errorsApart(segment('', [1, 2], [2, 2]), segment('', [0, 0], [1, 2]))).toBe(0);
	});
});
