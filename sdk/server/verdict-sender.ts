import type { CredentialFacts, PasslensEventInput } from '../event/event.ts';
import type { RevocationReason, VerdictReason } from '../event/vocabulary.ts';
import { fromBase64url } from '../common/base64url.ts';
import { normaliseMessage } from '../common/normalise-message.ts';
import { credentialReference, userReference } from '../common/references.ts';
import { uuidV7 } from '../common/uuid-v7.ts';
import { createEventQueue } from './event-queue.ts';

export interface VerdictSenderOptions {
	/** URL of the collector, such as "http://localhost:7301". */
	endpoint: string;
	/** A server key of the project: `sk_…`. Verdicts are refused with a public one. */
	serverKey: string;
	/** Which of your applications this is. Default "web". */
	application?: string;
	/** Default "production". */
	environment?: string;
	/** Your server's version. */
	release?: string;
	/** Called with each problem of sending, for your log: nothing is ever thrown. */
	onProblem?(problem: Error): void;
}

/** What the server decided about one response. */
export interface Verdict {
	/** What the page's `ceremonyId()` returned. Without it, or with anything but a UUIDv7, nothing is sent. */
	ceremonyId: string | undefined;
	/** The same reference the page gave to `identify`. One-way before it leaves this process. */
	userRef?: string | undefined;
	verified: boolean;
	/** Why not. Default "other" when not verified. */
	reason?: VerdictReason | undefined;
	/** The message behind the reason. Values in it are replaced before it is sent. */
	reasonDetail?: string | undefined;
	/** What the server itself read from the response. */
	credential?: CredentialFacts | undefined;
	/** W3C trace context of the request that verified it. */
	traceparent?: string | undefined;
}

export interface RegistrationVerdict extends Verdict {
	/** Attestation statement format, such as "packed" or "none". */
	attestationFormat?: string | undefined;
}

export type AuthenticationVerdict = Verdict;

export interface Revocation {
	/** The credential's id, base64url as in its JSON form. Hashed before it leaves this process. */
	credentialId: string;
	userRef?: string | undefined;
	reason: RevocationReason;
}

export interface VerdictSender {
	registration(verdict: RegistrationVerdict): void;
	authentication(verdict: AuthenticationVerdict): void;
	revoked(revocation: Revocation): void;
	/** Resolves when everything queued was tried once. Never rejects. */
	flush(): Promise<void>;
	/** Sends what is left, once, and takes no more. Never rejects. */
	close(): Promise<void>;
}

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * Reports verdicts to the collector in the background. Its methods return at once, never throw and never wait for the network;
 * while the collector is away up to 1000 events are kept, then the oldest are dropped. Timers do not keep the process alive.
 */
export function createVerdictSender(options: VerdictSenderOptions): VerdictSender {
	const queue = createEventQueue(options);

	const report = (make: () => PasslensEventInput) => {
		try {
			queue.add(make());
		} catch (cause) {
			queue.problem(new Error('The event could not be made', { cause }));
		}
	};

	const verdict = (
		ceremony_type: 'registration' | 'authentication',
		given: RegistrationVerdict
	) => {
		const { ceremonyId, userRef, verified, reason, reasonDetail, attestationFormat } = given;
		if (!ceremonyId || !UUID_V7.test(ceremonyId)) {
			queue.problem(new Error('A verdict without a ceremony id was not sent'));
			return;
		}
		report(() => ({
			...base(userRef),
			type: 'ceremony.verdict',
			ceremony_id: ceremonyId,
			ceremony_type,
			verified,
			...(!verified && { reason: reason ?? 'other' }),
			...(!verified && reasonDetail && { reason_detail: normaliseMessage(reasonDetail) }),
			...(attestationFormat && { attestation_format: attestationFormat.slice(0, 32) }),
			...(given.credential && { credential: given.credential }),
			...(given.traceparent && { traceparent: given.traceparent })
		}));
	};

	return {
		registration: (given) => verdict('registration', given),
		authentication: (given) => verdict('authentication', given),
		revoked: ({ credentialId, userRef, reason }) =>
			report(() => ({
				...base(userRef),
				type: 'credential.revoked',
				credential_ref: credentialReference(fromBase64url(credentialId)),
				reason
			})),
		flush: queue.flush,
		close: queue.close
	};
}

const base = (userRef: string | undefined) => ({
	id: uuidV7(),
	time_unix_ms: Date.now(),
	...(userRef && { user_ref: userReference(userRef) })
});
