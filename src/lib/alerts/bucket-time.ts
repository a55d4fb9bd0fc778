import { shiftDay } from '../filters.ts';
import { localDay, startOfDay } from '../zone/local-day.ts';

const HOUR_MS = 3_600_000;

/** What a rule looks at in one go is named by its beginning: an hour by its first moment, ISO 8601 in UTC; a day of the project by itself. */
const isHour = (at: string) => at.length > 10;

/** The first moment that is no more in the hour or day. */
export function endOfBucket(at: string, zone: string): number {
	return isHour(at) ? Date.parse(at) + HOUR_MS : startOfDay(shiftDay(at, 1), zone).getTime();
}

/** The project's day that the hour begins in, or the day itself. */
export function dayOfBucket(at: string, zone: string): string {
	return isHour(at) ? localDay(Date.parse(at), zone) : at;
}

/** The hours of a local day by their first moments, of which there are 23 to 25. */
export function hoursOfDay(day: string, zone: string): number[] {
	const start = startOfDay(day, zone).getTime();
	const hours = Math.ceil((startOfDay(shiftDay(day, 1), zone).getTime() - start) / HOUR_MS);
	return Array.from({ length: hours }, (_, hour) => start + hour * HOUR_MS);
}
