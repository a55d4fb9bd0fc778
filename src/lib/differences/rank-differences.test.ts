import { describe, expect, it } from 'vitest';
import { rankDifferences, type DimensionCount } from './rank-differences.ts';

const KIND = { ceremony_type: 'authentication', mediation: 'optional' };

/** The counts of one dimension: each value on both sides. Everybody is one person unless `perPerson` says how often each came. */
function dimension(
	name: string,
	values: Record<string, [selected: number, rest: number]>,
	kind = KIND
): DimensionCount[] {
	const rows = Object.entries(values).map(([value, [selected, rest]]) => ({
		...{ ...kind, dimension: name, whole: false, value, selected, rest },
		...{ selected_people: 0, rest_people: 0 }
	}));
	const total = (side: 'selected' | 'rest') => rows.reduce((sum, row) => sum + row[side], 0);
	return [
		...rows,
		{
			...{ ...kind, dimension: name, whole: true, value: '' },
			...{ selected: total('selected'), rest: total('rest'), selected_people: 0, rest_people: 0 }
		}
	];
}

function everything(
	selected: number,
	rest: number,
	{ perPerson = 1, kind = KIND } = {}
): DimensionCount {
	return {
		...{ ...kind, dimension: '', whole: true, value: '', selected, rest },
		selected_people: Math.round(selected / perPerson),
		rest_people: Math.round(rest / perPerson)
	};
}

describe('rankDifferences', () => {
	it('ranks by the difference of shares, a release in a browser before either alone', () => {
		const { ranked } = rankDifferences([
			everything(100, 1000),
			...dimension('platform', { Windows: [70, 500], macOS: [30, 500] }),
			...dimension('release', { '2.5': [90, 500], '2.4': [10, 500] }),
			...dimension('browser_version', { 'Firefox 153': [90, 100], 'Chrome 156': [10, 900] }),
			...dimension('release_browser', {
				'2.5 in Firefox 153': [88, 40],
				'2.5 in Chrome 156': [2, 460],
				'2.4 in Firefox 153': [2, 60],
				'2.4 in Chrome 156': [8, 440]
			})
		]);
		expect(ranked.map(({ value }) => value)).toEqual([
			'2.5 in Firefox 153',
			'Firefox 153',
			'2.5',
			'Windows'
		]);
		expect(ranked[0]).toMatchObject({ selected: 88, selected_of: 100, rest: 40, rest_of: 1000 });
		expect(ranked[0]!.difference).toBeCloseTo(0.84, 12);
	});

	it('leaves out a release in a browser that says no more than the browser', () => {
		const { ranked } = rankDifferences([
			everything(100, 1000),
			...dimension('browser_version', { 'Firefox 153': [90, 100], 'Chrome 156': [10, 900] }),
			...dimension('release_browser', {
				'2.5 in Firefox 153': [45, 50],
				'2.4 in Firefox 153': [45, 50],
				'2.5 in Chrome 156': [10, 900]
			})
		]);
		expect(ranked.map(({ value }) => value)).toEqual(['Firefox 153']);
	});

	it('says nothing of what chance makes among many values', () => {
		// 200 values that each differ by one or two cases.
		const values = Object.fromEntries(
			Array.from({ length: 200 }, (_, index) => [`v${index}`, [index % 3, 5] as [number, number]])
		);
		const { ranked, tests } = rankDifferences([
			everything(199, 1000),
			...dimension('tag build', values)
		]);
		expect(ranked).toEqual([]);
		expect(tests).toBe(200);
	});

	it('takes the ceremonies of a few people for no more than a few cases', () => {
		const counts = [
			...dimension('platform', { Windows: [60, 500], macOS: [40, 500] }),
			...dimension('country', { NL: [90, 500], DE: [10, 500] })
		];
		const many = rankDifferences([everything(100, 1000), ...counts]).ranked;
		expect(many.map(({ value }) => value)).toEqual(['NL']);
		expect(rankDifferences([everything(100, 1000, { perPerson: 20 }), ...counts]).ranked).toEqual(
			[]
		);
	});

	it('compares sign-ins with sign-ins, and says so', () => {
		const registration = { ceremony_type: 'registration', mediation: 'optional' };
		const { ranked, kinds, rest } = rankDifferences([
			everything(100, 500),
			...dimension('placement', { 'after-sign-in': [50, 250], home: [50, 250] }),
			everything(0, 5000, { kind: registration }),
			...dimension('placement', { 'after-sign-in': [0, 0], home: [0, 5000] }, registration)
		]);
		expect(ranked).toEqual([]);
		expect(kinds).toEqual([KIND]);
		expect(rest).toBe(500);
	});

	it('names what is not known of one side, and tests nothing there', () => {
		const { ranked, unknown, tests } = rankDifferences([
			everything(100, 1000),
			...dimension('provider', { 'Apple Passwords': [0, 600], Bitwarden: [0, 400] })
		]);
		expect(ranked).toEqual([]);
		expect(unknown).toEqual(['provider']);
		expect(tests).toBe(0);
	});

	it('says nothing of fewer than five ceremonies', () => {
		const found = rankDifferences([
			everything(4, 1000),
			...dimension('platform', { Linux: [4, 1], Windows: [0, 999] })
		]);
		expect(found).toMatchObject({ ranked: [], selected: 4 });
	});
});
