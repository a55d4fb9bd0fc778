import { COUNTED_CEREMONIES } from '$lib/breakdown/counted-ceremonies.ts';
import { dimensionName, readDimension } from '$lib/breakdown/dimensions.ts';
import { partName } from '$lib/breakdown/part-name.ts';
import { OUTCOMES } from '$lib/format/names.ts';
import { readLine } from '$lib/search/read-line.ts';
import { database } from '$lib/server/database.ts';
import { queryCeremonyCauses, queryCeremonyOutcomes } from '$lib/server/queries/ceremony-facets.ts';
import { queryCeremonyList } from '$lib/server/queries/ceremony-list.ts';
import { ceremonyParameters } from '$lib/server/queries/ceremony-parameters.ts';
import { cutPage, parseCursor } from '$lib/server/queries/list-cursor.ts';
import { querySearchValues } from '$lib/server/queries/search-values.ts';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 50;
const OUTCOME_CHOICES = ['all', ...OUTCOMES] as const;

/** Asked anew each time, and every two seconds while the list is live: nothing is cached. */
export const load: PageServerLoad = async ({ parent, url, depends }) => {
	depends('passlens:ceremonies');
	const { filters } = await parent();
	const client = await database();
	const parameters = ceremonyParameters(filters, url.searchParams);
	const line = readLine(url.searchParams);
	const { project, from, to } = filters;
	const [found, outcomes, causes, [values]] = await Promise.all([
		queryCeremonyList(client, {
			...parameters,
			...parseCursor(url.searchParams.get('page')),
			limit: PAGE_SIZE + 1
		}),
		queryCeremonyOutcomes(client, parameters),
		queryCeremonyCauses(client, { ...parameters, cause: '' }),
		querySearchValues(client, { project, from, to })
	]);
	const { cause, type, mediation, failure = '' } = parameters;
	/** As the address has it: a search line may ask for more outcomes than its tab. */
	const outcome = OUTCOME_CHOICES.find((one) => one === url.searchParams.get('outcome')) ?? '';
	const across = parameters.across ? 'yes' : '';
	const { counted = '', part = '' } = parameters;
	const by = parameters.part === undefined ? undefined : readDimension(url.searchParams.get('by'));
	return {
		list: cutPage(found, {
			size: PAGE_SIZE,
			cursorOf: (row) => ({ at: row.occurred_at, id: row.ceremony_id })
		}),
		outcomes,
		/** Untouched requests too, though no outcome is chosen: an id, a group of failures or the line asks for them. */
		anyOutcome: parameters.search !== '' || failure !== '' || parameters.outcome !== outcome,
		causes,
		search: { values: values!, mistake: line.mistake },
		chosen: {
			...{ outcome, cause, type, mediation, search: line.text, failure, across, counted },
			...{ by, part }
		},
		/** Of a figure, what it counts; of a breakdown, which part. Said here and not in the page, which is near the kilobytes that a page may fetch. */
		behind: [
			counted && COUNTED_CEREMONIES[counted],
			by && `${dimensionName(by)}: ${partName(by, part)}`
		]
			.filter(Boolean)
			.join(', '),
		askedAt: new Date().toISOString()
	};
};
