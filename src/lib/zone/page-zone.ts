import { page } from '$app/state';
import type { Filters } from '../filters.ts';

/** The time zone of the project whose page this is: moments and days are told by its clock. */
export function pageZone(): string {
	return (page.data.filters as Filters).zone;
}
