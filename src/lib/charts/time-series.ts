import { dayOf, formatDay, formatLongDay, formatMoment } from '../format/date.ts';
import {
	formatCompact,
	formatCount,
	formatDuration,
	formatPercent,
	formatRatio
} from '../format/number.ts';
import { notesOf } from './notes-of.ts';

export interface Series {
	key: string;
	name: string;
	/** Name of a colour in app.css, without its `--color-`. */
	color: string;
	/** One value a bucket; null where nothing is known: a gap, not a zero. */
	values: (number | null)[];
	/** Said beside each value: what a share is of. */
	details?: (string | null)[];
	/** Single points instead of a course: what is said of some buckets alone. */
	marks?: boolean;
}

/** Buckets are named by the day they begin on, hours by their first moment; `zone` is whose clock tells these. */
export type BucketWidth = { bucket: 'day' | 'week' } | { bucket: 'hour'; zone: string };

export type TimeSeries = Course & BucketWidth;

interface Course {
	/** In order. */
	buckets: string[];
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

/** How a measure is written: short at an axis, exactly where it is read, and in the legend, where shares are read side by side. */
export const FORMATS = {
	count: { axis: formatCompact, legend: formatCompact, exact: formatCount },
	share: { axis: formatPercent, legend: formatRatio, exact: formatRatio },
	duration: { axis: formatDuration, legend: formatDuration, exact: formatDuration }
};

/** What the dashed ghost is called. */
export const comparisonName = ({ comparisonName = 'Compared period' }: TimeSeries) =>
	comparisonName;

/** What stands at the line of a bucket, in so many letters: its first note, and how many more. */
export function shorten([first = '', ...others]: string[], longest: number): string {
	const more = others.length > 0 ? ` +${others.length}` : '';
	const room = longest - more.length;
	return (first.length > room ? `${first.slice(0, room - 1).trimEnd()}…` : first) + more;
}

/** The lines of a bucket: what the tooltip, the keyboard's announcement and the table all say. */
export function describeBucket(
	data: TimeSeries,
	index: number
): { heading: string; lines: BucketLine[]; notes: string[] } {
	const { buckets, series, format, comparison, stacked, incompleteLast } = data;
	const exact = FORMATS[format].exact;
	const day = buckets[index] ?? '';
	const partial = incompleteLast && index === buckets.length - 1 ? ', so far' : '';
	const said = series.filter(({ marks, values }) => !marks || values[index] != null);
	const lines: BucketLine[] = said.map(({ name, color, values, details }) => ({
		name,
		color,
		text: [exact(values[index]), details?.[index]].filter(Boolean).join(', ')
	}));
	// Shares of a whole add up to it.
	if (stacked && series.length > 1 && format !== 'share')
		lines.push({ name: 'Total', text: exact(totalAt(series, index)) });
	if (comparison) lines.push({ name: comparisonName(data), text: exact(comparison[index]) });
	return {
		heading: `${day && nameOf(data, day)}${partial}`,
		lines,
		notes: notesOf(data, day)
	};
}

function nameOf(data: TimeSeries, bucket: string): string {
	if (data.bucket === 'hour') return formatMoment(bucket, data.zone);
	return `${data.bucket === 'week' ? 'Week from ' : ''}${formatLongDay(bucket)}`;
}

/** The day a bucket begins on, as an axis has it. */
export function axisDayOf(data: TimeSeries, bucket: string): string {
	return formatDay(data.bucket === 'hour' ? dayOf(bucket, data.zone) : bucket);
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
