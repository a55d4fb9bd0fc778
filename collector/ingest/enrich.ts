import type {
	Batch,
	CeremonyError,
	CeremonyRequest,
	PasslensEvent
} from '../../sdk/event/index.ts';
import { normaliseMessage } from '../../sdk/common/normalise-message.ts';
import { passkeyCapable, syncedCapable } from '../domain/capable.ts';
import { crossDevice } from '../domain/cross-device.ts';
import { credentialEcosystem, type CredentialContext } from '../domain/ecosystems.ts';
import { legacyClass } from '../domain/legacy-class.ts';
import { recognisePlatform, type Platform } from '../domain/platform.ts';
import type { Knowledge } from '../enrichment/knowledge.ts';
import type { EventRow } from '../store/event-row.ts';
import { correctTime } from './correct-time.ts';
import type { Pseudonyms } from '../../settings/pseudonymise.ts';

export interface EnrichOptions {
	batch: Pick<Batch, 'schema_version' | 'sent_unix_ms' | 'clock_skew_ms' | 'sdk'>;
	projectId: string;
	pseudonyms: Pseudonyms;
	knowledge: Knowledge;
	/** Of the client, ISO 3166-1; empty when unknown, and when the sender is a server. */
	country: string;
	/** The User-Agent header; empty when the sender is a server. */
	userAgent: string;
	/** Collector's clock, Unix epoch in milliseconds. */
	received: number;
}

/** One event as the database keeps it: pseudonyms for references, and what its fields mean beside what they are. */
export function enrich(event: PasslensEvent, options: EnrichOptions): EventRow {
	const { batch, projectId, pseudonyms, country, userAgent, received } = options;
	const platform = recognisePlatform({ userAgent, client: event.client });
	const trace = event.traceparent?.split('-');
	const skew = batch.clock_skew_ms ?? received - batch.sent_unix_ms;
	const row: EventRow = {
		project_id: projectId,
		event_id: event.id,
		event_type: event.type,
		schema_version: batch.schema_version,
		...correctTime({ time: event.time_unix_ms, skew, received }),
		received_at: received,
		clock_skew_ms: skew,
		session_id: event.session_id,
		flow_id: event.flow_id,
		user_hash: pseudonyms.user(event.user_ref),
		application: event.application,
		environment: event.environment,
		release: event.release,
		tags: event.tags,
		sdk_name: batch.sdk.name,
		sdk_version: batch.sdk.version,
		trace_id: trace?.[1],
		span_id: trace?.[2],
		synthetic: event.synthetic,
		country,
		...event.omitted,
		...(userAgent || event.client ? platform : {})
	};
	return Object.assign(row, detailOf(event, platform, options));
}

