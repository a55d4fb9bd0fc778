import { UTC } from '../../settings/time-zones.ts';
import { EVERYTHING } from '../lifecycle/horizons.ts';

const DAY_MS = 86_400_000;

/**
 * Every day that may share a moment with one of these, where one side is UTC's and the other a zone's: theirs and those beside
 * them. No zone is a day or more away from UTC.
 */
export function daysAround(days: readonly string[], zone: string): string[] {
	if (zone === UTC) return [...days];
	const around = days.flatMap((day) => [addDays(day, -1), day, addDays(day, 1)]);
	return [...new Set(around)].sort();
}

/** The first day of a zone of which nothing is missing where everything before a horizon, a day of UTC, is gone. */
export function firstWholeDay(horizon: string, zone: string): string {
	if (zone === UTC || horizon === EVERYTHING.derivedFrom) return horizon;
	const local = localTime(Date.parse(horizon), zone);
	const date = local.slice(0, 10);
	return local.slice(11) === '00:00' ? date : addDays(date, 1);
}

export function addDays(day: string, days: number): string {
	return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** `YYYY-MM-DD HH:MM` in a zone. */
function localTime(moment: number, timeZone: string): string {
	// Swedish writes dates as ISO 8601 does.
	const format = new Intl.DateTimeFormat('sv', {
		...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit' },
		...{ hour: '2-digit', minute: '2-digit' }
	});
	return format.format(moment);
}
