import { describe, expect, it } from 'vitest';
import { describeBucket, timeSeriesOption, totalAt, type TimeSeries } from './time-series.ts';

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

interface Option {
	series: { type: string; data: unknown[] }[];
	tooltip: { formatter: (points: { dataIndex: number }[]) => string };
}
const option = (of: TimeSeries) => timeSeriesOption(of) as unknown as Option;

describe('timeSeriesOption', () => {
	it('keeps what is not known as a gap, never a zero', () => {
		expect(option(data).series[0]?.data[0]).toBeNull();
	});

	it('hatches the bar of a day that is not over, and no other', () => {
		const [, complete, today] = option(data).series[0]!.data;
		expect(complete).toBe(3);
		expect(today).toMatchObject({ value: 4, itemStyle: { decal: {} } });
		expect(option({ ...data, incompleteLast: false }).series[0]?.data[2]).toBe(4);
	});

	it('draws the compared period as a dashed line on top', () => {
		expect(option(data).series.at(-1)).toMatchObject({
			type: 'line',
			data: [5, null, 7],
			lineStyle: { type: [4, 4] }
		});
	});

	it('writes names into its tooltip as text', () => {
		const html = option(data).tooltip.formatter([{ dataIndex: 1 }]);
		expect(html).toContain('&#60;b&#62;bold&#60;/b&#62;');
		expect(html).not.toContain('<b>');
	});
});

describe('annotations', () => {
	const annotations = [
		{ day: '2026-11-21', text: 'Release 2.4, with <b>autofill</b>' },
		{ day: '2026-11-21', text: 'Campaign' },
		{ day: '2026-11-30', text: 'Elsewhere' }
	];

	it('are a labelled line at their bucket, and said with its numbers', () => {
		const noted = { ...data, annotations };
		expect(option(noted).series.at(-1)).toMatchObject({
			markLine: {
				data: [{ xAxis: '2026-11-21', label: { formatter: 'Release 2.4, with <b… +1' } }]
			}
		});
		expect(describeBucket(noted, 1).notes).toEqual([annotations[0]!.text, 'Campaign']);
		expect(describeBucket(noted, 0).notes).toEqual([]);
		const html = option(noted).tooltip.formatter([{ dataIndex: 1 }]);
		expect(html).toContain('with &#60;b&#62;autofill');
	});

	it('of a week lie on its Monday', () => {
		const weeks: TimeSeries = { ...data, bucket: 'week', buckets: ['2026-11-16', '2026-11-23'] };
		expect(option({ ...weeks, annotations }).series.at(-1)).toMatchObject({
			markLine: { data: [{ xAxis: '2026-11-16' }] }
		});
	});
});

describe('describeBucket', () => {
	it('says day, parts, total and compared value', () => {
		expect(describeBucket(data, 2)).toEqual({
			heading: 'Sun 22 Nov 2026, so far',
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
