import { database } from '$lib/server/database.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { querySigninMethods } from '$lib/server/queries/signin-methods.ts';
import { querySigninFunnel, toSigninParameters } from '$lib/server/queries/signin-funnel.ts';
import type { PageServerLoad } from './$types';

const FIGURES = [
	'usage_rate_all',
	'usage_rate_enrolled',
	'fallback_rate',
	'time_to_sign_in'
] as const;

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const client = await database();
	const [{ kpis, collected }, [funnel], methods] = await Promise.all([
		answerKpis({ client, ids: FIGURES, filters }),
		querySigninFunnel(client, toSigninParameters(filters, url.searchParams)),
		querySigninMethods(client, toParameters(filters))
	]);
	// An aggregate without groups is one row, whatever there is.
	return { cards: FIGURES.map((id) => kpis[id]), collected, funnel: funnel!, methods };
};
