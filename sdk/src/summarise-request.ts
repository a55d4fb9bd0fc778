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

/** Words the contract knows, whichever the field. Browsers ignore any other; a site's own text must not leave the page. */
const WORDS =
	/^(required|preferred|discouraged|silent|conditional|immediate|(cross-)?platform|none|indirect|direct|enterprise)$/;

export const known = <T extends string>(value: unknown): T | undefined =>
	WORDS.test(value as string) ? (value as T) : undefined;

/** Identifiers such as transports: at most 16 of 32 characters, none twice. */
export const texts = (values: Iterable<string> | undefined): string[] | undefined =>
	values && [...new Set(values)].filter((value) => /^[\w-]{1,32}$/.test(value)).slice(0, 16);

/** How a ceremony was asked, without challenge, ids and names. Lists stop at 16 items of 32 characters. */
export function summariseRequest(type: CeremonyType, options: CeremonyOptions): CeremonyRequest {
	const registering = type === 'registration';
	const { publicKey } = options;
	const asked = publicKey.authenticatorSelection;
	const named = [
		...((registering ? publicKey.excludeCredentials : publicKey.allowCredentials) ?? [])
	];
	const count = named.length;
	const transports = texts(named.flatMap(({ transports }) => transports ?? []));
	return {
		mediation: known(options.uiMode) ?? known(options.mediation) ?? 'optional',
		origin: location.origin,
		rp_id: `${(registering ? publicKey.rp?.id : publicKey.rpId) ?? location.hostname}`.slice(
			0,
			253
		),
		// As the browser reads an unsigned long.
		timeout_ms: publicKey.timeout! >>> 0 || undefined,
		user_verification: known((registering ? asked : publicKey)?.userVerification),
		hints: texts(publicKey.hints),
		...(registering
			? {
					resident_key: known(asked?.residentKey ?? (asked?.requireResidentKey && 'required')),
					requested_attachment: known(asked?.authenticatorAttachment),
					attestation: known(publicKey.attestation),
					exclude_count: count,
					exclude_transports: transports
				}
			: { allow_count: count, allow_transports: transports })
	};
}
