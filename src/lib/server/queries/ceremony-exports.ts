import { readDifferences } from '../differences.ts';
import { ceremonyParameters } from './ceremony-parameters.ts';
import { queryCeremonyCauses, queryCeremonyOutcomes } from './ceremony-facets.ts';
import { queryCeremonyList } from './ceremony-list.ts';
import type { Export } from './exports.ts';
import { parseCursor } from './list-cursor.ts';

/** A file holds more than a page, and still an end: larger ones belong to a query of the database. */
export const EXPORT_ROWS = 10_000;

export const CEREMONY_EXPORTS: Record<string, Export> = {
	ceremonies: {
		ofPeople: true,
		run: ({ client, filters, search }) =>
			queryCeremonyList(client, {
				...ceremonyParameters(filters, search),
				...parseCursor(search.get('page')),
				limit: EXPORT_ROWS
			})
	},
	'ceremony-outcomes': {
		run: ({ client, filters, search }) =>
			queryCeremonyOutcomes(client, ceremonyParameters(filters, search))
	},
	'ceremony-causes': {
		run: ({ client, filters, search }) =>
			queryCeremonyCauses(client, ceremonyParameters(filters, search))
	},
	differences: {
		run: async (input) => (await readDifferences(input)).ranked.map((row) => ({ ...row }))
	}
};
