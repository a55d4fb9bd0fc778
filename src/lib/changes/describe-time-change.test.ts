import { describe, expect, it } from 'vitest';
import type { DurationAnswer, KpiDefinition } from '../format/kpi.ts';
import {
	describeTimeChange,
	type TimeBreakdown,
	type TimeSegment
} from './describe-time-change.ts';

const definition = { id: 'time', name: 'Time to sign in', lowerIsBetter: true } as KpiDefinition;
const time = (p50: number | null, p75: number | null, count: number): DurationAnswer => ({
	...{ p50, p75, p95: p75, count }
});

it.each<[string, DurationAnswer, DurationAnswer, string[]]>([
	[
		'slower by a fifth',
		time(6_000, 8_000, 400),
		time(5_000, 7_000, 400),
		['Time to sign in rose by 20 % to 6 s (median).']
	],
	[
		'quicker by a fifth',
		time(4_000, 6_000, 400),
		time(5_000, 7_000, 400),
		['Time to sign in fell by 20 % to 4 s (median).']
	],
	['the same of so few that it may be chance', time(6_000, 8_000, 40), time(5_000, 7_000, 40), []],
	['too few to say anything', time(9_000, 9_100, 29), time(5_000, 5_100, 400), []],
	['beyond chance, and too little', time(5_200, 5_201, 9_000), time(5_000, 5_001, 9_000), []],
	['nothing timed', time(null, null, 0), time(5_000, 7_000, 400), []],
	['nothing timed before', time(5_000, 7_000, 400), time(null, null, 0), []]
])('tells of a time: %s', (_, duration, previousDuration, expected) => {
	const told = describeTimeChange({ definition, duration, previousDuration });
	expect(told.map(({ parts }) => parts[0]!.text.replaceAll('\u202f', ' '))).toEqual(expected);
	for (const { better, direction } of told) expect(better).toBe(direction === 'down');
});

/** Times made with a seed, told as the database tells them: quantiles of the whole, and each segment's median and what is above the whole's before. */
function told(
	by: Partial<Record<keyof TimeBreakdown, Record<string, [before: Times, after: Times]>>>
) {
	const first = Object.values(by)[0]!;
	const all = (side: 0 | 1) => Object.values(first).flatMap((sides) => timesOf(sides[side]));
	const [previousDuration, duration] = [durationOf(all(0)), durationOf(all(1))];
	const segmentsOf = (parts: Record<string, [Times, Times]>): TimeSegment[] =>
		Object.entries(parts).map(([key, sides]) => {
			const [before, after] = sides.map((side) => timesOf(side)) as [number[], number[]];
			const counts = (times: number[]) => ({
				numerator: times.filter((one) => one > previousDuration.p50!).length,
				denominator: times.length
			});
			return {
				key,
				...{ before: counts(before), after: counts(after) },
				medians: { before: durationOf(before).p50, after: durationOf(after).p50 }
			};
		});
	const breakdown = Object.fromEntries(
		Object.entries(by).map(([dimension, parts]) => [dimension, segmentsOf(parts)])
	) as TimeBreakdown;
	return describeTimeChange({ definition, duration, previousDuration, breakdown }).map(
		({ parts }) =>
			parts
				.map(({ text }) => text)
				.join('')
				.replaceAll('\u202f', ' ')
	);
}

/** How many sign-ins, around which median. */
type Times = [count: number, median: number];

/** Log-normal, as durations are, of chance that the numbers themselves decide. */
function timesOf([count, median]: Times): number[] {
	let state = count * 7_919 + median;
	const next = () => {
		// Park and Miller's minimal standard.
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
	const normal = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
	return Array.from({ length: count }, () => median * Math.exp(0.45 * normal()));
}

function durationOf(times: number[]): DurationAnswer {
	const sorted = times.toSorted((a, b) => a - b);
	const at = (level: number) => sorted[Math.floor(level * sorted.length)] ?? null;
	return { p50: at(0.5), p75: at(0.75), p95: at(0.95), count: times.length };
}

describe('the reason of a time’s change', () => {
	it('is the segment whose times moved, by its own medians and its part of the sign-ins', () => {
		const [text] = told({
			browser: {
				Edge: [
					[400, 3_600],
					[400, 9_000]
				],
				Chrome: [
					[800, 3_600],
					[800, 3_650]
				]
			},
			platform: {
				Windows: [
					[1_200, 3_600],
					[1_200, 4_800]
				]
			}
		});
		expect(text).toMatch(
			/^Time to sign in rose by \d+ % to [\d.]+ s \(median\)\. Edge stands out: there the median went from 3\.\d+ s to (8|9)\.\d+ s, at 33\.3 % of the timed sign-ins\.$/
		);
	});

	it('is none where all took longer alike', () => {
		const slower: [Times, Times] = [
			[600, 3_600],
			[600, 5_400]
		];
		expect(told({ browser: { Edge: slower, Chrome: slower } })).toEqual([
			expect.stringMatching(/\(median\)\. No single browser stands out\.$/)
		]);
	});

	it('is a shift where a slower segment makes up more of them and none moved', () => {
		const [text] = told({
			platform: {
				Windows: [
					[200, 9_000],
					[800, 9_000]
				],
				iOS: [
					[800, 3_000],
					[800, 3_000]
				]
			}
		});
		expect(text).toMatch(
			/Windows makes up 50 % of the timed sign-ins, 20 % before; its median is (8|9)[\d.]* s, that of all [\d.]+ s: that shift, not a change of its own, stands out\.$/
		);
	});

	it('is a release that is new and slower', () => {
		const [text] = told({
			release: {
				'2.4': [
					[1_000, 3_600],
					[500, 3_600]
				],
				'2.5': [
					[0, 3_600],
					[500, 9_000]
				]
			}
		});
		expect(text).toMatch(
			/Release 2\.5 is new in this period, at 50 % of the timed sign-ins, and stands out: its median is (8|9)[\d.]* s, that of all [\d.]+ s\.$/
		);
	});

	it('is not a segment of few, however slow, nor a part so small that a median does not heed it', () => {
		const few = told({
			browser: {
				Edge: [
					[20, 3_600],
					[20, 30_000]
				],
				Chrome: [
					[600, 3_600],
					[600, 5_400]
				],
				Safari: [
					[600, 3_600],
					[600, 5_400]
				]
			}
		});
		expect(few).toEqual([expect.stringMatching(/No single browser stands out\.$/)]);
		// Ten times as slow, and one in twenty: the median moved because the others did.
		const small = told({
			browser: {
				Edge: [
					[60, 3_600],
					[60, 50_000]
				],
				Chrome: [
					[570, 3_600],
					[570, 5_400]
				],
				Safari: [
					[570, 3_600],
					[570, 5_400]
				]
			}
		});
		expect(small).toEqual([expect.stringMatching(/No single browser stands out\.$/)]);
	});

	it('is never told of noise', () => {
		for (let seed = 0; seed < 40; seed += 1) {
			const count = 200 + seed;
			expect(
				told({
					browser: {
						Edge: [
							[count, 3_600],
							[count + 1, 3_600]
						],
						Chrome: [
							[count + 2, 3_600],
							[count + 3, 3_600]
						]
					}
				})
			).toEqual([]);
		}
	});

	it('says so where nothing tells one part from another', () => {
		const all: [Times, Times] = [
			[600, 3_600],
			[600, 5_400]
		];
		expect(told({ browser: { Chrome: all } })).toEqual([
			expect.stringMatching(/Nothing in the data tells one part of it from another\.$/)
		]);
	});
});
