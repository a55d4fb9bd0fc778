import { nice, ticks } from 'd3-array';
import { area, line } from 'd3-shape';
import {
	axisDayOf,
	FORMATS,
	shorten,
	totalAt,
	type Series,
	type TimeSeries
} from './time-series.ts';
import { notesOf } from './notes-of.ts';

export interface Bar {
	x: number;
	y: number;
	width: number;
	height: number;
	color: string;
	/** Its day is not over: it is hatched. */
	incomplete: boolean;
}

export interface Course {
	key: string;
	color: string;
	/** An SVG path, with a gap where nothing is known. */
	line: string;
	/** What lies under the line, down to the axis or to the series below; empty where nothing is filled. */
	area: string;
	/** Where a line cannot show a value: alone between two gaps, or of a day that is not over (a ring). */
	points: { x: number; y: number; incomplete: boolean }[];
}

/** A series over time as shapes in pixels, measured from the top left of its place. */
export interface Layout {
	/** The plot itself, without what stands at its axes. */
	plot: { left: number; right: number; top: number; bottom: number };
	/** The middle of each bucket. */
	centers: number[];
	/** How wide a bucket is. */
	step: number;
	yTicks: { y: number; text: string }[];
	xTicks: { x: number; text: string }[];
	bars: Bar[];
	courses: Course[];
	/** Single points of what is said of some buckets alone. */
	marks: { x: number; y: number; color: string }[];
	/** The compared period, as a path. */
	ghost: string;
	notes: { x: number; labelX: number; labelY: number; anchor: 'start' | 'end'; text: string }[];
}

/** Widths are of Inter at 11 pixels, its digits and its mean letter, so that nothing has to be drawn to be measured. */
const CHARACTER = 6.4;
const LABEL_GAP = 14;
const MOST_BAR = 36;
const NOTE_ROW = 14;
const MOST_NOTE_ROWS = 3;
const LONGEST_NOTE = 24;

/** Lays a series out in a place of that many pixels. */
export function layOutSeries(data: TimeSeries, size: { width: number; height: number }): Layout {
	const values = [...data.series.filter(({ marks }) => !data.stacked || marks), ...ghostOf(data)];
	const stacks = data.stacked
		? data.buckets.map((_, index) => totalAt(stackedOf(data), index))
		: [];
	const highest = Math.max(0, ...[...values.flatMap((one) => one.values), ...stacks].map(Number));
	const scale = scaleOf(highest, data.format);
	const yWidth = Math.max(...scale.ticks.map((tick) => FORMATS[data.format].axis(tick).length));
	const left = Math.ceil(yWidth * CHARACTER) + 10;
	const right = size.width - 12;
	const { centers, step } = bucketsAcross(data, { left, right });
	const notes = layOutNotes(data, { centers, right });
	const plot = { left, right, top: 12 + notes.rows * NOTE_ROW, bottom: size.height - 24 };
	const y = (value: number) => plot.bottom - (value / scale.top) * (plot.bottom - plot.top);
	const at = { centers, step, y };
	return {
		plot,
		centers,
		step,
		yTicks: scale.ticks.map((tick) => ({ y: y(tick), text: FORMATS[data.format].axis(tick) })),
		xTicks: xTicksOf(data, { centers, step, width: size.width }),
		bars: data.kind === 'bars' ? barsOf(data, at) : [],
		courses: data.kind === 'bars' ? [] : coursesOf(data, at),
		marks: data.series
			.filter(({ marks }) => marks)
			.flatMap(({ color, values }) =>
				values.flatMap((value, index) =>
					value === null ? [] : [{ x: centers[index]!, y: y(value), color }]
				)
			),
		ghost: ghostOf(data)
			.map(({ values }) => pathOf(values, at))
			.join(''),
		notes: notes.labels
	};
}

/** The bucket under a point of the place; undefined outside the plot. */
export function bucketAt(
	{ plot, centers, step }: Layout,
	x: number,
	y: number
): number | undefined {
	const first = centers[0];
	if (first === undefined || y < 0 || y > plot.bottom) return undefined;
	if (x < plot.left - 4 || x > plot.right + 4) return undefined;
	return Math.min(centers.length - 1, Math.max(0, Math.round((x - first) / step)));
}

const stackedOf = ({ series }: TimeSeries) => series.filter(({ marks }) => !marks);

/** Another period may have a bucket more. */
const ghostOf = ({ comparison, buckets }: TimeSeries) =>
	comparison ? [{ values: comparison.slice(0, buckets.length) }] : [];

/** From 0 to a round number at or above the highest value; counts have whole steps alone. */
function scaleOf(highest: number, format: TimeSeries['format']): { top: number; ticks: number[] } {
	const steps = format === 'count' ? Math.min(4, Math.max(1, Math.ceil(highest))) : 4;
	// Shares of a whole add up to one, but for what floating point adds.
	const whole = format === 'share' && Math.abs(highest - 1) < 1e-6;
	const [, top] = nice(0, whole || highest <= 0 ? 1 : highest, steps);
	return { top, ticks: ticks(0, top, steps) };
}

