import { afterEach, describe, expect, it } from 'vitest';
import { findLocaleBy, localeAskedFor } from './number-locale.ts';
import {
	formatCompact,
	formatCount,
	formatDuration,
	formatFixed,
	formatGrowth,
	formatPoints,
	formatShare
} from './number.ts';

afterEach(() => findLocaleBy(() => undefined));

describe('numbers are written as in', () => {
	it.each([
		['en-US', '−1,234,567', '42.1 %', '< 0.1 %', '12.3 k', '8.50 s', '+2.1 pp', '−4.5 %', '0.0421'],
		['de-DE', '−1.234.567', '42,1 %', '< 0,1 %', '12,3 k', '8,50 s', '+2,1 pp', '−4,5 %', '0,0421'],
		['fr-FR', '−1 234 567', '42,1 %', '< 0,1 %', '12,3 k', '8,50 s', '+2,1 pp', '−4,5 %', '0,0421'],
		['en-IN', '−12,34,567', '42.1 %', '< 0.1 %', '12.3 k', '8.50 s', '+2.1 pp', '−4.5 %', '0.0421'],
		// Digits stay those of the words around them.
		['ar-EG', '−1,234,567', '42.1 %', '< 0.1 %', '12.3 k', '8.50 s', '+2.1 pp', '−4.5 %', '0.0421']
	])('%s', (locale, ...expected) => {
		findLocaleBy(() => locale);
		const written = [
			...[formatCount(-1_234_567), formatShare(421, 1_000), formatShare(1, 100_000)],
			...[formatCompact(12_345), formatDuration(8_500), formatPoints(0.021)],
			...[formatGrowth(955, 1_000), formatFixed(0.0421, 4)]
		];
		expect(written.map((text) => text!.replaceAll('\u202f', ' '))).toEqual(expected);
	});
});

it.each([
	['de-DE,de;q=0.9,en;q=0.8', 'de-DE'],
	['pt', 'pt'],
	['*', 'en-US'],
	['', 'en-US'],
	[null, 'en-US'],
	['x"><script>, fr-CH', 'fr-CH'],
	[`${'a'.repeat(10_000)}, fr`, 'en-US']
])('a browser that asks for %j reads numbers as in %s', (header, locale) => {
	expect(localeAskedFor(header)).toBe(locale);
});
