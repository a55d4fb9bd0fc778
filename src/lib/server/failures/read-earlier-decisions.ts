import type { ClickHouseClient } from '@clickhouse/client';
import { FAILURE_CAUSES } from '../../../../sdk/common/failure-causes.ts';
import { listFailureTriage, type FailureTriage } from '../../../../settings/failure-triage.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import type { FailureIdentity } from '../../failures/failure-words.ts';
import { queryFailureIdentity } from '../queries/failure-identity.ts';
import { groupIdOf } from '../queries/failure-sql.ts';

/** A decision, and the cause that its group had. */
export interface EarlierDecision extends FailureTriage {
	cause: string;
}

/**
 * What was decided about the same error under a cause that nothing kept has any more, the newest first: newer rules, or a name that an
 * operator gave, make it another group. Whether all of that is in this one is not known, so it is told and not taken over.
 */
export async function readEarlierDecisions({
	client,
	settings,
	project,
	identity
}: {
	client: ClickHouseClient;
	settings: Settings;
	project: string;
	identity: FailureIdentity;
}): Promise<EarlierDecision[]> {
	const causes = new Map(
		FAILURE_CAUSES.filter((cause) => cause !== identity.cause).map((cause) => [
			groupIdOf({ ...identity, cause }),
			cause
		])
	);
	const decided = (await listFailureTriage(settings, { projectId: project })).filter(
		({ groupId }) => causes.has(groupId)
	);
	const groups = [...new Set(decided.map(({ groupId }) => groupId))];
	const seen = await Promise.all(
		groups.map((group) => queryFailureIdentity(client, { project, group }))
	);
	const gone = groups.filter((_, index) => seen[index]!.length === 0);
	return decided
		.filter(({ groupId }) => gone.includes(groupId))
		.map((decision) => ({ ...decision, cause: causes.get(decision.groupId)! }));
}
