import { parsePolicyView } from '$lib/policy/policy-view.ts';
import { database } from '$lib/server/database.ts';
import { judgePolicy } from '$lib/server/policies/judge-policy.ts';
import { readPolicy } from '$lib/server/policies/policy-in-force.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const view = parsePolicyView(url.searchParams, filters.zone);
	const { versions, shown, policy } = await readPolicy(filters.project, view.revision);
	const judged = policy
		? await judgePolicy(policy, {
				client: await database(),
				...{ project: filters.project, zone: filters.zone, on: view.on }
			})
		: [];
	return {
		on: view.on,
		shown,
		readable: policy !== undefined,
		judged,
		versions: versions.map(({ revision, note, author, savedAt }) => ({
			...{ revision, note, author, savedAt }
		}))
	};
};
