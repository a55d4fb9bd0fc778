import { loadBreakdown } from '$lib/server/breakdown/load-breakdown.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => loadBreakdown(event, 'cross-device');
