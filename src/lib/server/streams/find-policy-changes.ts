import type { Settings } from '../../../../settings/open-settings.ts';
import { listPolicies } from '../../../../settings/policies.ts';
import type { StreamEvent } from '../../../../settings/stream-events.ts';
import { ocsfEvent } from './ocsf.ts';

/** Every version of a project's policy, oldest first. The author's name and words stay here. */
export async function findPolicyChanges({
	settings,
	projectId
}: {
	settings: Settings;
	projectId: string;
}): Promise<StreamEvent[]> {
	const versions = await listPolicies(settings, projectId);
	return versions.toReversed().map(({ revision, savedAt }) =>
		ocsfEvent({
			...{ topic: 'policy_changes', ocsfClass: 'entity_management', projectId, at: savedAt },
			...{ activity: revision === 1 ? 'Create' : 'Update', identity: [revision] },
			...{ severity: 'Low', status: 'Success' },
			message: `Version ${revision} of the policy was put in force`,
			attributes: {
				entity: {
					...{ type: 'policy', name: 'Passkey policy', uid: `${projectId}/policy` },
					version: String(revision)
				}
			}
		})
	);
}
