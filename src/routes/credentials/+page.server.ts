import { authenticators } from '$lib/server/authenticators.ts';
import { database } from '$lib/server/database.ts';
import { queryCredentialList } from '$lib/server/queries/credential-list.ts';
import { credentialParameters } from '$lib/server/queries/credential-parameters.ts';
import {
	queryCredentialProviders,
	queryCredentialSummary
} from '$lib/server/queries/credential-summary.ts';
import { cutPage, parseCursor } from '$lib/server/queries/list-cursor.ts';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 50;

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const client = await database();
	const parameters = credentialParameters(filters, url.searchParams);
	const { before_at, before_id } = parseCursor(url.searchParams.get('page'));
	const [found, summary, providers] = await Promise.all([
		queryCredentialList(client, {
			...parameters,
			before_at,
			before_hash: before_id,
			limit: PAGE_SIZE + 1
		}),
		// The tabs count what each would show, so the state itself does not narrow them.
		queryCredentialSummary(client, { ...parameters, sync_state: '' }),
		queryCredentialProviders(client, { project: filters.project })
	]);
	const models = (await authenticators()).filter(({ aaguid }) =>
		found.some((row) => row.aaguid === aaguid)
	);
	const { sync_state, provider, status, flags, legacy_class, search } = parameters;
	return {
		list: cutPage(found, {
			size: PAGE_SIZE,
			cursorOf: (row) => ({ at: row.last_activity_at, id: row.credential_hash })
		}),
		summary,
		providers,
		models,
		chosen: { sync_state, provider, status, flags, legacy_class, search },
		askedAt: new Date().toISOString()
	};
};
