import type { ClickHouseClient } from '@clickhouse/client';
import type { Settings } from '../../../../settings/open-settings.ts';
import { listFindingTriage } from '../../../../settings/finding-triage.ts';
import type { StreamEvent } from '../../../../settings/stream-events.ts';
import { shiftDay, today } from '../../filters.ts';
import { describeFinding, FINDINGS } from '../../ledger/findings.ts';
import { UTC } from '../../zone/local-day.ts';
import { queryLedgerFindings, type LedgerFinding } from '../queries/ledger-findings.ts';
import { ocsfEvent, ocsfUser } from './ocsf.ts';

/** What arrives at all arrives within 30 days, or is marked late and hardly ever comes. */
const LOOKED_BACK_DAYS = 32;

/** What the ledger points out of the last weeks, and what was decided about it. Nothing simulated. */
export async function findLedgerFindings({
	client,
	settings,
	projectId,
	now
}: {
	client: ClickHouseClient;
	settings: Settings;
	projectId: string;
	now: Date;
}): Promise<StreamEvent[]> {
	const to = today(UTC, now);
	const [findings, triage] = await Promise.all([
		queryLedgerFindings(client, {
			...{ project: projectId, from: shiftDay(to, -LOOKED_BACK_DAYS), to, without_synthetic: true },
			...{ ecosystem: '', platform: '', application: '' }
		}),
		listFindingTriage(settings, projectId)
	]);
	const found = findings
		.toReversed()
		.map((finding) => tell(finding, { projectId, at: now.getTime() }));
	const byId = new Map(findings.map((finding) => [finding.id, finding]));
	// Oldest first: the last word about a finding is told last.
	const decided = triage.toReversed().flatMap(({ findingId, decision, decidedAt }) => {
		const finding = byId.get(findingId);
		return finding ? [tell(finding, { projectId, at: decidedAt, decision })] : [];
	});
	return [...found, ...decided];
}

const DECISIONS = {
	open: { activity: 'Update', status: 'In Progress' },
	resolved: { activity: 'Close', status: 'Resolved' },
	ignored: { activity: 'Close', status: 'Suppressed' }
} as const;

function tell(
	finding: LedgerFinding,
	{ projectId, at, decision }: { projectId: string; at: number; decision?: keyof typeof DECISIONS }
): StreamEvent {
	const { id, kind, credential_hash, user_hash, ceremony_id, before, after, amount } = finding;
	const { name, weight, meaning } = FINDINGS[kind];
	const { activity, status } = decision
		? DECISIONS[decision]
		: ({ activity: 'Create', status: 'New' } as const);
	const forbidden = weight === 'forbidden';
	const seenAt = Date.parse(finding.at);
	return ocsfEvent({
		...{ topic: 'ledger_findings', ocsfClass: 'detection_finding', activity, status },
		...{ projectId, userHash: user_hash, at },
		identity: decision ? [id, decision, at] : [id],
		severity: forbidden ? 'High' : 'Medium',
		message: `${name}: ${describeFinding(finding)}`,
		attributes: {
			finding_info: {
				...{ uid: id, title: name, desc: meaning, types: [weight], first_seen_time: seenAt },
				analytic: { type_id: 1, type: 'Rule', uid: kind, name }
			},
			...{ start_time: seenAt, confidence_id: forbidden ? 3 : 1 },
			confidence: forbidden ? 'High' : 'Low',
			resources: [
				credential_hash
					? { type: 'credential', uid: credential_hash, owner: ocsfUser(user_hash) }
					: { type: 'user', uid: user_hash }
			]
		},
		unmapped: {
			...{ kind, before: before || undefined, after: after || undefined },
			...{ amount: amount || undefined, ceremony_id: ceremony_id || undefined }
		}
	});
}
