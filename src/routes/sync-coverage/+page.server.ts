import { comparisonRange } from '$lib/filters.ts';
import { database } from '$lib/server/database.ts';
import { kpi } from '$lib/server/kpis/registry.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { querySyncByProvider } from '$lib/server/queries/sync-by-provider.ts';
import { SYNC_KPI_IDS, syncKpis } from '$lib/server/queries/sync-kpis.ts';
import { querySyncPlatformProvider } from '$lib/server/queries/sync-platform-provider.ts';
import {
	querySyncStateChanges,
	statesByBucket
} from '$lib/server/queries/sync-states-over-time.ts';
import { querySyncStates } from '$lib/server/queries/sync-states.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent }) => {
	const { filters, firstDay } = await parent();
	const client = await database();
	const parameters = toParameters(filters);
	const compared = comparisonRange(filters);
	const [now, before, states, changes, providers, platforms] = await Promise.all([
		syncKpis(client, parameters),
		compared && syncKpis(client, toParameters(filters, compared)),
		querySyncStates(client, parameters),
		querySyncStateChanges(client, parameters),
		querySyncByProvider(client, parameters),
		querySyncPlatformProvider(client, parameters)
	]);
	return {
		kpis: SYNC_KPI_IDS.map((id) => ({
			definition: kpi(id),
			answer: now.answers[id],
			previous: before?.answers[id]
		})),
		counts: now.counts,
		states,
		course: statesByBucket({ changes, range: filters, firstDay }),
		providers,
		platforms
	};
};
