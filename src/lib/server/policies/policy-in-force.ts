import { parsePolicy, type Policy } from '../../policy/policy.ts';
import { listPolicies, type PolicyVersion } from '../../../../settings/policies.ts';
import { settings } from '../settings.ts';

export interface PolicyHistory {
	/** The newest first; empty: there never was a policy. */
	versions: PolicyVersion[];
	/** The version asked for, else the one in force. */
	shown: PolicyVersion | undefined;
	/** Undefined where there is none, or where this program cannot read it any more. */
	policy: Policy | undefined;
}

/** A project's policy: the one in force, or an earlier one by its revision. */
export async function readPolicy(project: string, revision?: number): Promise<PolicyHistory> {
	const versions = await listPolicies(await settings(), project);
	const shown = versions.find((version) => version.revision === revision) ?? versions[0];
	const parsed = shown && parsePolicy(shown.document);
	return { versions, shown, policy: parsed && 'policy' in parsed ? parsed.policy : undefined };
}
