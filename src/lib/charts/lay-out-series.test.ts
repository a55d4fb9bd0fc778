import { describe, expect, it } from 'vitest';
import { bucketAt, layOutSeries } from './lay-out-series.ts';
import type { TimeSeries } from './time-series.ts';

const SIZE = { width: 640, height: 260 };

const bars: TimeSeries = {
	buckets: ['2026-11-20', '2026-11-21', '2026-11-22'],
	bucket: 'day',
	kind: 'bars',
	stacked: true,
	format: 'count',
	incompleteLast: true,
	comparison: [5, null, 7],
	series: [
		{ key: 'a', name: 'Succeeded', color: 'succeeded', values: [null, 3, 4] },
		{ key: 'b', name: 'Failed', color: 'failed', values: [null, 0, 1] }
	]
};
const lines: TimeSeries = { ...bars, kind: 'line', stacked: false };

/** How many strokes a path consists of. */
const strokes = (path: string) => path.split('M').length - 1;

describe('layOutSeries', () => {
	it('keeps what is not known as a gap, never a zero', () => {
		expect(layOutSeries(bars, SIZE).bars.map(({ color }) => color)).toEqual([
			...['succeeded', 'succeeded', 'failed']
		]);
		const values = [1, 2, null, 4, 5];
		const series = [{ ...lines.series[0]!, values }];
		const buckets = ['20', '21', '22', '23', '24'].map((day) => `2026-11-${day}`);
		const [course] = layOutSeries({ ...lines, buckets, series }, SIZE).courses;
		expect(strokes(course!.line)).toBe(2);
	});

	it('stacks parts on each other, as high as their values', () => {
		const { bars: drawn, plot } = layOutSeries(bars, SIZE);
		const [, below, above] = drawn;
		expect(below!.y + below!.height).toBeCloseTo(plot.bottom);
		expect(above!.y + above!.height).toBeCloseTo(below!.y);
		expect(below!.height / above!.height).toBeCloseTo(4);
	});

	it('stands parts that are no whole beside each other', () => {
		const { bars: drawn, plot } = layOutSeries({ ...bars, stacked: false }, SIZE);
		const [, left, right] = drawn;
		expect(right!.x).toBeCloseTo(left!.x + left!.width);
		expect(right!.y + right!.height).toBeCloseTo(plot.bottom);
	});

	it('hatches the bar of a day that is not over, and no other', () => {
		const incomplete = (data: TimeSeries) =>
			layOutSeries(data, SIZE).bars.map((bar) => bar.incomplete);
		expect(incomplete(bars)).toEqual([false, true, true]);
		expect(incomplete({ ...bars, incompleteLast: false })).toEqual([false, false, false]);
	});

	it('ends a line in a ring where its day is not over, and shows a value between gaps', () => {
		const points = layOutSeries(lines, SIZE).courses.map((course) => course.points);
		expect(points.map((of) => of.map(({ incomplete }) => incomplete))).toEqual([[true], [true]]);
		const alone = { ...lines, series: [{ ...lines.series[0]!, values: [null, 3, null] }] };
		expect(layOutSeries(alone, SIZE).courses[0]!.points).toMatchObject([{ incomplete: false }]);
	});

	it('reaches from nothing to a round number above everything drawn, in whole steps where it counts', () => {
		const texts = (data: TimeSeries) => layOutSeries(data, SIZE).yTicks.map(({ text }) => text);
		expect(texts(bars)).toEqual(['0', '2', '4', '6', '8']);
		const few = { ...bars, comparison: undefined, series: [{ ...bars.series[0]!, values: [1] }] };
		expect(texts({ ...few, buckets: ['2026-11-20'] })).toEqual(['0', '1']);
		const { ghost, plot } = layOutSeries(bars, SIZE);
		const heights = [...ghost.matchAll(/,(-?[\d.]+)/g)].map(([, y]) => Number(y));
		expect(heights).toHaveLength(2);
		for (const y of heights) expect(y).toBeGreaterThanOrEqual(plot.top);
	});

	it('writes as many days as fit, each inside its place', () => {
		const buckets = Array.from({ length: 90 }, (_, day) =>
			new Date(Date.UTC(2026, 8, 1 + day)).toISOString().slice(0, 10)
		);
		const many = { ...lines, buckets, comparison: undefined, series: [] };
		const at = layOutSeries(many, { ...SIZE, width: 358 }).xTicks.map(({ x }) => x);
		expect(at.length).toBeGreaterThan(3);
		at.slice(1).forEach((x, index) => expect(x - at[index]!).toBeGreaterThan(35));
		expect(Math.min(...at)).toBeGreaterThan(10);
		expect(Math.max(...at)).toBeLessThan(348);
	});
});

describe('annotations', () => {
	const annotations = [
		{ day: '2026-11-21', text: 'Release 2.4, with <b>autofill</b>' },
		{ day: '2026-11-21', text: 'Campaign' },
		{ day: '2026-11-22', text: 'Release 2.5' },
		{ day: '2026-11-30', text: 'Elsewhere' }
	];

	it('are a labelled line at their bucket, none over another', () => {
		const { notes, centers } = layOutSeries({ ...bars, annotations }, { ...SIZE, width: 300 });
		expect(notes.map(({ x }) => x)).toEqual(centers.slice(1));
		expect(notes[0]!.text).toBe('Release 2.4, wit… +1');
		expect(notes[1]!.labelY).toBeGreaterThan(notes[0]!.labelY);
	});

	it('keep what is drawn below their labels', () => {
		const top = (data: TimeSeries) => layOutSeries(data, SIZE).plot.top;
		expect(top({ ...bars, annotations })).toBeGreaterThan(top(bars));
	});

	it('of a week lie on its Monday', () => {
		const weeks: TimeSeries = { ...bars, bucket: 'week', buckets: ['2026-11-16', '2026-11-23'] };
		const { notes, centers } = layOutSeries({ ...weeks, annotations }, SIZE);
		expect(notes.map(({ x }) => x)).toEqual([centers[0]]);
	});
});

describe('bucketAt', () => {
	it('finds the bucket under a point of the plot, and none beside it', () => {
		const layout = layOutSeries(bars, SIZE);
		layout.centers.forEach((x, index) => expect(bucketAt(layout, x, 100)).toBe(index));
		expect(bucketAt(layout, 2, 100)).toBeUndefined();
		expect(bucketAt(layout, layout.centers[0]!, 259)).toBeUndefined();
	});
});
