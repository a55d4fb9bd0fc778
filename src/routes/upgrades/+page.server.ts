import { database } from '$lib/server/database.ts';
import { kpi } from '$lib/server/kpis/registry.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { toFunnelParameters } from '$lib/server/queries/funnel-parameters.ts';
import { queryUpgradeCoverage } from '$lib/server/queries/upgrade-coverage.ts';
import { upgradeFunnel } from '$lib/server/queries/upgrade-funnel.ts';
import type { PageServerLoad } from './$types';
import { toFunnels } from './funnels.ts';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const client = await database();
	const parameters = toParameters(filters);
	const [{ steps, outcomes, ...funnel }, coverage] = await Promise.all([
		upgradeFunnel(client, toFunnelParameters(filters, url.searchParams)),
		queryUpgradeCoverage(client, parameters)
	]);
	return {
		definition: kpi('upgrade_rate'),
		...funnel,
		funnels: toFunnels(steps, outcomes),
		coverage: coverage[0]!
	};
};
