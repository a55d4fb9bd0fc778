import { parsePolicyView } from '$lib/policy/policy-view.ts';
import { authenticators } from '$lib/server/authenticators.ts';
import { database } from '$lib/server/database.ts';
import { judgePolicy } from '$lib/server/policies/judge-policy.ts';
import { readPolicy } from '$lib/server/policies/policy-in-force.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const view = parsePolicyView(url.searchParams, filters.zone);
	const { versions, shown, policy } = await readPolicy(filters.project, view.revision);
	const scope = {
		client: await database(),
		...{ project: filters.project, zone: filters.zone, on: view.on }
	};
	const judge = (supposedBad: string[]) =>
		policy ? judgePolicy(policy, { ...scope, supposedBad }) : [];
	const [judged, supposed, models] = await Promise.all([
		judge([]),
		view.suppose ? judge([view.suppose]) : undefined,
		authenticators()
	]);
	return {
		on: view.on,
		shown,
		readable: policy !== undefined,
		judged: judged.map((one, index) => ({
			...one,
			/** Who breaks it if the supposed model is reported as weak. */
			supposed: supposed?.[index]?.totals.breaking
		})),
		suppose: view.suppose,
		models: models.map(({ aaguid, name, description }) => ({
			aaguid,
			name: name || description || aaguid
		})),
		versions: versions.map(({ revision, note, author, savedAt }) => ({
			...{ revision, note, author, savedAt }
		}))
	};
};
