import { describe, expect, it } from 'vitest';
import { sumCounts, type Counts, type Segment } from './decompose.ts';
import { explainChange, type Breakdown, type Dimension } from './explain-change.ts';

type Pair = [numerator: number, denominator: number];
const counts = ([numerator, denominator]: Pair): Counts => ({ numerator, denominator });
const segments = (of: Record<string, [before: Pair, after: Pair]>): Segment[] =>
	Object.entries(of).map(([key, [before, after]]) => ({
		key,
		before: counts(before),
		after: counts(after)
	}));

function explain(by: Partial<Record<Dimension, Record<string, [before: Pair, after: Pair]>>>) {
	const breakdown = Object.fromEntries(
		Object.entries(by).map(([dimension, of]) => [dimension, segments(of)])
	) as Breakdown;
	const first = Object.values(breakdown)[0]!;
	return explainChange({
		before: sumCounts(first.map(({ before }) => before)),
		after: sumCounts(first.map(({ after }) => after)),
		breakdown
	});
}

describe('explainChange', () => {
	it('is silent within noise', () => {
		expect(
			explain({
				platform: {
					iOS: [
						[50, 100],
						[55, 100]
					]
				}
			})
		).toBeUndefined();
		// Certain, and too small to matter.
		expect(
			explain({
				platform: {
					iOS: [
						[500_000, 1_000_000],
						[506_000, 1_000_000]
					]
				}
			})
		).toBeUndefined();
		// Few cases: whatever they say.
		expect(
			explain({
				platform: {
					iOS: [
						[29, 29],
						[0, 29]
					]
				}
			})
		).toBeUndefined();
	});

	it('names the segment whose own share moved, by how much of the change', () => {
		const found = explain({
			platform: {
				Android: [
					[800, 1_000],
					[400, 1_000]
				],
				iOS: [
					[900, 1_000],
					[905, 1_000]
				],
				Windows: [
					[700, 1_000],
					[700, 1_000]
				]
			}
		});
		expect(found?.change).toBeCloseTo(-0.1317, 3);
		expect(found?.reasons).toMatchObject([
			{ kind: 'rate', dimension: 'platform', segment: 'Android', effect: expect.closeTo(-0.1333) }
		]);
	});

	it('names nothing where all moved alike, however large a segment is', () => {
		const found = explain({
			platform: {
				Android: [
					[1_600, 2_000],
					[1_200, 2_000]
				],
				iOS: [
					[400, 500],
					[300, 500]
				]
			},
			release: {
				'2.4': [
					[2_000, 2_500],
					[1_500, 2_500]
				]
			}
		});
		expect(found?.change).toBeCloseTo(-0.2);
		expect(found?.reasons).toEqual([]);
	});

	it('prefers the narrower of two that hold the same fall', () => {
		const found = explain({
			platform: {
				Windows: [
					[1_600, 2_000],
					[1_200, 2_000]
				],
				iOS: [
					[1_600, 2_000],
					[1_600, 2_000]
				]
			},
			browser: {
				Firefox: [
					[400, 500],
					[0, 500]
				],
				Chrome: [
					[1_200, 1_500],
					[1_200, 1_500]
				],
				Safari: [
					[1_600, 2_000],
					[1_600, 2_000]
				]
			}
		});
		expect(found?.reasons.map(({ segment }) => segment)).toEqual(['Firefox', 'Windows']);
	});

	it('does not say the same of a system and of its ecosystem', () => {
		const both = {
			Android: [
				[800, 1_000],
				[400, 1_000]
			],
			iOS: [
				[900, 1_000],
				[900, 1_000]
			]
		} satisfies Record<string, [Pair, Pair]>;
		const found = explain({
			platform: both,
			ecosystem: { google: both.Android, apple: both.iOS }
		});
		expect(found?.reasons.map(({ segment }) => segment)).toEqual(['Android']);
	});

	it('tells a shift of the mix from a change of a share', () => {
		const found = explain({
			platform: {
				Android: [
					[300, 1_000],
					[900, 3_000]
				],
				iOS: [
					[900, 1_000],
					[900, 1_000]
				]
			}
		});
		expect(found?.reasons).toMatchObject([
			{ kind: 'mix', segment: 'Android', effect: expect.closeTo(-0.15) }
		]);
	});

	it('names a release that is new and differs from the rest', () => {
		const found = explain({
			release: {
				'2.4': [
					[1_600, 2_000],
					[800, 1_000]
				],
				'2.5': [
					[0, 0],
					[500, 1_000]
				]
			}
		});
		expect(found?.reasons).toMatchObject([
			{ kind: 'new', dimension: 'release', segment: '2.5', rest: { after: { numerator: 800 } } }
		]);
	});

	it('names no segment that moved otherwise than the rest by no more than chance', () => {
		const few = {
			Chrome: [
				[248, 1_000],
				[320, 1_000]
			],
			Safari: [
				[260, 1_000],
				[290, 1_000]
			]
		} satisfies Record<string, [Pair, Pair]>;
		expect(explain({ browser: few })).toMatchObject({ reasons: [] });
		// The same shares of ten times as many are no chance.
		const many = Object.fromEntries(
			Object.entries(few).map(([key, pairs]) => [
				key,
				pairs.map((pair) => pair.map((count) => count * 10)) as [Pair, Pair]
			])
		);
		expect(explain({ browser: many })?.reasons).toMatchObject([{ segment: 'Chrome' }]);
	});

	it('does not blame a segment that nothing names', () => {
		const found = explain({
			country: {
				'': [
					[800, 1_000],
					[400, 1_000]
				],
				NL: [
					[800, 1_000],
					[800, 1_000]
				]
			}
		});
		expect(found?.reasons).toEqual([]);
	});
});
