import type { CeremonyRequest } from '../event/event.ts';
import type { CeremonyType } from '../event/vocabulary.ts';

/** Options of `create` and `get`, with what the DOM's types do not know yet. */
export interface CeremonyOptions {
	publicKey: PublicKeyCredentialCreationOptions &
		PublicKeyCredentialRequestOptions & { hints?: Iterable<string> };
	mediation?: string;
	/** Chromium's "immediate": fail at once when there is nothing to offer. */
	uiMode?: string;
	signal?: AbortSignal;
}

type Descriptors = PublicKeyCredentialDescriptor[] | undefined;

const REQUIREMENTS = ['required', 'preferred', 'discouraged'] as const;

/** A value outside the list would cost the event: browsers ignore unknown words, and so do we. */
const oneOf = <T>(list: readonly T[], value: unknown): T | undefined =>
	list.find((item) => item === value);

const texts = (values: Iterable<unknown>) =>
	[...new Set(Array.from(values, (value) => String(value).slice(0, 32)).filter(Boolean))].slice(
		0,
		16
	);

/** How a ceremony was asked, without challenge, ids and names. Counts stop at 1000, lists at 16 items of 32 characters. */
export function summariseRequest(
	type: CeremonyType,
	{ publicKey, mediation, uiMode }: CeremonyOptions
): CeremonyRequest {
	const { rp, rpId, timeout, hints, attestation, authenticatorSelection: asked } = publicKey;
	const registering = type === 'registration';
	const { residentKey, requireResidentKey, authenticatorAttachment } = asked ?? {};
	const allow = count(publicKey.allowCredentials);
	const exclude = count(publicKey.excludeCredentials);
	return {
		mediation:
			oneOf(['immediate'], uiMode) ??
			oneOf(['required', 'silent', 'conditional', 'immediate'], mediation) ??
			'optional',
		origin: location.origin.slice(0, 255),
		rp_id: ((registering ? rp?.id : rpId) ?? location.hostname).slice(0, 253),
		timeout_ms: Number.isFinite(timeout) ? Math.max(0, Math.trunc(timeout!)) : undefined,
		user_verification: oneOf(
			REQUIREMENTS,
			registering ? asked?.userVerification : publicKey.userVerification
		),
		hints: hints && texts(hints),
		...(registering
			? {
					resident_key:
						oneOf(REQUIREMENTS, residentKey) ?? (requireResidentKey ? 'required' : undefined),
					requested_attachment: oneOf(['platform', 'cross-platform'], authenticatorAttachment),
					attestation: oneOf(['none', 'indirect', 'direct', 'enterprise'], attestation),
					exclude_count: exclude.count,
					exclude_transports: exclude.transports
				}
			: { allow_count: allow.count, allow_transports: allow.transports })
	};
}

function count(descriptors: Descriptors) {
	const list = Array.from(descriptors ?? []);
	return {
		count: Math.min(list.length, 1000),
		transports: texts(list.flatMap(({ transports }) => Array.from(transports ?? [])))
	};
}
