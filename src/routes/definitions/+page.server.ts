import { KPI_GROUPS } from '$lib/server/kpis/registry.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = () => ({ groups: KPI_GROUPS });
