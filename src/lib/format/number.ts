/** Figures as a reader meets them: three significant digits at most, units always, "–" for no data; grouped and divided as in the reader's language. */
import { numberLocale } from './number-locale.ts';

export const NO_DATA = '–';

/** Narrow no-break space between a number and its unit. */
const THIN = '\u202f';
const MINUS = '\u2212';

const EXACT = { maximumFractionDigits: 0 };
const GROUPED = { maximumSignificantDigits: 3 };
const THREE = { ...GROUPED, minimumSignificantDigits: 3 };

const made: Record<string, Intl.NumberFormat> = {};

/** The digits are those of the words around them, which are English; a minus of its own, because some locales write marks of direction beside it. */
function write(value: number, options: Intl.NumberFormatOptions): string {
	const locale = numberLocale();
	const numbers = (made[locale + JSON.stringify(options)] ??= new Intl.NumberFormat(locale, {
		...options,
		numberingSystem: 'latn'
	}));
	return (value < 0 ? MINUS : '') + numbers.format(Math.abs(value));
}

/** A count in full, for tables: `12,345`. */
export function formatCount(value: number | null | undefined): string {
	return value == null ? NO_DATA : write(value, EXACT);
}

/** A count with its noun, for sentences: `1 user`, `12,345 users`. `plural` where it is not formed by an s. */
export function formatCounted(value: number, noun: string, plural = `${noun}s`): string {
	return `${formatCount(value)} ${value === 1 ? noun : plural}`;
}

/** A count in three digits, for cards and axes: `12.3 k`. */
export function formatCompact(value: number | null | undefined): string {
	if (value == null) return NO_DATA;
	const size = Math.abs(value);
	if (size < 1_000) return write(value, GROUPED);
	for (const [limit, divisor, unit] of UNITS)
		if (size < limit) return `${write(value / divisor, GROUPED)}${THIN}${unit}`;
	return formatCount(value);
}

const UNITS = [
	[999_500, 1e3, 'k'],
	[999_500_000, 1e6, 'M'],
	[Infinity, 1e9, 'bn']
] as const;

/** Written text in which no line begins with a unit. */
export const keepUnits = (text: string) => text.replace(/(?<=\d) (?=%|(?:m?s|kB)\b)/g, THIN);

/**
 * A share of a whole, such as `42.1 %`: one decimal, so that a column of them can be read down. "–" when there is no whole; all and
 * none have no decimal; what is small but there stays visible (`< 0.1 %`), and what is nearly all doesn't become all (`> 99.9 %`).
 */
export function formatShare(numerator: number | null, denominator: number | null): string {
	return formatRatio(toShare(numerator, denominator));
}

/** `formatShare` of a ratio (1 is all) that is computed already. */
export function formatRatio(ratio: number | null | undefined): string {
	if (ratio == null || ratio === 0 || ratio === 1) return formatPercent(ratio);
	return percent(ratio, formatFixed(ratio * 100, 1));
}

/** The ratio of two counts; null when it says nothing: no denominator, or an unknown part. */
export function toShare(numerator: number | null, denominator: number | null): number | null {
	return numerator === null || !denominator ? null : numerator / denominator;
}

/** A ratio (1 is all) in percent, for sentences, limits and axes: no more digits than it takes, and from 1 % on one decimal at most. Null: "–". */
export function formatPercent(ratio: number | null | undefined): string {
	if (ratio == null) return NO_DATA;
	const value = ratio * 100;
	return percent(ratio, write(Math.abs(value) < 1 ? value : Math.round(value * 10) / 10, GROUPED));
}

function percent(ratio: number, digits: string): string {
	if (ratio > 0 && ratio < 0.001) return `<${THIN}${formatFixed(0.1, 1)}${THIN}%`;
	if (ratio < 1 && ratio > 0.999) return `>${THIN}${formatFixed(99.9, 1)}${THIN}%`;
	return `${digits}${THIN}%`;
}

/** A difference of two ratios in percentage points, with its sign: `+2.1 pp`. */
export function formatPoints(difference: number): string {
	const points = difference * 100;
	if (Math.abs(points) < 0.05) return `±0${THIN}pp`;
	return `${signed(points, Math.abs(points) < 10 ? 1 : 0)}${THIN}pp`;
}

/** A relative change with its sign: `+12 %`. Null when there is nothing to compare with. */
export function formatGrowth(current: number, previous: number): string | null {
	if (previous === 0) return null;
	const growth = (current - previous) / previous;
	if (Math.abs(growth) < 0.0005) return `±0${THIN}%`;
	const percent = growth * 100;
	return `${signed(percent, Math.abs(percent) < 10 ? 1 : 0)}${THIN}%`;
}

/** Milliseconds as a reader says them, in three digits unless they are whole: `640 ms`, `8.50 s`, `30 s`, `2.10 min`, `3.40 h`, `5.60 days`. */
export function formatDuration(ms: number | null | undefined): string {
	if (ms == null) return NO_DATA;
	if (ms < 0) return `${MINUS}${formatDuration(-ms)}`;
	if (ms < 999.5) return `${write(ms, GROUPED)}${THIN}ms`;
	const [size, unit] = TIMES.find(([, , limit]) => ms < limit)!;
	return `${write(ms / size, ms % size === 0 ? GROUPED : THREE)}${THIN}${unit}`;
}

/** Milliseconds in one, its name, and up to how many milliseconds it is taken. */
const TIMES = [
	[1_000, 's', 99_500],
	[60_000, 'min', 99.5 * 60_000],
	[3_600_000, 'h', 48 * 3_600_000],
	[86_400_000, 'days', Infinity]
] as const;

/** So many digits behind the point, where they are to line up. */
export function formatFixed(value: number, digits: number): string {
	return write(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function signed(value: number, digits: number): string {
	return `${value < 0 ? '' : '+'}${formatFixed(value, digits)}`;
}
