import type { ClickHouseClient } from '@clickhouse/client';
import { hash } from 'node:crypto';
import type { Settings } from '../../../../settings/open-settings.ts';
import { listPolicies } from '../../../../settings/policies.ts';
import {
	readStreamSource,
	writeStreamSource,
	type StreamEvent
} from '../../../../settings/stream-events.ts';
import { today } from '../../filters.ts';
import { parsePolicy, type Policy, type PolicyRule } from '../../policy/policy.ts';
import { ruleParameters, type PolicyScope } from '../policies/judge-policy.ts';
import { queryPolicyBreakers } from '../queries/policy-verdicts.ts';
import { ocsfEvent } from './ocsf.ts';

/** How a rule stood: how many broke it, and a fingerprint of who. */
interface Stand {
	breaking: number;
	who: string;
	title: string;
}

/** By rule. */
type Stands = Record<string, Stand>;

/**
 * The rules of the policy in force that are broken by others than at the last look: one event a rule, with how many. Who they are is
 * kept nowhere, so that nobody who was erased is told of afterwards; the page of the rule names them by their hashes.
 */
export async function findPolicyFindings({
	client,
	settings,
	projectId,
	zone,
	source,
	now
}: {
	client: ClickHouseClient;
	settings: Settings;
	projectId: string;
	/** The project's time zone: a rule is judged of a day. */
	zone: string;
	/** Under which name the last look is kept. */
	source: string;
	now: Date;
}): Promise<{ events: StreamEvent[]; done: (within: Settings) => Promise<void> }> {
	const kept = await readStreamSource(settings, source);
	const [version] = await listPolicies(settings, projectId);
	const parsed = version && parsePolicy(version.document);
	const policy = parsed && 'policy' in parsed ? parsed.policy : undefined;
	const before = kept === undefined ? undefined : (JSON.parse(kept) as Stands);
	const after: Stands = {};
	for (const rule of policy?.rules ?? [])
		after[rule.id] = await standOf(policy!, rule, {
			client,
			project: projectId,
			zone,
			on: today(zone, now)
		});
	const events = before === undefined ? [] : changes(before, after, { projectId, now });
	return { events, done: (within) => writeStreamSource(within, source, JSON.stringify(after)) };
}

async function standOf(
	policy: Policy,
	rule: PolicyRule,
	{ client, ...scope }: PolicyScope
): Promise<Stand> {
	const asked = ruleParameters(policy, rule, scope);
	const [row] = await queryPolicyBreakers(client, { ...asked, without_synthetic: true });
	const users = row?.users ?? [];
	const who = users.length > 0 ? hash('sha256', users.join(' ')) : '';
	return { breaking: users.length, who, title: rule.title };
}

function changes(
	before: Stands,
	after: Stands,
	{ projectId, now }: { projectId: string; now: Date }
): StreamEvent[] {
	const rules = [...new Set([...Object.keys(after), ...Object.keys(before)])];
	return rules.flatMap((rule) => {
		const was = before[rule] ?? NOBODY;
		const is = after[rule] ?? { ...NOBODY, title: was.title };
		return was.who === is.who ? [] : [tell({ rule, was, is }, { projectId, at: now.getTime() })];
	});
}

const NOBODY: Stand = { breaking: 0, who: '', title: '' };

function tell(
	{ rule, was, is }: { rule: string; was: Stand; is: Stand },
	{ projectId, at }: { projectId: string; at: number }
): StreamEvent {
	const kept = is.breaking === 0;
	const users = `${is.breaking} user${is.breaking === 1 ? '' : 's'}`;
	return ocsfEvent({
		...{ topic: 'policy_findings', ocsfClass: 'compliance_finding', projectId, at },
		activity: was.breaking === 0 ? 'Create' : kept ? 'Close' : 'Update',
		identity: [rule, at],
		severity: kept ? 'Informational' : 'Medium',
		status: kept ? 'Resolved' : was.breaking === 0 ? 'New' : 'In Progress',
		message: kept ? `Nobody breaks “${is.title}” any more` : `“${is.title}” is broken by ${users}`,
		attributes: {
			finding_info: { uid: `${projectId}/${rule}`, title: is.title, types: ['policy'] },
			compliance: {
				...{ standards: [`Passlens policy of ${projectId}`], control: rule },
				...(kept ? { status_id: 1, status: 'Pass' } : { status_id: 3, status: 'Fail' })
			},
			resources: [{ type: 'policy rule', uid: rule, name: is.title }]
		},
		unmapped: { users_breaking: is.breaking, users_breaking_before: was.breaking }
	});
}
