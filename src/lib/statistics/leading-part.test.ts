import { expect, it } from 'vitest';
import { leadingPart } from './leading-part.ts';

const part = (name: string, successes: number, trials: number) => ({ name, successes, trials });
const leader = (...parts: ReturnType<typeof part>[]) => leadingPart(parts, (one) => one)?.part.name;

it.each([
	['the greater share leads', [part('a', 60, 100), part('b', 30, 100)], 'a'],
	['whatever their order', [part('b', 30, 100), part('a', 60, 100)], 'a'],
	['what chance brings leads nobody', [part('a', 33, 100), part('b', 30, 100)], undefined],
	['few cases take no part', [part('a', 20, 20), part('b', 30, 100)], undefined],
	[
		'nor are they among the others',
		[part('a', 60, 100), part('b', 30, 100), part('c', 29, 29)],
		'a'
	],
	['one alone leads nobody', [part('a', 60, 100)], undefined],
	['nobody leads nobody', [], undefined]
])('%s', (_, parts, expected) => {
	expect(leader(...parts)).toBe(expected);
});

it('names who comes within chance of the leading one', () => {
	const [a, b, c] = [part('a', 142, 1_000), part('b', 140, 1_000), part('c', 20, 1_000)];
	expect(leadingPart([c, b, a], (one) => one)).toMatchObject({ part: a, alike: [b] });
	expect(leadingPart([c, a], (one) => one)?.alike).toEqual([]);
});
