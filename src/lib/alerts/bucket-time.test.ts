import { expect, it } from 'vitest';
import { dayOfBucket, endOfBucket, hoursOfDay } from './bucket-time.ts';

const iso = (at: number) => new Date(at).toISOString();

it.each([
	['2026-11-22', 'UTC', '2026-11-23T00:00:00.000Z'],
	['2026-11-22', 'Asia/Kolkata', '2026-11-22T18:30:00.000Z'],
	['2026-11-01', 'America/Los_Angeles', '2026-11-02T08:00:00.000Z'],
	['2026-11-22T10:00:00.000Z', 'America/Los_Angeles', '2026-11-22T11:00:00.000Z']
])('%s in %s ends at %s', (at, zone, end) => {
	expect(iso(endOfBucket(at, zone))).toBe(end);
});

it('an hour is of the day that it begins on where the project is', () => {
	expect(dayOfBucket('2026-11-22T07:00:00.000Z', 'America/Los_Angeles')).toBe('2026-11-21');
	expect(dayOfBucket('2026-11-22T07:00:00.000Z', 'UTC')).toBe('2026-11-22');
	expect(dayOfBucket('2026-11-22', 'America/Los_Angeles')).toBe('2026-11-22');
});

it.each([
	['2026-11-22', 'UTC', 24, '2026-11-22T00:00:00.000Z'],
	['2026-11-22', 'Asia/Kolkata', 24, '2026-11-21T18:30:00.000Z'],
	['2026-03-08', 'America/Los_Angeles', 23, '2026-03-08T08:00:00.000Z'],
	['2026-11-01', 'America/Los_Angeles', 25, '2026-11-01T07:00:00.000Z']
])('%s in %s has %i hours from %s on', (day, zone, hours, first) => {
	const all = hoursOfDay(day, zone);
	expect([all.length, iso(all[0]!)]).toEqual([hours, first]);
});
