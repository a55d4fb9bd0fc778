import { database } from '$lib/server/database.ts';
import { parseHash } from '$lib/server/queries/column-types.ts';
import { settings } from '$lib/server/settings.ts';
import { readUser } from '$lib/server/users/read-user.ts';
import { TIMELINE_KINDS } from '$lib/users/timeline-kinds.ts';
import { error } from '@sveltejs/kit';
import { findErasureOf } from '../../../../settings/erasures.ts';
import { listPrivacy } from '../../../../settings/privacy.ts';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 100;

/** One user's timeline. Whom nothing is known of is answered as well: that somebody looked is noted either way (see note-request.ts). */
export const load: PageServerLoad = async ({ parent, params, url }) => {
	const { filters } = await parent();
	const hash = params.user.toLowerCase();
	const user = parseHash(hash);
	if (!user || user === '0')
		error(404, `“${params.user}” is no user: those are named by 16 hex digits.`);
	const { project } = filters;
	const kind = TIMELINE_KINDS.find((one) => one === url.searchParams.get('kind'));
	const found = await readUser({
		...{ client: await database(), project, user, kind },
		...{ cursor: url.searchParams.get('page'), limit: PAGE_SIZE }
	});
	const store = await settings();
	const erasure = found.state
		? undefined
		: await findErasureOf(store, { projectId: project, userHash: user });
	return {
		...{ hash, kind: kind ?? '', ...found },
		/** When they asked to be erased: ISO 8601. */
		erasedAt: erasure && new Date(erasure.requestedAt).toISOString(),
		/** The project keeps whose an event is. */
		keepsUsers: (await listPrivacy(store)).get(project)?.references ?? true,
		askedAt: new Date().toISOString()
	};
};
