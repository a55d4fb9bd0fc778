import type { ClickHouseClient } from '@clickhouse/client';
import { isDeepStrictEqual } from 'node:util';
import { BAD_STATUSES } from '../../format/fido-status.ts';
import { tagsOf, type Policy, type PolicyRule } from '../../policy/policy.ts';
import { queryPolicyBreakers, queryPolicyTotals } from '../queries/policy-verdicts.ts';
import type { PolicyRuleParameters } from '../queries/policy-sql.ts';

/** Where and of which day a policy is asked. */
export interface PolicyScope {
	client: ClickHouseClient;
	project: string;
	/** The project's time zone. */
	zone: string;
	/** `YYYY-MM-DD`: as things stood at its end. */
	on: string;
	/** AAGUIDs of models that are supposed to be reported as weak. */
	supposedBad?: string[];
}

/** A rule as the database takes it. */
export function ruleParameters(
	policy: Policy,
	rule: PolicyRule,
	{ project, zone, on, supposedBad = [] }: Omit<PolicyScope, 'client'>
): PolicyRuleParameters {
	const tags = rule.who === 'everybody' ? [] : tagsOf(policy, rule.who);
	const except_tags = tagsOf(policy, rule.except);
	const { at_least = '', no_known_weakness = false } = rule.certification ?? {};
	return {
		...{ project, zone, from: on, to: on, ecosystem: '', platform: '', application: '' },
		everybody: rule.who === 'everybody',
		tags,
		except_tags,
		tag_names: [...new Set([...tags, ...except_tags].map((tag) => tag.split('=', 1)[0]!))],
		kinds: rule.kinds ?? [],
		allowed_models: rule.models?.allow ?? [],
		denied_models: rule.models?.deny ?? [],
		least_level: at_least ? Number(at_least[1]) + (at_least.endsWith('plus') ? 0.5 : 0) : 0,
		bad_statuses: no_known_weakness ? [...BAD_STATUSES] : [],
		supposed_bad: supposedBad,
		least_credentials: rule.minimum ?? 0,
		most_age_days: rule.maximum_age_days ?? 0,
		user_verified: rule.user_verified ?? false,
		unknown_breaks: rule.unknown === 'breaks'
	};
}

export type RuleTotals = Awaited<ReturnType<typeof queryPolicyTotals>>[number];

/** Every rule of a policy with how it is kept, in its order. */
export async function judgePolicy(
	policy: Policy,
	{ client, ...scope }: PolicyScope
): Promise<{ rule: PolicyRule; totals: RuleTotals }[]> {
	return Promise.all(
		policy.rules.map(async (rule) => {
			const [totals] = await queryPolicyTotals(client, ruleParameters(policy, rule, scope));
			return { rule, totals: totals! };
		})
	);
}

/** What a change of one rule brings: users by their hashes. */
export interface RuleConsequence {
	id: string;
	title: string;
	change: 'added' | 'changed' | 'removed' | 'same';
	/** Break it now and did not. */
	newly: string[];
	/** Broke it and do not any more. */
	noLonger: string[];
	/** Break it after the change. */
	breaking: number;
}

/** What comes of putting one policy in the place of another, rule by rule: those of the new one, then those that go. */
export async function consequencesOf(
	{ before, after }: { before: Policy | undefined; after: Policy },
	{ client, ...scope }: PolicyScope
): Promise<RuleConsequence[]> {
	const breakers = async (policy: Policy | undefined, rule: PolicyRule | undefined) => {
		if (!policy || !rule) return new Set<string>();
		const [row] = await queryPolicyBreakers(client, ruleParameters(policy, rule, scope));
		return new Set(row?.users);
	};
	const removed = (before?.rules ?? []).filter(({ id }) => !after.rules.some((r) => r.id === id));
	return Promise.all(
		[...after.rules, ...removed].map(async ({ id, title }) => {
			const old = before?.rules.find((rule) => rule.id === id);
			const now = after.rules.find((rule) => rule.id === id);
			const same =
				old !== undefined &&
				now !== undefined &&
				isDeepStrictEqual(ruleParameters(before!, old, scope), ruleParameters(after, now, scope));
			const [was, is] = await Promise.all([
				breakers(before, old),
				same ? undefined : breakers(after, now)
			]);
			const then = is ?? was;
			return {
				...{ id, title },
				change: !old ? 'added' : !now ? 'removed' : same ? 'same' : 'changed',
				newly: [...then.difference(was)],
				noLonger: [...was.difference(then)],
				breaking: then.size
			};
		})
	);
}
