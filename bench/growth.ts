import { measureGrowth } from './load/measure-growth.ts';
import type { BenchPart } from './part.ts';

/** Fewer than thirty: what is older is marked as late. */
const DAYS = 28;

/** Events as a site sends them, ten million in twenty days, and with what is measured after them in four weeks. */
export const part: BenchPart = {
	name: 'growth',
	run: ({ rows }) => measureGrowth({ name: 'growth', rows, days: DAYS })
};
