import { database } from '$lib/server/database.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import { kpi, KPI_GROUPS, KPI_IDS } from '$lib/server/kpis/registry.ts';
import { queriesOf } from '$lib/server/kpis/sources.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent }) => {
	const { filters: asked, hasData } = await parent();
	// Most figures are of what has no provider.
	const filters = { ...asked, provider: '' };
	return {
		groups: KPI_GROUPS.map(({ title, kpis }) => ({
			title,
			definitions: kpis.map(({ definition, sources }) => ({
				definition,
				queries: queriesOf(sources),
				rivals: (definition.rivals ?? []).map(kpi)
			}))
		})),
		// Not awaited: the words are there at once, the values of all figures follow.
		values: hasData
			? database()
					.then((client) => answerKpis({ client, ids: KPI_IDS, filters, trend: false }))
					.then(({ kpis }) => kpis)
			: undefined
	};
};
