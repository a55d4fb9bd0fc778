import { expect, it } from 'vitest';
import type { DurationAnswer, KpiDefinition } from '../format/kpi.ts';
import { describeTimeChange } from './describe-time-change.ts';

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
