import { expect, it } from 'vitest';
import { NEIGHBOURS } from './neighbours.ts';

it('names each pair of countries once, in the order of the alphabet', () => {
	const names = new Intl.DisplayNames(['en'], { type: 'region' });
	for (const pair of NEIGHBOURS) {
		const [one, other] = pair.split(' ') as [string, string];
		expect(one < other, pair).toBe(true);
		expect([names.of(one), names.of(other)], pair).not.toContain(undefined);
		expect([names.of(one) === one, names.of(other) === other], pair).toEqual([false, false]);
	}
	expect(new Set(NEIGHBOURS).size).toBe(NEIGHBOURS.length);
});

it.each(['BE NL', 'FR GB', 'MY SG', 'CA US'])('knows %s', (pair) => {
	expect(NEIGHBOURS).toContain(pair);
});
