import { measureGrowth } from './load/measure-growth.ts';
import type { BenchPart } from './part.ts';

/** The harder case: as many events of one project on one day, which is made anew each time some more have come. */
export const part: BenchPart = {
	name: 'growth-of-a-day',
	run: ({ rows }) => measureGrowth({ name: 'growth of a day', rows })
};
