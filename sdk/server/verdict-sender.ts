import type { CredentialFacts, EventInputOf } from '../event/event.ts';
import type { CeremonyType, RevocationReason, VerdictReason } from '../event/vocabulary.ts';
import { fromBase64url } from '../common/base64url.ts';
import { normaliseMessage } from '../common/normalise-message.ts';
import { credentialReference, userReference } from '../common/references.ts';
import { uuidV7 } from '../common/uuid-v7.ts';
import { createEventQueue } from './event-queue.ts';
import { joinTrace, type TraceApi } from './join-trace.ts';

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
	/**
	 * `trace` of `@opentelemetry/api`: verdicts then join the active span's trace, and the span tells the ceremony's id and outcome.
	 */
	trace?: TraceApi;
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
	/** W3C trace context of the request that verified it. Default: the active span's, where `trace` was given. */
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

	const harmlessly = (what: string, run: () => void) => {
		try {
			run();
		} catch (cause) {
			queue.problem(new Error(what, { cause }));
		}
	};

	const verdict = (ceremonyType: CeremonyType, given: RegistrationVerdict) =>
		harmlessly('The event could not be made', () => {
			const { ceremonyId } = given;
			if (!ceremonyId || !UUID_V7.test(ceremonyId)) {
				queue.problem(new Error('A verdict without a ceremony id was not sent'));
				return;
			}
			const event = describeVerdict(ceremonyType, ceremonyId, given);
			harmlessly('The active span could not be used', () => {
				const active = joinTrace(options.trace, event);
				if (active) event.traceparent ??= active;
			});
			queue.add(event);
		});

	return {
		registration: (given) => verdict('registration', given),
		authentication: (given) => verdict('authentication', given),
		revoked: (given) =>
			harmlessly('The event could not be made', () => {
				const { credentialId, userRef, reason } = given;
				queue.add({
					...base(userRef),
					type: 'credential.revoked',
					credential_ref: credentialReference(fromBase64url(credentialId)),
					reason
				});
			}),
		flush: queue.flush,
		close: queue.close
	};
}

function describeVerdict(
	ceremony_type: CeremonyType,
	ceremony_id: string,
	{
		userRef,
		verified,
		reason,
		reasonDetail,
		credential,
		attestationFormat,
		traceparent
	}: RegistrationVerdict
): EventInputOf<'ceremony.verdict'> {
	return {
		...base(userRef),
		type: 'ceremony.verdict',
		ceremony_id,
		ceremony_type,
		verified,
		...(!verified && { reason: reason ?? 'other' }),
		...(!verified && reasonDetail && { reason_detail: normaliseMessage(reasonDetail) }),
		...(attestationFormat && { attestation_format: attestationFormat.slice(0, 32) }),
		...(credential && { credential: onlyFacts(credential) }),
		...(traceparent && { traceparent })
	};
}

/** A library's own credential object, given by mistake, holds the id and the key: what the contract does not know stays here. */
const FACTS = {
	credential_ref: true,
	authenticator_attachment: true,
	transports: true,
	aaguid: true,
	user_present: true,
	user_verified: true,
	backup_eligible: true,
	backup_state: true,
	sign_count_zero: true,
	discoverable: true,
	algorithm: true,
	user_handle_present: true,
	cross_device: true
} satisfies Record<keyof CredentialFacts, true>;

const onlyFacts = (credential: CredentialFacts): CredentialFacts =>
	Object.fromEntries(Object.entries(credential).filter(([field]) => field in FACTS)) as never;

const base = (userRef: string | undefined) => ({
	id: uuidV7(),
	time_unix_ms: Date.now(),
	...(userRef && { user_ref: userReference(userRef) })
});
