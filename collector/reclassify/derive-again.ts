import type { CeremonyRequest, CredentialFacts } from '../../sdk/event/index.ts';
import { credentialEcosystem } from '../domain/ecosystems.ts';
import { legacyClass } from '../domain/legacy-class.ts';
import { engineOf, type Platform } from '../domain/platform.ts';
import type { Knowledge } from '../enrichment/knowledge.ts';

/** What rules and tables made of an event: columns of `events_raw_v1`. */
export interface Derived {
	provider: string;
	credential_ecosystem: string;
	legacy_class: string;
	test_authenticator: boolean;
	cause: string;
	cause_confidence: string;
	cause_evidence: string[];
	cause_rule: string;
	classifier_version: number;
}

/** Columns of the derived values, with their types as parameters. */
export const DERIVED_TYPES: Readonly<Record<keyof Derived, string>> = {
	provider: 'String',
	credential_ecosystem: 'String',
	legacy_class: 'String',
	test_authenticator: 'Bool',
	cause: 'String',
	cause_confidence: 'String',
	cause_evidence: 'Array(String)',
	cause_rule: 'String',
	classifier_version: 'UInt16'
};

/** Columns that they were made from. */
const TOLD = [
	...['event_type', 'ceremony_type', 'client_outcome', 'error_name', 'error_signature'],
	...['error_code', 'elapsed_ms', 'mediation', 'origin', 'rp_id', 'resident_key'],
	...['user_verification', 'allow_count', 'allow_transports', 'focused_at_start', 'blurred'],
	...['blurred_after_ms', 'hidden', 'user_activation', 'signal_aborted', 'api_replaced'],
	...['page_left', 'os_name', 'os_version', 'browser_name', 'browser_version', 'device_type'],
	...['in_app_browser', 'client_ecosystem', 'engine', 'aaguid', 'authenticator_attachment'],
	...['transports', 'backup_eligible', 'user_verified', 'discoverable', 'attestation_format']
] as const;

/** A raw event as read back: NULL where nothing was told. */
export interface StoredEvent extends Derived, Platform {
	event_id: string;
	ceremony_id: string;
	/** '0': about no credential. */
	credential_hash: string;
	event_type: string;
	ceremony_type: 'registration' | 'authentication';
	client_outcome: string;
	error_name: string;
	error_signature: string;
	error_code: string;
	elapsed_ms: number | null;
	mediation: NonNullable<CeremonyRequest['mediation']>;
	/** 64 bits: decimal text. */
	timeout_ms: string | null;
	origin: string;
	rp_id: string;
	resident_key: '' | 'required' | 'preferred' | 'discouraged';
	user_verification: '' | 'required' | 'preferred' | 'discouraged';
	allow_count: number | null;
	allow_transports: string[];
	focused_at_start: boolean | null;
	blurred: boolean | null;
	blurred_after_ms: number | null;
	hidden: boolean | null;
	user_activation: boolean | null;
	signal_aborted: boolean | null;
	api_replaced: boolean | null;
	page_left: boolean | null;
	aaguid: string;
	authenticator_attachment: '' | 'platform' | 'cross-platform';
	transports: string[];
	backup_eligible: boolean | null;
	user_verified: boolean | null;
	discoverable: boolean | null;
	attestation_format: string;
}

export const STORED_COLUMNS = [
	...['event_id', 'ceremony_id', 'credential_hash', 'timeout_ms'],
	...TOLD,
	...Object.keys(DERIVED_TYPES)
].join(', ');

/** What rules and tables make of a stored event now. What they have nothing to say about stays as it is. */
export function deriveAgain(event: StoredEvent, knowledge: Knowledge): Derived {
	const platform: Platform = {
		...event,
		// Events taken before the column was there do not tell it.
		engine: event.engine || engineOf(event.os_name, event.browser_name)
	};
	return {
		...credentialOf(event, platform, knowledge),
		...causeOf(event, platform, knowledge)
	};
}

