import { describe, expect, it } from 'vitest';
import {
	dayOf,
	formatAgo,
	formatExactTime,
	formatLongDay,
	formatMoment,
	formatRange,
	formatTime,
	toDate
} from './date.ts';

/** As it is read; a line may end at its spaces alone. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

it.each([
	['2026-11-22 06:08:19.123', '2026-11-22T06:08:19.123Z'],
	['2026-11-22T06:08:19.123Z', '2026-11-22T06:08:19.123Z'],
	['2026-11-22T07:08:19+01:00', '2026-11-22T06:08:19.000Z']
])('reads %s as UTC', (text, iso) => {
	expect(toDate(text).toISOString()).toBe(iso);
});

it.each([
	['UTC', '22 Nov 2026, 06:08:19 UTC', '06:08:19', '06:08:19.123 UTC', '2026-11-22'],
	['Europe/Vienna', '22 Nov 2026, 07:08:19 CET', '07:08:19', '07:08:19.123 CET', '2026-11-22'],
	[
		...['America/Los_Angeles', '21 Nov 2026, 22:08:19 GMT-8', '22:08:19'],
		...['22:08:19.123 GMT-8', '2026-11-21']
	]
] as const)('tells a moment by the clock of %s', (zone, moment, time, exact, day) => {
	const at = '2026-11-22 06:08:19.123';
	expect(plain(formatMoment(at, zone))).toBe(moment);
	expect(formatMoment(at, zone).split(' ')).toHaveLength(2);
	expect(formatTime(at, zone)).toBe(time);
	expect(formatExactTime(at, zone)).toBe(exact);
	expect(dayOf(at, zone)).toBe(day);
});

it('writes a day with its weekday', () => {
	expect(plain(formatLongDay('2026-11-22'))).toBe('Sun 22 Nov 2026');
	expect(formatLongDay('2026-11-22')).not.toContain(' ');
});

it.each([
	['2026-10-24', '2026-11-22', '24\u00a0Oct\u00a0– 22\u00a0Nov\u00a02026'],
	['2025-12-30', '2026-01-02', '30\u00a0Dec\u00a02025\u00a0– 2\u00a0Jan\u00a02026'],
	['2026-11-22', '2026-11-22', '22\u00a0Nov\u00a02026']
])('writes %s to %s with each year once', (from, to, expected) => {
	expect(formatRange({ from, to })).toBe(expected);
});

describe('formatAgo', () => {
	const now = new Date('2026-11-22T12:00:00Z');
	it.each([
		['2026-11-22 11:59:40', 'just now'],
		['2026-11-22 11:56:00', '4 min ago'],
		['2026-11-22 09:00:00', '3 h ago'],
		['2026-11-20 12:00:00', '2 d ago']
	])('%s was %s', (time, expected) => {
		expect(formatAgo(time, now)).toBe(expected);
	});
});