function detailOf(event: PasslensEvent, platform: Platform, options: EnrichOptions): EventRow {
	const { pseudonyms, knowledge } = options;
	switch (event.type) {
		case 'client.capabilities':
			return {
				webauthn_supported: event.webauthn,
				platform_authenticator: event.platform_authenticator,
				conditional_mediation: event.conditional_mediation,
				capabilities: event.capabilities,
				passkey_capable: passkeyCapable(event),
				synced_capable: syncedCapable(event, platform)
			};
		case 'prompt.shown':
		case 'prompt.accepted':
		case 'prompt.dismissed':
			return {
				prompt_id: event.prompt_id,
				prompt_purpose: event.purpose,
				prompt_mode: event.mode,
				prompt_showing: event.showing_number,
				prompt_placement: event.placement
			};
		case 'ceremony.started':
			return { ...ceremonyOf(event), ...requestOf(event.request) };
		case 'ceremony.finished':
			return {
				...ceremonyOf(event),
				...requestOf(event.request),
				...event.evidence,
				client_outcome: event.outcome,
				elapsed_ms: event.elapsed_ms,
				...(event.error && errorOf(event.error)),
				...(event.outcome === 'error' && causeOf(event, platform, knowledge)),
				...(event.credential &&
					credentialOf(
						{
							credential: event.credential,
							provider: knowledge.findProvider(event.credential.aaguid),
							ceremonyType: event.ceremony_type,
							platform,
							request: event.request
						},
						options
					))
			};
		case 'ceremony.verdict':
			return {
				...ceremonyOf(event),
				verified: event.verified,
				verdict_reason: event.verified ? undefined : event.reason,
				verdict_detail: event.reason_detail && normaliseMessage(event.reason_detail),
				attestation_format: event.attestation_format,
				...(event.credential &&
					credentialOf(
						{
							credential: event.credential,
							provider: knowledge.findProvider(event.credential.aaguid),
							ceremonyType: event.ceremony_type,
							platform,
							attestationFormat: event.attestation_format
						},
						options
					))
			};
		case 'flow.started':
			return { flow_purpose: event.purpose, offered_methods: event.offered_methods };
		case 'flow.chosen':
			return { signin_method: event.method };
		case 'flow.reached':
			return { flow_step: event.step };
		case 'flow.finished':
			return {
				signin_method: event.method,
				client_outcome: event.outcome,
				fallback_reason: event.fallback_reason
			};
		case 'signin.finished':
			return {
				signin_method: event.method,
				client_outcome: event.outcome,
				fallback_reason: event.fallback_reason,
				ceremony_id: event.ceremony_id,
				elapsed_ms: event.elapsed_ms
			};
		case 'credential.revoked':
			return {
				credential_hash: pseudonyms.credential(event.credential_ref),
				revocation_reason: event.reason
			};
		case 'credential.signalled':
			return {
				credential_hash: pseudonyms.credential(event.credential_ref),
				signal: event.signal,
				client_outcome: event.outcome,
				...(event.error && errorOf(event.error))
			};
	}
}

type Ceremony = Extract<PasslensEvent, { ceremony_type: string }>;
type Finished = Extract<PasslensEvent, { type: 'ceremony.finished' }>;

function ceremonyOf(event: Ceremony): EventRow {
	return { ceremony_id: event.ceremony_id, ceremony_type: event.ceremony_type };
}

/** The request's fields carry the columns' names. */
function requestOf(request: CeremonyRequest): EventRow {
	return request;
}

/** Our own senders have normalised their messages; another may not have, and a name in one must not reach the disk. */
function withoutValues(error: CeremonyError): CeremonyError {
	const { signature, ...rest } = error;
	return signature === undefined ? rest : { ...rest, signature: normaliseMessage(signature) };
}

function errorOf(given: CeremonyError): EventRow {
	const error = withoutValues(given);
	return { error_name: error.name, error_signature: error.signature, error_code: error.code };
}

function causeOf(event: Finished, platform: Platform, knowledge: Knowledge): EventRow {
	const { cause, confidence, evidence, rule } = knowledge.classify({
		error: withoutValues(event.error ?? { name: '' }),
		ceremonyType: event.ceremony_type,
		request: event.request,
		evidence: event.evidence,
		elapsedMs: event.elapsed_ms,
		platform
	});
	return {
		cause,
		cause_confidence: confidence,
		cause_evidence: evidence,
		cause_rule: rule,
		classifier_version: knowledge.classifierVersion()
	};
}

/** The credential's facts carry the columns' names too, but for the reference, which is never kept. */
function credentialOf(
	context: CredentialContext,
	{ pseudonyms, knowledge }: Pick<EnrichOptions, 'pseudonyms' | 'knowledge'>
): EventRow {
	const { credential_ref, ...facts } = context.credential;
	const { provider } = context;
	return {
		...facts,
		cross_device: crossDevice(context),
		credential_hash: pseudonyms.credential(credential_ref),
		provider: provider?.test ? undefined : provider?.name,
		test_authenticator: provider?.test ?? false,
		credential_ecosystem: credentialEcosystem(context),
		legacy_class: legacyClass(context, knowledge.legacyRules())
	};
}
