/**
 * Days as a project counts them: by the clock of its time zone, an IANA name such as `America/Los_Angeles`. A local day is 23 to 25 hours
 * long, and begins when its first moment does, which is not midnight where summer time skips that.
 */

/** Not that of settings/time-zones.ts, which lists every zone when it is imported: pages import this one. */
export const UTC = 'UTC';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

const CLOCK: Intl.DateTimeFormatOptions = {
	...{ calendar: 'iso8601', hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
	...{ hour: '2-digit', minute: '2-digit', second: '2-digit' }
};
const NAME: Intl.DateTimeFormatOptions = { timeZoneName: 'short' };

/** Making a formatter takes longer than a thousand uses of it. */
const clocks = new Map<string, Intl.DateTimeFormat>();
const names = new Map<string, Intl.DateTimeFormat>();

function formatterOf(
	zone: string,
	[made, options]: [Map<string, Intl.DateTimeFormat>, Intl.DateTimeFormatOptions]
): Intl.DateTimeFormat {
	const formatter =
		made.get(zone) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
	made.set(zone, formatter);
	return formatter;
}

/** What a clock of the zone shows at an instant, read as if it were UTC: for arithmetic with days and hours, not for telling time. */
export function wallClock(instant: Date | number, zone: string): Date {
	const ms = Number(instant);
	if (zone === UTC) return new Date(ms);
	const part: Record<string, string> = {};
	for (const { type, value } of formatterOf(zone, [clocks, CLOCK]).formatToParts(ms))
		part[type] = value;
	return new Date(
		Date.UTC(
			...[Number(part['year']), Number(part['month']) - 1, Number(part['day'])],
			...[Number(part['hour']), Number(part['minute']), Number(part['second'])],
			((ms % 1_000) + 1_000) % 1_000
		)
	);
}

/** The local day of an instant, `YYYY-MM-DD`. */
export function localDay(instant: Date | number, zone: string): string {
	return wallClock(instant, zone).toISOString().slice(0, 10);
}

/** The first instant of a local day. */
export function startOfDay(day: string, zone: string): Date {
	const midnight = Date.parse(day);
	if (zone === UTC) return new Date(midnight);
	// No zone is further from UTC than 14 hours, and none changes its clock twice within these.
	let before = midnight - DAY_MS;
	let after = midnight + DAY_MS;
	while (after - before > SECOND_MS) {
		const middle = Math.floor((before + after) / 2 / SECOND_MS) * SECOND_MS;
		if (localDay(middle, zone) < day) before = middle;
		else after = middle;
	}
	return new Date(after);
}

/** Where the clock is, for whoever reads a day: `UTC`, `America/Los Angeles`. */
export function zonePlace(zone: string): string {
	return zone.replaceAll('_', ' ');
}

/** The zone's own short name at an instant, such as `CET` or `GMT+13`; `UTC` is itself. */
export function zoneName(zone: string, at: Date | number = new Date()): string {
	if (zone === UTC) return UTC;
	const parts = formatterOf(zone, [names, NAME]).formatToParts(Number(at));
	return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}
