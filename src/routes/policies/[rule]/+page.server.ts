import { parsePolicyView } from '$lib/policy/policy-view.ts';
import { database } from '$lib/server/database.ts';
import { ruleParameters } from '$lib/server/policies/judge-policy.ts';
import { readPolicy } from '$lib/server/policies/policy-in-force.ts';
import {
	POLICY_VERDICTS,
	queryPolicyTotals,
	queryPolicyUsers
} from '$lib/server/queries/policy-verdicts.ts';
import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 50;

export const load: PageServerLoad = async ({ parent, params, url }) => {
	const { filters } = await parent();
	const { on, revision } = parsePolicyView(url.searchParams, filters.zone);
	const { policy, shown } = await readPolicy(filters.project, revision);
	const rule = policy?.rules.find(({ id }) => id === params.rule);
	if (!policy || !rule)
		error(404, `The policy has no rule “${params.rule}”. It may be of another version or project.`);
	const client = await database();
	const parameters = ruleParameters(policy, rule, {
		...{ project: filters.project, zone: filters.zone, on }
	});
	const verdict =
		POLICY_VERDICTS.find((one) => one === url.searchParams.get('show')) ?? POLICY_VERDICTS[0];
	const after = /^[0-9a-f]{16}$/.exec(url.searchParams.get('after') ?? '')?.[0] ?? '';
	const [[totals], users] = await Promise.all([
		queryPolicyTotals(client, parameters),
		queryPolicyUsers(client, { ...parameters, verdict, after, limit: PAGE_SIZE + 1 })
	]);
	const rows = users.slice(0, PAGE_SIZE);
	return {
		...{ on, rule, verdict, totals: totals!, rows, after },
		revision: shown?.revision ?? 0,
		next: users.length > PAGE_SIZE ? rows.at(-1)!.user_hash : undefined
	};
};
