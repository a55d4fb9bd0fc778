import type { EChartsCoreOption } from 'echarts/core';
import { bucketStart } from '../filters.ts';
import { formatDay, formatLongDay, formatMoment } from '../format/date.ts';
import {
	formatCompact,
	formatCount,
	formatDuration,
	formatPercent,
	NO_DATA
} from '../format/number.ts';

export interface Series {
	key: string;
	name: string;
	/** Name of a colour in app.css, without its `--color-`. */
	color: string;
	/** One value a bucket; null where nothing is known: a gap, not a zero. */
	values: (number | null)[];
	/** Single points instead of a course: what is said of some buckets alone. */
	marks?: boolean;
}

export interface TimeSeries {
	/** First day of each bucket, or first moment of each hour, in order. */
	buckets: string[];
	bucket: 'hour' | 'day' | 'week';
	series: Series[];
	kind: 'bars' | 'area' | 'line';
	/** Series are parts of a whole: bars and areas lie on each other. */
	stacked?: boolean;
	format: 'count' | 'share' | 'duration';
	/** The compared period's total, bucket by bucket: the dashed ghost. */
	comparison?: (number | null)[] | undefined;
	/** What the ghost is, where it is not the compared period. */
	comparisonName?: string;
	/** The last bucket is not over yet. */
	incompleteLast?: boolean;
	/** Days on which something happened that may explain a change. */
	annotations?: { day: string; text: string }[];
}

const FORMATS = {
	count: { axis: formatCompact, exact: formatCount },
	share: { axis: formatPercent, exact: formatPercent },
	duration: { axis: formatDuration, exact: formatDuration }
};

const LABEL = {
	color: 'var(--color-muted)',
	fontFamily: 'Inter Variable, sans-serif',
	fontSize: 11
};

/** The ECharts option of a time series. */
export function timeSeriesOption(data: TimeSeries): EChartsCoreOption {
	const { buckets, series, kind, format, comparison, annotations = [] } = data;
	return {
		animation: false,
		grid: { left: 4, right: 12, top: 12, bottom: 4, outerBoundsMode: 'same' },
		xAxis: {
			type: 'category',
			data: buckets,
			boundaryGap: kind === 'bars',
			axisLine: { lineStyle: { color: 'var(--color-line-strong)' } },
			axisTick: { show: false },
			axisLabel: { ...LABEL, formatter: formatDay, hideOverlap: true, margin: 10 }
		},
		yAxis: {
			type: 'value',
			min: 0,
			...(format === 'count' && { minInterval: 1 }),
			splitNumber: 4,
			axisLabel: { ...LABEL, formatter: FORMATS[format].axis },
			splitLine: { lineStyle: { color: 'var(--color-line)' } }
		},
		tooltip: {
			trigger: 'axis',
			confine: true,
			axisPointer: {
				type: kind === 'bars' ? 'shadow' : 'line',
				shadowStyle: { color: 'var(--color-ink)', opacity: 0.05 },
				lineStyle: { color: 'var(--color-line-strong)' }
			},
			backgroundColor: 'var(--color-surface)',
			borderColor: 'var(--color-line)',
			borderRadius: 8,
			padding: 10,
			textStyle: {
				color: 'var(--color-ink)',
				fontSize: 12,
				fontFamily: 'Inter Variable, sans-serif'
			},
			extraCssText: 'box-shadow: var(--shadow-float); z-index: 20;',
			transitionDuration: 0,
			formatter: (points: { dataIndex: number }[]) => tooltipHtml(data, points[0]?.dataIndex ?? 0)
		},
		series: [
			...series.map((one, index) => seriesOption(data, one, index)),
			...(comparison ? [comparisonOption(data, comparison)] : []),
			...(annotations.length > 0 ? [annotationOption(data)] : [])
		]
	};
}

function seriesOption(
	{ kind, stacked, incompleteLast, buckets }: TimeSeries,
	one: Series,
	index: number
) {
	const color = `var(--color-${one.color})`;
	const last = buckets.length - 1;
	const shared = {
		name: one.name,
		...(stacked && { stack: 'total' }),
		itemStyle: { color },
		emphasis: { disabled: true }
	};
	if (one.marks)
		return {
			...{ ...shared, stack: undefined, type: 'line', symbol: 'circle', symbolSize: 9, z: 40 },
			...{ showSymbol: true, showAllSymbol: true, lineStyle: { width: 0 }, data: one.values }
		};
	if (kind === 'bars')
		return {
			...shared,
			type: 'bar',
			barCategoryGap: '24%',
			barMaxWidth: 36,
			data: one.values.map((value, at) =>
				incompleteLast && at === last ? { value, itemStyle: { color, decal: HATCHING } } : value
			)
		};
	return {
		...shared,
		type: 'line',
		symbol: 'circle',
		showSymbol: one.values.filter((value) => value !== null).length === 1,
		symbolSize: 5,
		lineStyle: { color, width: stacked ? 1 : 2 },
		...(kind === 'area' && { areaStyle: { color, opacity: stacked ? 0.75 : 0.1 } }),
		z: 10 - index,
		data: incompleteLast ? hollowLast(one.values, color) : one.values
	};
}

