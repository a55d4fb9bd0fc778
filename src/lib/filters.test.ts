import { describe, expect, it } from 'vitest';
import {
	bucketOf,
	bucketStart,
	changeFilters,
	comparisonRange,
	countDays,
	filtersToSearch,
	listBuckets,
	narrowing,
	parseFilters,
	shiftDay
} from './filters.ts';

const projects = ['playground', 'demo'].map((id) => ({ id, timeZone: 'UTC' }));
const now = new Date('2026-11-22T12:00:00Z');
const parse = (search: string) => parseFilters(new URLSearchParams(search), { projects, now });

describe('parseFilters', () => {
	it('reads an empty URL as the last thirty days of the first project', () => {
		expect(parse('')).toEqual({
			project: 'playground',
			zone: 'UTC',
			period: '30d',
			from: '2026-10-24',
			to: '2026-11-22',
			compare: 'previous',
			ecosystem: '',
			platform: '',
			browser: '',
			application: '',
			environment: '',
			release: '',
			country: '',
			tagged: '',
			provider: '',
			without: ''
		});
	});

	it.each([
		['UTC', '2026-11-22'],
		['America/Los_Angeles', '2026-11-22'],
		['Pacific/Auckland', '2026-11-23']
	])('in %s ends with today there, %s, whatever the address says of a zone', (timeZone, to) => {
		const shop = [{ id: 'shop', timeZone }];
		const search = new URLSearchParams('period=7d&zone=Asia/Tokyo');
		const filters = parseFilters(search, { projects: shop, now });
		expect(filters).toMatchObject({ zone: timeZone, from: shiftDay(to, -6), to });
		expect(filtersToSearch(filters, 'shop')).toBe('?period=7d');
	});

	it.each([
		['an unknown project', 'project=nope', { project: 'playground' }],
		['an unknown period', 'period=99y', { period: '30d' }],
		['days that are no days', 'period=custom&from=2026-02-31x&to=2026-03-01', { period: '30d' }],
		['days that do not exist', 'period=custom&from=2026-13-01&to=2026-14-01', { period: '30d' }],
		['a period without its days', 'period=custom', { period: '30d' }],
		['an ecosystem nobody knows', 'ecosystem=%3Cscript%3E', { ecosystem: '' }],
		['a platform nobody knows', 'platform=BeOS', { platform: '' }],
		['a country that is no code', 'country=nl', { country: '' }],
		['a tag without a value', 'tagged=experiment', { tagged: '' }],
		['something else to leave out', 'without=everything', { without: '' }]
	])('falls back to the default for %s', (_, search, expected) => {
		expect(parse(search)).toMatchObject(expected);
	});

	it('puts the ends of a custom period in order', () => {
		expect(parse('period=custom&from=2026-11-05&to=2026-11-01')).toMatchObject({
			period: 'custom',
			from: '2026-11-01',
			to: '2026-11-05'
		});
	});
});

describe('filtersToSearch', () => {
	it.each([
		'',
		'?project=demo',
		'?period=7d&compare=none',
		'?period=custom&from=2026-11-01&to=2026-11-05&ecosystem=apple&platform=iOS&application=shop&environment=staging&country=NL&tagged=experiment%3DA%3Db&provider=Apple+Passwords&without=tests'
	])('writes what it read: %s', (search) => {
		expect(filtersToSearch(parse(search), 'playground')).toBe(search);
	});
});

describe('changeFilters', () => {
	const change = (search: string, changes: Parameters<typeof changeFilters>[0]['changes']) =>
		changeFilters({
			url: { pathname: '/ceremonies', searchParams: new URLSearchParams(search) },
			filters: parse(search),
			changes,
			defaultProject: 'playground'
		});

	it("keeps the page's own parameters, repeated ones too, but starts at the first page", () => {
		expect(change('outcome=failed&outcome=rejected&page=3', { ecosystem: 'apple' })).toBe(
			'/ceremonies?ecosystem=apple&outcome=failed&outcome=rejected'
		);
	});

	it("drops the page's own parameters with the project they belong to", () => {
		expect(change('search=ab12&period=7d', { project: 'demo' })).toBe(
			'/ceremonies?project=demo&period=7d'
		);
	});

	it('is the bare path when nothing differs from the defaults', () => {
		expect(change('ecosystem=apple', { ecosystem: '' })).toBe('/ceremonies');
	});

	it('forgets the days of a custom period when a preset is chosen', () => {
		expect(change('period=custom&from=2026-11-01&to=2026-11-05', { period: '7d' })).toBe(
			'/ceremonies?period=7d'
		);
	});
});

describe('comparisonRange', () => {
	it.each([
		['7d', 'previous', { from: '2026-11-09', to: '2026-11-15' }],
		['30d', 'previous', { from: '2026-09-19', to: '2026-10-18' }],
		['7d', 'year', { from: '2025-11-17', to: '2025-11-23' }]
	])(
		'of %s with %s has as many days and begins on the same weekday',
		(period, compare, expected) => {
			const filters = parse(`period=${period}&compare=${compare}`);
			const range = comparisonRange(filters)!;
			expect(range).toEqual(expected);
			expect(countDays(range)).toBe(countDays(filters));
			expect(new Date(range.from).getUTCDay()).toBe(new Date(filters.from).getUTCDay());
		}
	);

	it('is nothing when nothing is compared', () => {
		expect(comparisonRange(parse('compare=none'))).toBeUndefined();
	});
});

describe('buckets', () => {
	it('are days up to a quarter and weeks from Monday beyond', () => {
		expect(bucketOf(parse('period=90d'))).toBe('day');
		expect(bucketOf(parse('period=12m'))).toBe('week');
		expect(bucketStart('2026-11-22', 'week')).toBe('2026-11-16');
		expect(bucketStart('2026-11-16', 'week')).toBe('2026-11-16');
	});

	it('cover every day of the range once', () => {
		const range = { from: '2026-10-30', to: '2026-11-02' };
		expect(listBuckets(range, 'day')).toEqual([
			'2026-10-30',
			'2026-10-31',
			'2026-11-01',
			'2026-11-02'
		]);
		expect(listBuckets(range, 'week')).toEqual(['2026-10-26', '2026-11-02']);
	});
});

it('names the filters that hide something', () => {
	expect(narrowing(parse('ecosystem=apple&application=shop'))).toEqual([
		'ecosystem',
		'application'
	]);
});