export function differs(event: Derived, derived: Derived): boolean {
	return (Object.keys(DERIVED_TYPES) as (keyof Derived)[]).some(
		(name) => String(event[name]) !== String(derived[name])
	);
}

type OfCredential = Pick<
	Derived,
	'provider' | 'credential_ecosystem' | 'legacy_class' | 'test_authenticator'
>;
type OfCause = Omit<Derived, keyof OfCredential>;

function credentialOf(event: StoredEvent, platform: Platform, knowledge: Knowledge): OfCredential {
	const { provider, credential_ecosystem, legacy_class, test_authenticator } = event;
	if (event.credential_hash === '0')
		return { provider, credential_ecosystem, legacy_class, test_authenticator };
	const found = knowledge.findProvider(event.aaguid || undefined);
	const context = {
		credential: factsOf(event),
		provider: found,
		ceremonyType: event.ceremony_type,
		platform,
		request: requestOf(event),
		attestationFormat: event.attestation_format || undefined
	};
	return {
		provider: found?.test ? '' : (found?.name ?? ''),
		test_authenticator: found?.test ?? false,
		credential_ecosystem: credentialEcosystem(context),
		legacy_class: legacyClass(context, knowledge.legacyRules())
	};
}

function causeOf(event: StoredEvent, platform: Platform, knowledge: Knowledge): OfCause {
	const { cause, cause_confidence, cause_evidence, cause_rule, classifier_version } = event;
	if (event.event_type !== 'ceremony.finished' || event.client_outcome !== 'error')
		return { cause, cause_confidence, cause_evidence, cause_rule, classifier_version };
	const again = knowledge.classify({
		error: withoutEmpty({
			name: event.error_name,
			signature: event.error_signature || undefined,
			code: event.error_code || undefined
		}),
		ceremonyType: event.ceremony_type,
		request: requestOf(event),
		evidence: withoutEmpty({
			focused_at_start: event.focused_at_start,
			blurred: event.blurred,
			blurred_after_ms: event.blurred_after_ms,
			hidden: event.hidden,
			user_activation: event.user_activation,
			signal_aborted: event.signal_aborted,
			api_replaced: event.api_replaced,
			page_left: event.page_left
		}),
		elapsedMs: event.elapsed_ms ?? 0,
		platform
	});
	return {
		cause: again.cause,
		cause_confidence: again.confidence,
		cause_evidence: again.evidence,
		cause_rule: again.rule,
		classifier_version: knowledge.classifierVersion()
	};
}

function requestOf(event: StoredEvent): CeremonyRequest {
	return withoutEmpty({
		mediation: event.mediation,
		origin: event.origin || undefined,
		rp_id: event.rp_id || undefined,
		timeout_ms: event.timeout_ms === null ? undefined : Number(event.timeout_ms),
		resident_key: event.resident_key || undefined,
		user_verification: event.user_verification || undefined,
		allow_count: event.allow_count,
		allow_transports: event.allow_transports
	});
}

/** What the rules ask of it; the reference itself was never kept. */
function factsOf(event: StoredEvent): CredentialFacts {
	return withoutEmpty({
		credential_ref: '',
		aaguid: event.aaguid || undefined,
		authenticator_attachment: event.authenticator_attachment || undefined,
		transports: event.transports.length > 0 ? event.transports : undefined,
		backup_eligible: event.backup_eligible,
		user_verified: event.user_verified,
		discoverable: event.discoverable
	});
}

type WithoutEmpty<Value> = {
	[
		Name in keyof Value as undefined extends Value[Name]
			? never
			: null extends Value[Name]
				? never
				: Name
	]: Value[Name];
} & {
	[
		Name in keyof Value as undefined extends Value[Name]
			? Name
			: null extends Value[Name]
				? Name
				: never
	]?: NonNullable<Value[Name]>;
};

/** The same without what is NULL or undefined: the contract leaves out what is not known. */
function withoutEmpty<Value extends object>(value: Value): WithoutEmpty<Value> {
	return Object.fromEntries(
		Object.entries(value).filter(([, item]) => item !== null && item !== undefined)
	) as WithoutEmpty<Value>;
}