const HATCHING = {
	symbol: 'rect',
	color: 'rgba(255,255,255,0.55)',
	dashArrayX: [1, 0],
	dashArrayY: [2, 4],
	rotation: -Math.PI / 4
};

/** A line's last point as a ring, the sign of a day that is not over. */
function hollowLast(values: (number | null)[], color: string) {
	return values.map((value, at) =>
		at === values.length - 1 && value !== null
			? {
					value,
					symbol: 'circle',
					symbolSize: 8,
					itemStyle: { color: 'var(--color-surface)', borderColor: color, borderWidth: 2 }
				}
			: value
	);
}

/** What the dashed ghost is called. */
export const comparisonName = ({ comparisonName = 'Compared period' }: TimeSeries) =>
	comparisonName;

function comparisonOption(data: TimeSeries, values: (number | null)[]) {
	return {
		type: 'line',
		name: comparisonName(data),
		data: values,
		symbol: 'none',
		lineStyle: { color: 'var(--color-ink)', opacity: 0.7, width: 1.5, type: [4, 4] },
		itemStyle: { color: 'var(--color-ink)' },
		emphasis: { disabled: true },
		z: 20
	};
}

/** A thin line a bucket, named by what was noted in it. */
function annotationOption(data: TimeSeries) {
	const noted = data.buckets
		.map((bucket) => ({ bucket, notes: notesOf(data, bucket) }))
		.filter(({ notes }) => notes.length > 0);
	return {
		type: 'line',
		data: [],
		z: 30,
		markLine: {
			symbol: 'none',
			silent: true,
			lineStyle: { color: 'var(--color-accent)', width: 1, type: 'solid', opacity: 0.8 },
			label: { ...LABEL, position: 'insideEndTop', distance: 3 },
			data: noted.map(({ bucket, notes }) => ({
				xAxis: bucket,
				label: { formatter: shorten(notes) }
			}))
		}
	};
}

const LONGEST_LABEL = 24;

function shorten([first = '', ...others]: string[]): string {
	const more = others.length > 0 ? ` +${others.length}` : '';
	const room = LONGEST_LABEL - more.length;
	return (first.length > room ? `${first.slice(0, room - 1).trimEnd()}…` : first) + more;
}

/** What was noted on the days of a bucket, in order. */
export function notesOf(
	{ bucket: width, annotations = [] }: Pick<TimeSeries, 'bucket' | 'annotations'>,
	bucket: string
): string[] {
	if (width === 'hour') return [];
	return annotations
		.filter(({ day }) => bucketStart(day, width) === bucket)
		.map(({ text }) => text);
}

/** The lines of a bucket: what the tooltip, the keyboard's announcement and the table all say. */
export function describeBucket(
	data: TimeSeries,
	index: number
): { heading: string; lines: BucketLine[]; notes: string[] } {
	const { buckets, bucket, series, format, comparison, stacked, incompleteLast } = data;
	const exact = FORMATS[format].exact;
	const day = buckets[index] ?? '';
	const partial = incompleteLast && index === buckets.length - 1 ? ', so far' : '';
	const said = series.filter(({ marks, values }) => !marks || values[index] != null);
	const lines: BucketLine[] = said.map(({ name, color, values }) => ({
		name,
		color,
		text: exact(values[index])
	}));
	if (stacked && series.length > 1)
		lines.push({ name: 'Total', text: exact(totalAt(series, index)) });
	if (comparison) lines.push({ name: comparisonName(data), text: exact(comparison[index]) });
	return {
		heading: `${bucket === 'week' ? 'Week from ' : ''}${day && (bucket === 'hour' ? formatMoment(day) : formatLongDay(day))}${partial}`,
		lines,
		notes: notesOf(data, day)
	};
}

export interface BucketLine {
	name: string;
	text: string;
	color?: string;
}

/** The sum of what is known; null when nothing is. */
export function totalAt(series: Series[], index: number): number | null {
	const known = series.map(({ values }) => values[index]).filter((value) => value != null);
	return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function tooltipHtml(data: TimeSeries, index: number): string {
	const { heading, lines, notes } = describeBucket(data, index);
	const shown = lines.filter(
		({ text, color }) => !(color && data.series.length > 4 && (text === '0' || text === NO_DATA))
	);
	const rows = shown.map(
		({ name, text, color }) =>
			`<tr><td style="padding:1px 16px 1px 0;color:var(--color-muted)">${dot(color)}${escapeHtml(name)}</td><td style="text-align:right;font-weight:500">${text}</td></tr>`
	);
	const noted = notes.map(
		(text) =>
			`<div style="margin-top:4px;max-width:260px;white-space:normal;color:var(--color-accent)">${escapeHtml(text)}</div>`
	);
	return `<div style="margin-bottom:4px;font-weight:500">${heading}</div><table>${rows.join('')}</table>${noted.join('')}`;
}

function dot(color: string | undefined): string {
	return color
		? `<span style="display:inline-block;width:8px;height:8px;border-radius:99px;margin-right:6px;background:var(--color-${color})"></span>`
		: '';
}

/** ECharts sets the tooltip as HTML; a series can be named by what a site sent. */
function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
