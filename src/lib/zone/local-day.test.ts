import { describe, expect, it } from 'vitest';
import { localDay, startOfDay, wallClock, zoneName } from './local-day.ts';

const HOUR_MS = 3_600_000;

it.each([
	['UTC', '2026-11-22T23:59:59.999Z', '2026-11-22'],
	['America/Los_Angeles', '2026-11-22T07:30:00Z', '2026-11-21'],
	['Europe/Vienna', '2026-11-22T23:30:00Z', '2026-11-23'],
	['Asia/Kolkata', '2026-11-22T18:29:59.999Z', '2026-11-22'],
	['Asia/Kolkata', '2026-11-22T18:30:00Z', '2026-11-23'],
	['Asia/Kathmandu', '2026-11-22T18:15:00Z', '2026-11-23'],
	// Across the date line from one another: a day apart at the same moment.
	['Pacific/Kiritimati', '2026-11-22T10:30:00Z', '2026-11-23'],
	['Pacific/Niue', '2026-11-22T10:30:00Z', '2026-11-21']
])('in %s the day of %s is %s', (zone, at, day) => {
	expect(localDay(new Date(at), zone)).toBe(day);
});

describe('a local day begins', () => {
	it.each([
		['UTC', '2026-11-22', '2026-11-22T00:00:00.000Z'],
		['Asia/Kolkata', '2026-11-22', '2026-11-21T18:30:00.000Z'],
		['Pacific/Auckland', '2026-11-22', '2026-11-21T11:00:00.000Z'],
		['Pacific/Kiritimati', '2026-11-22', '2026-11-21T10:00:00.000Z'],
		// The clock is put on at midnight, so that the day's first moment is one o'clock.
		['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z'],
		['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z'],
		// The clock is put back from one o'clock to midnight: the day begins at the first of the two.
		['Atlantic/Azores', '2026-10-25', '2026-10-25T00:00:00.000Z'],
		// Samoa passed over 30 December 2011: the day after begins where that would have.
		['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z']
	])('in %s, %s at %s', (zone, day, at) => {
		expect(startOfDay(day, zone).toISOString()).toBe(at);
		expect(localDay(startOfDay(day, zone), zone)).toBe(day);
		expect(localDay(startOfDay(day, zone).getTime() - 1, zone) < day).toBe(true);
	});

	it.each([
		['America/Los_Angeles', '2026-03-08', '2026-03-09', 23],
		['America/Los_Angeles', '2026-11-01', '2026-11-02', 25],
		['Australia/Lord_Howe', '2026-04-05', '2026-04-06', 24.5]
	])('and has in %s on %s, to %s, %d hours', (zone, day, next, hours) => {
		const [start, end] = [startOfDay(day, zone), startOfDay(next, zone)];
		expect((end.getTime() - start.getTime()) / HOUR_MS).toBe(hours);
	});
});

it('the wall clock keeps milliseconds, and the same hour in summer and in winter', () => {
	const clock = (at: string) => wallClock(new Date(at), 'America/Los_Angeles').toISOString();
	expect(clock('2026-10-31T16:00:00.250Z')).toBe('2026-10-31T09:00:00.250Z');
	expect(clock('2026-11-07T17:00:00.250Z')).toBe('2026-11-07T09:00:00.250Z');
});

it.each([
	['UTC', '2026-11-22', 'UTC'],
	['Europe/Vienna', '2026-11-22', 'CET'],
	['Europe/Vienna', '2026-07-22', 'CEST'],
	['America/Los_Angeles', '2026-11-22', 'GMT-8'],
	['Asia/Kolkata', '2026-11-22', 'GMT+5:30']
])('%s is called on %s %s', (zone, at, name) => {
	expect(zoneName(zone, new Date(at))).toBe(name);
});
