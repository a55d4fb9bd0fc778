/** Days by a time zone's own calendar, from what the platform knows of it: no line is shared with the database's. */

const DAY_MS = 86_400_000;
/** Every zone's clock is off UTC's by whole quarters of an hour, so a quarter never spans a midnight. */
const QUARTER_MS = 900_000;

const FORMATS = new Map<string, Intl.DateTimeFormat>();
const KNOWN = new Map<string, string>();

/** The day of a moment: `YYYY-MM-DD`, in UTC unless a zone is named. */
export function dayOf(at: number, zone?: string): string {
	if (zone === undefined) return new Date(at).toISOString().slice(0, 10);
	const quarter = Math.floor(at / QUARTER_MS);
	const key = `${zone} ${quarter}`;
	let day = KNOWN.get(key);
	if (day === undefined) KNOWN.set(key, (day = formatOf(zone).format(quarter * QUARTER_MS)));
	return day;
}

/** The Monday of the week a moment lies in. */
export function mondayOf(at: number, zone?: string): string {
	const noon = Date.parse(`${dayOf(at, zone)}T12:00:00Z`);
	return dayOf(noon - ((new Date(noon).getUTCDay() + 6) % 7) * DAY_MS);
}

/** The first moment of a day. */
export function startOf(day: string, zone?: string): number {
	return endOf(dayOf(Date.parse(day) - DAY_MS), zone);
}

/** The first moment after a day. */
export function endOf(day: string, zone?: string): number {
	let at = Date.parse(day) + DAY_MS;
	if (zone === undefined) return at;
	while (dayOf(at, zone) > day) at -= QUARTER_MS;
	while (dayOf(at, zone) <= day) at += QUARTER_MS;
	return at;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
	let format = FORMATS.get(timeZone);
	// Swedish writes a day as ISO 8601 does.
	if (!format) FORMATS.set(timeZone, (format = new Intl.DateTimeFormat('sv', { timeZone })));
	return format;
}
