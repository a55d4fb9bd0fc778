import { describe, expect, it } from 'vitest';
import { describeBucket, shorten, totalAt, type TimeSeries } from './time-series.ts';

const data: TimeSeries = {
	buckets: ['2026-11-20', '2026-11-21', '2026-11-22'],
	bucket: 'day',
	kind: 'bars',
	stacked: true,
	format: 'count',
	incompleteLast: true,
	comparison: [5, null, 7],
	series: [
		{ key: 'a', name: 'Succeeded', color: 'succeeded', values: [null, 3, 4] },
		{ key: 'b', name: '<b>bold</b>', color: 'failed', values: [null, 0, 1] }
	]
};

describe('annotations', () => {
	const annotations = [
		{ day: '2026-11-21', text: 'Release 2.4, with <b>autofill</b>' },
		{ day: '2026-11-21', text: 'Campaign' },
		{ day: '2026-11-30', text: 'Elsewhere' }
	];

	it('are said with the numbers of their bucket', () => {
		const noted = { ...data, annotations };
		expect(describeBucket(noted, 1).notes).toEqual([annotations[0]!.text, 'Campaign']);
		expect(describeBucket(noted, 0).notes).toEqual([]);
	});

	it('of an hourly chart are at the first hour of their day, by the clock of its zone', () => {
		const zone = 'Europe/Amsterdam';
		const buckets = ['2026-11-20T22:00:00Z', '2026-11-20T23:00:00Z', '2026-11-21T00:00:00Z'];
		const hours: TimeSeries = { ...data, bucket: 'hour', zone, buckets, annotations };
		expect(buckets.map((_, index) => describeBucket(hours, index).notes)).toEqual([
			...[[], [annotations[0]!.text, 'Campaign'], []]
		]);
	});

	it('of an hourly chart that begins within their day are at its first hour', () => {
		const zone = 'Europe/Amsterdam';
		const buckets = ['2026-11-21T14:00:00Z', '2026-11-21T15:00:00Z', '2026-11-21T23:00:00Z'];
		const hours: TimeSeries = { ...data, bucket: 'hour', zone, buckets, annotations };
		expect(buckets.map((_, index) => describeBucket(hours, index).notes)).toEqual([
			...[[annotations[0]!.text, 'Campaign'], [], []]
		]);
	});

	it('have a short name and the number of those behind it', () => {
		expect(
			shorten(
				annotations.map(({ text }) => text),
				24
			)
		).toBe('Release 2.4, with <b… +2');
		expect(shorten(['Campaign'], 24)).toBe('Campaign');
	});
});

describe('describeBucket', () => {
	it('says day, parts, total and compared value', () => {
		expect(describeBucket(data, 2)).toEqual({
			heading: 'Sun\u00a022\u00a0Nov\u00a02026, so far',
			lines: [
				{ name: 'Succeeded', color: 'succeeded', text: '4' },
				{ name: '<b>bold</b>', color: 'failed', text: '1' },
				{ name: 'Total', text: '5' },
				{ name: 'Compared period', text: '7' }
			],
			notes: []
		});
	});

	it('has no total where nothing is known', () => {
		expect(totalAt(data.series, 0)).toBeNull();
		expect(describeBucket(data, 0).lines.map(({ text }) => text)).toEqual(['–', '–', '–', '5']);
	});
});
