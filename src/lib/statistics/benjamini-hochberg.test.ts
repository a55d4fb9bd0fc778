import { expect, it } from 'vitest';
import { benjaminiHochberg } from './benjamini-hochberg.ts';

/** The fifteen p-values of the paper (J. R. Statist. Soc. B 57, 1995, p. 295), and what R's p.adjust makes of them. */
const PAPER = [
	0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719,
	0.6528, 0.759, 1
];
const ADJUSTED = [
	0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714, 0.06385714, 0.0645, 0.0765, 0.486, 0.5811818,
	0.714875, 0.7532308, 0.8132143, 1
];

it('adjusts the p-values of the paper as R does, and rejects the four that the paper rejects', () => {
	const adjusted = benjaminiHochberg(PAPER);
	for (const [index, value] of adjusted.entries()) expect(value).toBeCloseTo(ADJUSTED[index]!, 6);
	expect(adjusted.filter((value) => value < 0.05)).toHaveLength(4);
});

it('keeps the order given', () => {
	const shuffled = [3, 0, 14, 7, 1].map((index) => PAPER[index]!);
	expect(benjaminiHochberg(shuffled.toReversed())).toEqual(
		benjaminiHochberg(shuffled).toReversed()
	);
	expect(benjaminiHochberg([])).toEqual([]);
});
