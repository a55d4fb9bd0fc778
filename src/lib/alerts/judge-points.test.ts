import { expect, it, describe } from 'vitest';
import type { AlertRule } from '../../../settings/alert-rules.ts';
import { judgePoints, type AlertPoint } from './judge-points.ts';

const RULE: AlertRule = {
	...{ measure: 'error_rate', cause: '', failure: '', condition: 'above', threshold: 5 },
	...{ bucket: 'day', minimum: 30, query: '' }
};
const day = (index: number) =>
	new Date(Date.parse('2026-10-01') + index * 86_400_000).toISOString().slice(0, 10);

/** A share a day, of `[numerator, denominator]`. */
const shares = (list: readonly [number, number][], overUntil = list.length): AlertPoint[] =>
	list.map(([numerator, denominator], index) => ({
		...{ at: day(index), numerator, denominator, over: index < overUntil },
		value: denominator === 0 ? null : numerator / denominator
	}));
const counts = (list: readonly number[], overUntil = list.length): AlertPoint[] =>
	list.map((value, index) => ({
		...{ at: day(index), numerator: null, denominator: value, value, over: index < overUntil }
	}));
const firing = (judged: ReturnType<typeof judgePoints>) =>
	judged.flatMap(({ fires }, index) => (fires ? [index] : []));

describe('a threshold', () => {
	it('fires on enough cases alone, also while the day is not over', () => {
		const points = shares(
			[
				[1, 100],
				[6, 100],
				[3, 10],
				[5, 100],
				[9, 90]
			],
			4
		);
		const judged = judgePoints({ zone: 'UTC', rule: RULE, unit: 'share', points });
		expect(firing(judged)).toEqual([1, 4]);
		expect(judged[2]!.undecided).toBe('too_few');
	});

	it('waits for the end of the day before it says that there were few', () => {
		const rule: AlertRule = { ...RULE, condition: 'below', threshold: 10 };
		const judged = judgePoints({ zone: 'UTC', rule, unit: 'count', points: counts([12, 4, 3], 2) });
		expect(firing(judged)).toEqual([1]);
		expect(judged[2]!.undecided).toBe('not_over');
	});

	it('of a time is in seconds', () => {
		const points = [4_000, 6_000].map((value, index) => ({
			...{ at: day(index), numerator: null, denominator: 50, value, over: true }
		}));
		expect(firing(judgePoints({ zone: 'UTC', rule: RULE, unit: 'duration', points }))).toEqual([1]);
	});
});

describe('a change', () => {
	const rises: AlertRule = { ...RULE, condition: 'rises', threshold: 5 };
	/** Mondays fail much, as every week. */
	const weekly = Array.from({ length: 28 }, (_, index): [number, number] => [
		index % 7 === 4 ? 40 : 2,
		100
	]);

	it('is one against the same weekday: what every week brings is none', () => {
		const points = shares([...weekly, [2, 100], [20, 100], [2, 100], [2, 100], [41, 100]]);
		const judged = judgePoints({ zone: 'UTC', rule: rises, unit: 'share', points });
		expect(firing(judged)).toEqual([29]);
		expect(judged[29]!.baseline).toEqual({
			...{ value: 0.02, numerator: 8, denominator: 400, weeks: 4 }
		});
		expect(judged[0]!.undecided).toBe('nothing_before');
	});

	it('by the hour is against the same hour by the project’s clock, in summer as in winter', () => {
		// Nine in the morning in Vienna: 07:00 UTC until 25 October 2026, and 08:00 from then on.
		const nines = ['10-05T07', '10-12T07', '10-19T07', '10-26T08'].map((at) => `2026-${at}:00:00Z`);
		const rule: AlertRule = { ...RULE, bucket: 'hour', condition: 'falls', threshold: 50 };
		const points = [...nines, '2026-11-02T07:00:00Z', '2026-11-02T08:00:00Z'].map((at, index) => {
			const value = index < 4 ? 100 : 10;
			return { at, numerator: null, denominator: value, value, over: true };
		});
		const judged = judgePoints({ zone: 'Europe/Vienna', rule, unit: 'count', points });
		expect(firing(judged)).toEqual([5]);
		expect(judged[5]!.baseline).toMatchObject({ value: 100, weeks: 4 });
	});

	it('that chance may make is none, however large', () => {
		const points = shares([...weekly.map(([hits]): [number, number] => [hits, 30]), [5, 30]]);
		expect(firing(judgePoints({ zone: 'UTC', rule: rises, unit: 'share', points }))).toEqual([]);
	});

	it('of a count is in percent', () => {
		const rule: AlertRule = { ...RULE, condition: 'falls', threshold: 50 };
		const points = counts([...Array.from({ length: 28 }, () => 100), 60, 40]);
		expect(firing(judgePoints({ zone: 'UTC', rule, unit: 'count', points }))).toEqual([29]);
	});
});

describe('absence', () => {
	const rule: AlertRule = { ...RULE, condition: 'absent', threshold: 2 };
	/** Closed at the end of each week. */
	const weekly = Array.from({ length: 28 }, (_, index) => (index % 7 > 4 ? 0 : 50));

	it('is told after so many days without anything, and not of days that are always empty', () => {
		const points = counts([...weekly, 50, 50, 0, 0, 0, 0, 0], 34);
		const judged = judgePoints({ zone: 'UTC', rule, unit: 'count', points });
		expect(firing(judged)).toEqual([31, 32, 33]);
		expect(judged[34]!.undecided).toBe('not_over');
		expect(judged[27]!.undecided).toBe('nothing_before');
	});
});
