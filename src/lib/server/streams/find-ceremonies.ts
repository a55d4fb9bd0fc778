import type { ClickHouseClient } from '@clickhouse/client';
import type { z } from 'zod';
import type { StreamEvent } from '../../../../settings/stream-events.ts';
import { FLAG_CHANGE_WORDS } from '../../ledger/findings.ts';
import {
	queryStreamBackups,
	queryStreamCeremonies,
	queryStreamRevocations
} from '../queries/stream-ceremonies.ts';
import { ocsfEvent, ocsfUser, type OcsfDraft, type SEVERITIES } from './ocsf.ts';

type Severity = keyof typeof SEVERITIES;

/**
 * Refusals that may mean that somebody tries what they may not: a forged or copied key, an answer to another site's or another moment's
 * question, somebody else's passkey. A passkey that is not known any more, or a challenge that ran out, happens to everybody.
 */
const SUSPICIOUS_REFUSALS: Readonly<Record<string, Severity>> = {
	signature_invalid: 'High',
	counter_regressed: 'High',
	origin_mismatch: 'High',
	rp_id_hash_mismatch: 'High',
	user_handle_mismatch: 'High',
	challenge_mismatch: 'Medium',
	credential_revoked: 'Medium',
	attestation_rejected: 'Medium',
	backup_flags_invalid: 'Medium',
	algorithm_unexpected: 'Medium',
	user_verification_missing: 'Low',
	malformed_response: 'Low'
};

/** What came within a time, and of which projects. */
export interface Arrived {
	client: ClickHouseClient;
	projects: string[];
	/** Unix epoch in milliseconds. */
	from: number;
	to: number;
}

type Ceremony = z.output<typeof queryStreamCeremonies.row>;

const PAGE = 2_000;

/** Passkeys that were made, withdrawn, backed up or no longer, and ceremonies refused for a suspicious reason. Nothing simulated. */
export async function findCeremonies({ client, ...arrived }: Arrived): Promise<StreamEvent[]> {
	if (arrived.projects.length === 0) return [];
	const [revocations, backups] = await Promise.all([
		queryStreamRevocations(client, arrived),
		queryStreamBackups(client, arrived)
	]);
	const ceremonies: Ceremony[] = [];
	const reasons = Object.keys(SUSPICIOUS_REFUSALS);
	for (let from = arrived.from; ;) {
		const page = await queryStreamCeremonies(client, { ...arrived, from, reasons, limit: PAGE });
		ceremonies.push(...page);
		if (page.length < PAGE) break;
		from = page.at(-1)!.received;
	}
	return [
		...ceremonies.map((one) => (one.outcome === 'succeeded' ? registered(one) : refused(one))),
		...revocations.map(revoked),
		...backups.map(backupChanged)
	];
}

const factsOf = (one: Ceremony) => ({
	...{ ceremony_id: one.ceremony_id, provider: one.provider || undefined },
	...{ aaguid: one.aaguid || undefined, rp_id: one.rp_id || undefined },
	backup_eligible: one.backup_eligible ?? undefined,
	backup_state: one.backup_state ?? undefined,
	...{ application: one.application || undefined, environment: one.environment || undefined },
	...{ os: one.os_name || undefined, browser: one.browser_name || undefined },
	country: one.country || undefined
});

function registered(one: Ceremony): StreamEvent {
	const checked = one.verified === true;
	return ocsfEvent({
		...{ topic: 'credentials', ocsfClass: 'account_change', activity: 'MFA Factor Enable' },
		...{ projectId: one.project_id, userHash: one.user_hash, at: Date.parse(one.at) },
		identity: ['registered', one.ceremony_id],
		...{ severity: 'Informational', status: checked ? 'Success' : 'Unknown' },
		statusDetail: checked ? undefined : 'no_verdict',
		message: checked
			? 'A passkey was registered'
			: 'A passkey was made; no server has said whether it took it',
		attributes: { user: ocsfUser(one.user_hash, one.credential_hash) },
		unmapped: factsOf(one)
	});
}

function refused(one: Ceremony): StreamEvent {
	const { project_id: projectId, user_hash: userHash, reason } = one;
	const told: Omit<OcsfDraft, 'ocsfClass' | 'activity' | 'message' | 'attributes'> = {
		...{ topic: 'failed_ceremonies', projectId, userHash, at: Date.parse(one.at) },
		...{ severity: SUSPICIOUS_REFUSALS[reason] ?? 'Medium', status: 'Failure' },
		...{ identity: [one.ceremony_id, reason], statusDetail: reason, unmapped: factsOf(one) }
	};
	const user = ocsfUser(userHash, one.credential_hash);
	if (one.ceremony_type === 'registration')
		return ocsfEvent({
			...{ ...told, ocsfClass: 'account_change', activity: 'MFA Factor Enable' },
			message: `The server refused a new passkey: ${reason}`,
			attributes: { user }
		});
	return ocsfEvent({
		...{ ...told, ocsfClass: 'authentication', activity: 'Logon' },
		message: `The server refused a sign-in by passkey: ${reason}`,
		attributes: { user, ...webauthn(one.rp_id || projectId) }
	});
}

/** OCSF has no number for WebAuthn: 99 is another protocol, by its name. */
export const webauthn = (service: string) => ({
	...{ auth_protocol_id: 99, auth_protocol: 'WebAuthn' },
	service: { name: service }
});

function revoked(one: z.output<typeof queryStreamRevocations.row>): StreamEvent {
	return ocsfEvent({
		...{ topic: 'credentials', ocsfClass: 'account_change', activity: 'MFA Factor Disable' },
		...{ projectId: one.project_id, userHash: one.user_hash, at: Date.parse(one.at) },
		identity: ['revoked', one.event_id],
		severity: one.reason === 'compromised' ? 'High' : 'Informational',
		...{ status: 'Success', statusDetail: one.reason || undefined },
		message: `A passkey was revoked${one.reason ? `: ${one.reason}` : ''}`,
		attributes: { user: ocsfUser(one.user_hash, one.credential_hash) }
	});
}

function backupChanged(one: z.output<typeof queryStreamBackups.row>): StreamEvent {
	const { name, meaning } = FLAG_CHANGE_WORDS[one.verdict];
	return ocsfEvent({
		...{ topic: 'credentials', ocsfClass: 'account_change', activity: 'Other' },
		activityName: 'Backup State Change',
		...{ projectId: one.project_id, userHash: one.user_hash, at: Date.parse(one.at) },
		identity: [one.verdict, one.credential_hash, one.ceremony_id],
		severity: one.verdict === 'backed_up' ? 'Informational' : 'Low',
		...{ status: 'Success', message: `${name}. ${meaning}` },
		attributes: { user: ocsfUser(one.user_hash, one.credential_hash) },
		unmapped: {
			...{ change: one.verdict, ceremony_id: one.ceremony_id },
			provider: one.provider || undefined
		}
	});
}
