import { z } from 'zod';
import type { Filters } from '../../filters.ts';
import { filterParameters, toParameters } from './filter-sql.ts';

/** How long a user has for all steps, from the first on; 0: to the period's last day. */
const FUNNEL_WINDOWS = [0, 1, 7, 30] as const;

/** Parameters of a funnel: the filters, and the days within which all steps must follow the first. */
export const funnelParameters = filterParameters.extend({
	window_days: z.number().int().min(0).max(366).default(0)
});

export type FunnelParameters = z.input<typeof funnelParameters>;

/** The window a page's address asks for (`window=7`); anything else is the whole period. */
function parseWindow(search: URLSearchParams): number {
	const asked = Number(search.get('window'));
	return FUNNEL_WINDOWS.find((days) => days === asked) ?? 0;
}

export const toFunnelParameters = (
	filters: Filters,
	search: URLSearchParams
): FunnelParameters => ({ ...toParameters(filters), window_days: parseWindow(search) });

/** Later than anything that happened, and still within what a Date holds (2149). */
export const NEVER = `toDateTime64('2100-01-01', 3)`;

/** The last moment that counts for a user who began at `start`. */
export const limitAfter = (start: string) =>
	`if({window_days: UInt16} = 0, ${NEVER}, addDays(${start}, {window_days: UInt16}))`;

/** One step of a funnel, for a bar list, a table and a file. */
export interface FunnelStep {
	step: string;
	/** From 1. */
	step_number: number;
	/** Null: not collected, and passed over. */
	users: number | null;
	/** Median and ninth decile of the time from the step before, in milliseconds; null for the first, and where nobody came. */
	median_ms: number | null;
	p90_ms: number | null;
}
