import { WITHOUT_OWN } from '$lib/filters.ts';
import { pageAddress } from '$lib/page-link.ts';
import { database } from '$lib/server/database.ts';
import { findModel } from '$lib/server/find-model.ts';
import { queryCeremonyNeighbours } from '$lib/server/queries/ceremony-neighbours.ts';
import { parseHash } from '$lib/server/queries/column-types.ts';
import { queryCredentialDetail } from '$lib/server/queries/credential-detail.ts';
import { queryCredentialHistory } from '$lib/server/queries/credential-history.ts';
import { error, redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

/** More is in the list of ceremonies, searched by this hash. */
const CEREMONIES_SHOWN = 50;

export const load: PageServerLoad = async ({ parent, params }) => {
	const { filters, projects } = await parent();
	const credential_hash = parseHash(params.hash.toLowerCase());
	if (!credential_hash || credential_hash === '0')
		error(404, `“${params.hash}” is no credential: those are named by 16 hex digits.`);
	const client = await database();
	const { project } = filters;
	const [credential] = await queryCredentialDetail(client, { project, credential_hash });
	if (!credential) {
		for (const other of projects.filter(({ id }) => id !== project))
			if ((await queryCredentialDetail(client, { project: other.id, credential_hash })).length > 0)
				redirect(
					307,
					pageAddress({
						path: `/credentials/${params.hash}`,
						filters,
						defaultProject: projects[0]?.id ?? '',
						changes: { ...WITHOUT_OWN, project: other.id }
					})
				);
		error(
			404,
			'There is no credential of this hash. It may not have arrived yet, or its data was removed.'
		);
	}
	const [[history], ceremonies] = await Promise.all([
		queryCredentialHistory(client, { project, credential_hash }),
		queryCeremonyNeighbours(client, {
			project,
			ceremony_id: '',
			at: new Date().toISOString(),
			user_hash: '0',
			credential_hash,
			limit: CEREMONIES_SHOWN
		})
	]);
	return {
		credential,
		model: await findModel(credential.aaguid),
		history,
		ceremonies,
		askedAt: new Date().toISOString()
	};
};
