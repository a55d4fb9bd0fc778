import { database } from '$lib/server/database.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { promptDimension, queryPromptParts } from '$lib/server/queries/prompt-parts.ts';
import { queryReadiness } from '$lib/server/queries/readiness.ts';
import type { PageServerLoad } from './$types';

const FIGURES = ['eligible_users', 'enrollment_rate', 'append_rate'] as const;

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters, chosenTags: tags } = await parent();
	const client = await database();
	const by = promptDimension(url.searchParams);
	const [{ kpis, collected }, prompts, readiness] = await Promise.all([
		answerKpis({ client, ids: FIGURES, filters }),
		queryPromptParts(client, { ...toParameters(filters), by }),
		queryReadiness(client, toParameters(filters))
	]);
	return { by, tags, cards: FIGURES.map((id) => kpis[id]), collected, prompts, readiness };
};
