import { database } from '$lib/server/database.ts';
import { readDifferences } from '$lib/server/differences.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters, hasData } = await parent();
	if (!hasData) return { comparison: undefined };
	return {
		comparison: await readDifferences({
			client: await database(),
			filters,
			search: url.searchParams
		})
	};
};
