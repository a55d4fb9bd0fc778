import { parsePolicyView } from '../../policy/policy-view.ts';
import { bringInLine, describeReason } from '../../policy/rule-words.ts';
import { ruleParameters } from '../policies/judge-policy.ts';
import { readPolicy } from '../policies/policy-in-force.ts';
import { EXPORT_ROWS } from './ceremony-exports.ts';
import type { CsvValue } from '../../format/csv.ts';
import type { Export } from './exports.ts';
import { POLICY_VERDICTS, queryPolicyUsers } from './policy-verdicts.ts';

export const POLICY_EXPORTS: Record<string, Export> = {
	'policy-users': {
		ofPolicies: true,
		run: async ({ client, filters: { project, zone }, search }) => {
			const { on, revision } = parsePolicyView(search, zone);
			const { policy } = await readPolicy(project, revision);
			const rule = policy?.rules.find(({ id }) => id === search.get('rule'));
			if (!policy || !rule) return [];
			const users = await queryPolicyUsers(client, {
				...ruleParameters(policy, rule, { project, zone, on }),
				verdict: POLICY_VERDICTS.find((one) => one === search.get('show')) ?? 'breaks',
				after: '',
				limit: EXPORT_ROWS
			});
			return users.flatMap(
				({ user_hash, held, missing, credentials }): Record<string, CsvValue>[] => {
					const reasons = credentials.flatMap((one) => one.reasons);
					const in_line = bringInLine(rule, { reasons, missing }).join(' ');
					const of = { rule: rule.id, as_of: on, user_hash, held, missing, in_line };
					const none = {
						credential_hash: '',
						sync_state: '',
						provider: '',
						age_days: null,
						why: ''
					};
					if (credentials.length === 0) return [{ ...of, ...none }];
					return credentials.map(
						({ credential_hash, sync_state, provider, age_days, reasons }) => ({
							...of,
							...{ credential_hash, sync_state, provider, age_days },
							why: reasons.map((reason) => describeReason(reason, rule)).join('; ')
						})
					);
				}
			);
		}
	}
};