/** Bars stand in the middle of their bucket; a line goes from border to border. */
function bucketsAcross(
	{ buckets, kind }: TimeSeries,
	{ left, right }: { left: number; right: number }
): { centers: number[]; step: number } {
	const apart = kind === 'bars' || buckets.length < 2;
	const step = (right - left) / (apart ? Math.max(1, buckets.length) : buckets.length - 1);
	return {
		centers: buckets.map((_, index) => left + (index + (apart ? 0.5 : 0)) * step),
		step
	};
}

interface Place {
	centers: number[];
	step: number;
	y: (value: number) => number;
}

function barsOf(data: TimeSeries, { centers, step, y }: Place): Bar[] {
	const series = stackedOf(data);
	const beside = data.stacked ? 1 : series.length;
	const width = Math.max(1, Math.min(MOST_BAR, (step * 0.76) / beside));
	return data.buckets.flatMap((_, index) => {
		let below = 0;
		return series.flatMap(({ values, color }, at): Bar[] => {
			const value = values[index] ?? 0;
			if (value <= 0) return [];
			const from = data.stacked ? below : 0;
			below += value;
			return [
				{
					x: centers[index]! - (width * beside) / 2 + (data.stacked ? 0 : at * width),
					y: y(from + value),
					width,
					height: y(from) - y(from + value),
					color,
					incomplete: data.incompleteLast === true && index === data.buckets.length - 1
				}
			];
		});
	});
}

function coursesOf(data: TimeSeries, place: Place): Course[] {
	const below = data.buckets.map(() => 0);
	return stackedOf(data).map((one) => {
		const from = [...below];
		if (data.stacked) one.values.forEach((value, index) => (below[index]! += value ?? 0));
		const values = data.stacked
			? one.values.map((value, index) => (value === null ? null : below[index]!))
			: one.values;
		return {
			key: one.key,
			color: one.color,
			line: pathOf(values, place),
			area: data.kind === 'area' ? areaOf(values, from, place) : '',
			points: pointsOf(data, values, place)
		};
	});
}

function pointsOf(data: TimeSeries, values: Series['values'], { centers, y }: Place) {
	const last = values.length - 1;
	return values.flatMap((value, index) => {
		const incomplete = data.incompleteLast === true && index === last && !data.stacked;
		const alone = (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
		return value !== null && (alone || incomplete)
			? [{ x: centers[index]!, y: y(value), incomplete }]
			: [];
	});
}

function pathOf(values: Series['values'], { centers, y }: Place): string {
	const path = line<number | null>()
		.defined((value) => value !== null)
		.x((_, index) => centers[index]!)
		.y((value) => y(value!))
		.digits(1);
	return path(values) ?? '';
}

function areaOf(values: Series['values'], from: number[], { centers, y }: Place): string {
	const path = area<number | null>()
		.defined((value) => value !== null)
		.x((_, index) => centers[index]!)
		.y0((_, index) => y(from[index]!))
		.y1((value) => y(value!))
		.digits(1);
	return path(values) ?? '';
}

/** As many days as fit side by side, from the first on, each inside the place. */
function xTicksOf(
	data: TimeSeries,
	{ centers, step, width }: { centers: number[]; step: number; width: number }
) {
	const texts = data.buckets.map((bucket) => axisDayOf(data, bucket));
	const widest = Math.max(0, ...texts.map((text) => text.length)) * CHARACTER;
	const every = Math.max(1, Math.ceil((widest + LABEL_GAP) / step));
	return texts.flatMap((text, index) => {
		if (index % every !== 0) return [];
		const half = (text.length * CHARACTER) / 2;
		return [{ x: Math.min(width - half, Math.max(half, centers[index]!)), text }];
	});
}

/** A label beside the line of each bucket that something was noted in, in rows so that none lies on another; without, where there is no room. */
function layOutNotes(
	data: TimeSeries,
	{ centers, right }: { centers: number[]; right: number }
): { rows: number; labels: Layout['notes'] } {
	const ends: number[] = [];
	// In half of the place, so that it fits on one side of its line.
	const longest = Math.min(LONGEST_NOTE, Math.floor(right / 2 / CHARACTER) - 2);
	const labels = data.buckets.flatMap((bucket, index) => {
		const notes = notesOf(data, bucket);
		if (notes.length === 0) return [];
		const x = centers[index]!;
		const text = shorten(notes, longest);
		const width = text.length * CHARACTER + 4;
		const anchor = x + width > right ? ('end' as const) : ('start' as const);
		const from = anchor === 'start' ? x : x - width;
		const free = ends.findIndex((end) => end <= from);
		const row = free === -1 ? ends.length : free;
		const shown = row < MOST_NOTE_ROWS;
		if (shown) ends[row] = from + width + LABEL_GAP;
		return [
			{
				...{ x, labelX: anchor === 'start' ? x + 4 : x - 4, labelY: 10 + row * NOTE_ROW },
				...{ anchor, text: shown ? text : '' }
			}
		];
	});
	return { rows: ends.length, labels };
}
