import { describe, expect, it } from 'vitest';
import {
	formatCompact,
	formatCount,
	formatCounted,
	formatDuration,
	formatGrowth,
	formatPercent,
	formatPoints,
	formatShare
} from './number.ts';

/** Narrow spaces read as spaces, so that expectations can be read. */
const plain = (text: string | null) => text?.replaceAll('\u202f', ' ') ?? null;

describe('formatShare', () => {
	it.each([
		['no denominator', 0, 0, '–'],
		['an unknown part', null, 10, '–'],
		['an unknown whole', 3, null, '–'],
		['none of some', 0, 10, '0 %'],
		['all', 10, 10, '100 %'],
		['one decimal', 421, 1_000, '42.1 %'],
		['one decimal of a round share, too', 3, 5, '60.0 %'],
		['one decimal of a small share', 451, 100_000, '0.5 %'],
		['little, but some', 1, 100_000, '< 0.1 %'],
		['nearly all', 99_999, 100_000, '> 99.9 %']
	])('says %s', (_, numerator, denominator, expected) => {
		expect(plain(formatShare(numerator, denominator))).toBe(expected);
	});
});

describe('counts', () => {
	it.each([
		[null, '–', '–'],
		[0, '0', '0'],
		[999, '999', '999'],
		[12_345, '12,345', '12.3 k'],
		[999_499, '999,499', '999 k'],
		[999_600, '999,600', '1 M'],
		[2_345_678, '2,345,678', '2.35 M']
	])('%s is %s in a table and %s on a card', (value, exact, compact) => {
		expect(formatCount(value)).toBe(exact);
		expect(plain(formatCompact(value))).toBe(compact);
	});

	it.each([
		[0, '0 users'],
		[1, '1 user'],
		[12_345, '12,345 users']
	])('%s takes its noun along', (value, expected) => {
		expect(formatCounted(value, 'user')).toBe(expected);
	});
});

describe('formatDuration', () => {
	it.each([
		[null, '–'],
		[0, '0 ms'],
		[640, '640 ms'],
		[999.6, '1.00 s'],
		[8_512, '8.51 s'],
		[26_990, '27.0 s'],
		[30_000, '30 s'],
		[126_000, '2.10 min'],
		[12_240_000, '3.40 h'],
		[483_840_000, '5.60 days'],
		[604_800_000, '7 days']
	])('%s ms is %s', (ms, expected) => {
		expect(plain(formatDuration(ms))).toBe(expected);
	});
});

describe('changes', () => {
	it.each([
		[0.021, '+2.1 pp'],
		[-0.15, '−15 pp'],
		[0.0001, '±0 pp']
	])('a difference of %s is %s', (difference, expected) => {
		expect(plain(formatPoints(difference))).toBe(expected);
	});

	it.each([
		[120, 100, '+20 %'],
		[95, 100, '−5.0 %'],
		[100, 100, '±0 %'],
		[5, 0, null]
	])('from %s after %s is %s', (current, previous, expected) => {
		expect(plain(formatGrowth(current, previous))).toBe(expected);
	});
});

describe('formatPercent', () => {
	it.each([
		[null, '–'],
		[0.6, '60 %'],
		[0.08143, '8.1 %'],
		[0.0045, '0.45 %']
	])('of %s is %s', (ratio, expected) => {
		expect(plain(formatPercent(ratio))).toBe(expected);
	});
});
