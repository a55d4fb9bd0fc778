import { expect, it } from 'vitest';
import { keepsLess, readDays } from './read-days.ts';

it.each([
	['', undefined],
	['90', 90],
	['0', 0],
	['ninety', NaN]
])('%j days are %d', (text, days) => {
	expect(readDays(text)).toBe(days);
});

it.each([
	['for ever as before', {}, {}, false],
	['raw days where there was no end', { rawDays: 90 }, {}, true],
	['fewer raw days', { rawDays: 30, derivedDays: 700 }, { rawDays: 90, derivedDays: 700 }, true],
	['an end to what is made', { rawDays: 90, derivedDays: 90 }, { rawDays: 90 }, true],
	['more of both', { rawDays: 91 }, { rawDays: 90, derivedDays: 700 }, false]
])('%s', (_, asked, now, less) => {
	expect(keepsLess(asked, now)).toBe(less);
});
