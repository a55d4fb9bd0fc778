import { localDay, UTC, wallClock, zoneName } from '../zone/local-day.ts';

/** Days as they are named, and moments by the clock of a project's time zone, which whoever asks names. */

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayAndYear = new Intl.DateTimeFormat('en-GB', {
	day: 'numeric',
	month: 'short',
	year: 'numeric',
	timeZone: 'UTC'
});
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat('en-GB', {
	...{ day: 'numeric', month: 'short', year: 'numeric' },
	...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
	timeZone: UTC
});

/** `2026-11-22` as `22 Nov`. */
export function formatDay(iso: string): string {
	return day.format(new Date(iso));
}

/** `2026-11-22` as `22 Nov 2026`: a day that may be years ago. */
export function formatDayAndYear(iso: string): string {
	return dayAndYear.format(new Date(iso));
}

/** `2026-11-22` as `Sun 22 Nov 2026`. No line ends within it. */
export function formatLongDay(iso: string): string {
	return whole(`${weekday.format(new Date(iso))} ${dayAndYear.format(new Date(iso))}`);
}

/** `24 Oct – 22 Nov 2026`; the year once when both ends share it. No line ends within a day, or begins with the dash. */
export function formatRange({ from, to }: { from: string; to: string }): string {
	const start = from.slice(0, 4) === to.slice(0, 4) ? day : dayAndYear;
	return [...(from === to ? [] : [start.format(new Date(from))]), dayAndYear.format(new Date(to))]
		.map(whole)
		.join('\u00a0– ');
}

/** A moment in full: `22 Nov 2026, 07:08:19 CET`, in two lines at most. Takes ISO or ClickHouse's `YYYY-MM-DD hh:mm:ss.mmm` (UTC). */
export function formatMoment(value: string | Date, zone: string): string {
	const at = toDate(value);
	const [day = '', time] = moment.format(wallClock(at, zone)).split(', ');
	return `${whole(day)}, ${whole(`${time} ${zoneName(zone, at)}`)}`;
}

/** No line ends within it. */
const whole = (text: string) => text.replaceAll(' ', '\u00a0');

/** The time of day alone: `07:08:19`. */
export function formatTime(value: string | Date, zone: string): string {
	return wallClock(toDate(value), zone).toISOString().slice(11, 19);
}

/** The time of day to the millisecond, with whose clock it is: `07:08:19.123 CET`. */
export function formatExactTime(value: string | Date, zone: string): string {
	const at = toDate(value);
	return `${wallClock(at, zone).toISOString().slice(11, 23)} ${zoneName(zone, at)}`;
}

/** The day of a moment, `YYYY-MM-DD`. */
export function dayOf(value: string | Date, zone: string): string {
	return localDay(toDate(value), zone);
}

/** How long ago, in the largest unit that fits: `just now`, `4 min ago`, `3 h ago`, `2 d ago`. */
export function formatAgo(value: string | Date, now: Date = new Date()): string {
	const seconds = Math.round((now.getTime() - toDate(value).getTime()) / 1_000);
	if (seconds < 45) return 'just now';
	if (seconds < 3_570) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
	if (seconds < 86_400) return `${Math.round(seconds / 3_600)} h ago`;
	return `${Math.round(seconds / 86_400)} d ago`;
}

/** Reads ClickHouse's space-separated UTC time as well as ISO 8601. */
export function toDate(value: string | Date): Date {
	if (value instanceof Date) return value;
	return new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(value) ? value : `${value.replace(' ', 'T')}Z`);
}
