import { describe, expect, it } from 'vitest';
import type { KpiDefinition } from '../format/kpi.ts';
import { describeChanges, type Figure } from './describe-change.ts';
import type { Segment } from './decompose.ts';
import type { Breakdown } from './explain-change.ts';

const segment = (key: string, before: number, after: number, of: [number, number]): Segment => ({
	key,
	before: { numerator: before, denominator: of[0] },
	after: { numerator: after, denominator: of[1] }
});

function figure(id: string, breakdown: Breakdown): Figure {
	const all = Object.values(breakdown)[0]!;
	const sum = (side: 'before' | 'after') => ({
		numerator: all.reduce((total, one) => total + one[side].numerator, 0),
		denominator: all.reduce((total, one) => total + one[side].denominator, 0)
	});
	const definition = { id, name: id, unit: 'share', grain: 'ceremony', lowerIsBetter: false };
	return {
		definition: definition as KpiDefinition,
		answer: sum('after'),
		previous: sum('before'),
		breakdown
	};
}

const text = (figures: Figure[]) =>
	describeChanges(figures).map(({ parts }) =>
		parts
			.map(({ text: words }) => words)
			.join('')
			.replaceAll('\u202f', ' ')
	);

describe('describeChanges', () => {
	it('names the segment that moved, with its numbers, the largest change first', () => {
		const small = figure('Smaller', {
			application: [
				segment('web', 8_000, 7_500, [10_000, 10_000]),
				segment('app', 500, 500, [5_000, 5_000])
			]
		});
		const large = figure('Success', {
			browser: [segment('Firefox', 160, 60, [200, 200]), segment('Chrome', 640, 640, [800, 800])]
		});
		expect(text([small, large])).toEqual([
			'Success fell by 10 pp to 70 %. Firefox accounts for all of it: there it went from 80 % to 30 %, at 20 % of ceremonies.',
			'Smaller fell by 3.3 pp to 53.3 %. Application web accounts for all of it: there it went from 80 % to 75 %, at 66.7 % of ceremonies.'
		]);
		expect(describeChanges([large])[0]).toMatchObject({
			better: false,
			parts: [{}, {}, { segment: { dimension: 'browser', value: 'Firefox' } }, {}]
		});
	});

	it('tells a shift from a change, and what is new', () => {
		expect(
			text([
				figure('Success', {
					platform: [
						segment('Android', 300, 900, [1_000, 3_000]),
						segment('iOS', 900, 900, [1_000, 1_000])
					]
				}),
				figure('Use', {
					release: [segment('2.4', 1_600, 800, [2_000, 1_000]), segment('2.5', 0, 520, [0, 1_000])]
				})
			])
		).toEqual([
			'Success fell by 15 pp to 45 %. Android makes up 75 % of ceremonies, 50 % before, and stands at 30 % against 90 % elsewhere: that shift, not a change of its own, is all of it.',
			'Use fell by 14 pp to 66 %. Release 2.5 is new in this period and makes up all of it: it stands at 52 %, all other releases at 80 %.'
		]);
	});

	it('does not say how much of it a segment makes where a user is in several', () => {
		// 800 users, of whom 200 came on both: a whole of its own, which the segments do not add up to.
		const ofUsers = (breakdown: Breakdown, [before, after]: [number, number]): Figure => ({
			definition: {
				...{ id: 'users', name: 'With a passkey', unit: 'share', lowerIsBetter: false },
				grain: 'user'
			} as KpiDefinition,
			previous: { numerator: before, denominator: 800 },
			answer: { numerator: after, denominator: 800 },
			breakdown
		});
		const android = segment('Android', 250, 400, [500, 500]);
		const still = segment('iOS', 250, 252, [500, 500]);
		expect(text([ofUsers({ platform: [android, still] }, [400, 500])])).toEqual([
			'With a passkey rose by 13 pp to 62.5 %. Android stands out: there it went from 50 % to 80 %, at 62.5 % of those users, in all other systems together from 50 % to 50.4 %. A user in several counts in each.'
		]);
		const hello = segment('Windows Hello', 0, 0, [50, 200]);
		const google = segment('Google Password Manager', 450, 450, [500, 500]);
		expect(text([ofUsers({ provider: [hello, google] }, [720, 600])])).toEqual([
			'With a passkey fell by 15 pp to 75 %. Windows Hello has 25 % of those users, 6.3 % before, and stands at 0 % against 90 % in all other providers together: that shift, not a change of its own, stands out. A user in several counts in each.'
		]);
		const fresh = segment('2.5', 0, 60, [0, 200]);
		const older = segment('2.4', 450, 450, [500, 500]);
		expect(text([ofUsers({ created_release: [fresh, older] }, [720, 600])])).toEqual([
			'With a passkey fell by 15 pp to 75 %. Creation in release 2.5 is new in this period, at 25 % of those users, and stands out: there it is 30 %, in all other releases together 90 %. A user in several counts in each.'
		]);
	});

	it('names nothing where the segments together did not move as the whole did', () => {
		const definition = { id: 'users', name: 'Covered', unit: 'share', grain: 'user' };
		const breakdown = {
			platform: [segment('Android', 300, 360, [500, 500]), segment('iOS', 300, 298, [500, 500])]
		};
		const covered = {
			definition: { ...definition, lowerIsBetter: false } as KpiDefinition,
			...{ previous: { numerator: 500, denominator: 800 } },
			...{ answer: { numerator: 400, denominator: 800 }, breakdown }
		};
		expect(text([covered])).toEqual([
			'Covered fell by 13 pp to 50 %. No single system stands out.'
		]);
	});

	it('says so when no segment stands out, and nothing when nothing moved', () => {
		const alike = [segment('iOS', 800, 700, [1_000, 1_000]), segment('macOS', 80, 70, [100, 100])];
		expect(text([figure('Success', { platform: alike })])).toEqual([
			'Success fell by 10 pp to 70 %. No single system stands out.'
		]);
		const still = [segment('iOS', 800, 801, [1_000, 1_000])];
		expect(text([figure('Success', { platform: still })])).toEqual([]);
		const unknown = {
			...figure('Success', { platform: still }),
			answer: { numerator: null, denominator: null }
		};
		expect(text([unknown])).toEqual([]);
	});
});
