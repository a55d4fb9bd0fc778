import { database } from '$lib/server/database.ts';
import { queryCeremonyCauses, queryCeremonyOutcomes } from '$lib/server/queries/ceremony-facets.ts';
import { queryCeremonyList } from '$lib/server/queries/ceremony-list.ts';
import { ceremonyParameters } from '$lib/server/queries/ceremony-parameters.ts';
import { cutPage, parseCursor } from '$lib/server/queries/list-cursor.ts';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 50;

/** Asked anew each time, and every two seconds while the list is live: nothing is cached. */
export const load: PageServerLoad = async ({ parent, url, depends }) => {
	depends('passlens:ceremonies');
	const { filters } = await parent();
	const client = await database();
	const parameters = ceremonyParameters(filters, url.searchParams);
	const [found, outcomes, causes] = await Promise.all([
		queryCeremonyList(client, {
			...parameters,
			...parseCursor(url.searchParams.get('page')),
			limit: PAGE_SIZE + 1
		}),
		queryCeremonyOutcomes(client, parameters),
		queryCeremonyCauses(client, { ...parameters, cause: '' })
	]);
	const { outcome, cause, type, mediation, search, failure = '' } = parameters;
	return {
		list: cutPage(found, {
			size: PAGE_SIZE,
			cursorOf: (row) => ({ at: row.occurred_at, id: row.ceremony_id })
		}),
		outcomes,
		causes,
		chosen: { outcome, cause, type, mediation, search, failure },
		askedAt: new Date().toISOString()
	};
};
