import type { CeremonyRequest, CredentialFacts } from '../../sdk/event/index.ts';
import { deviceBoundClass } from './legacy-class.ts';
import type { Platform } from './platform.ts';
import type { Provider } from './providers.ts';

export type ClientEcosystem = 'apple' | 'google' | 'microsoft' | 'unknown';

export const CREDENTIAL_ECOSYSTEMS = [
	'apple',
	'google',
	'microsoft',
	'third_party',
	'security_key',
	'unknown'
] as const;
export type CredentialEcosystem = (typeof CREDENTIAL_ECOSYSTEMS)[number];

const KEY_TRANSPORTS = ['usb', 'nfc', 'ble', 'smart-card'];

/** Whose device this is, by its operating system. */
export function clientEcosystem(osName: string): ClientEcosystem {
	if (osName === 'iOS' || osName === 'iPadOS' || osName === 'macOS') return 'apple';
	if (osName === 'Android' || osName === 'ChromeOS') return 'google';
	return osName === 'Windows' ? 'microsoft' : 'unknown';
}

export interface CredentialContext {
	credential: CredentialFacts;
	/** Whom the AAGUID names; undefined when nobody is known by it. */
	provider: Provider | undefined;
	ceremonyType: 'registration' | 'authentication';
	platform: Platform;
	request?: CeremonyRequest | undefined;
	/** Attestation statement format, as the server read it. */
	attestationFormat?: string | undefined;
}

/**
 * In whose hands the passkey is: the AAGUID's provider first, then a security key by its transports, then what only a
 * device-bound platform credential can be. Everything else stays unknown.
 */
export function credentialEcosystem(context: CredentialContext): CredentialEcosystem {
	const { credential, platform, provider } = context;
	if (provider?.ecosystem && !provider.test) return provider.ecosystem;
	if (isSecurityKey(context)) return 'security_key';
	// Somebody's list has a name for it and no more.
	if (provider && !provider.test) return 'third_party';
	if (credential.authenticator_attachment !== 'platform') return 'unknown';
	// A virtual authenticator stands in for the platform's own.
	if (provider?.test && credential.backup_eligible) return platform.client_ecosystem;
	return ecosystemOfClass(deviceBoundClass(context));
}

/** Transports of a key and none of a phone or a platform; at sign-in the request's own list has to do. */
function isSecurityKey({ credential, request }: CredentialContext): boolean {
	if (credential.authenticator_attachment !== 'cross-platform') return false;
	const transports = credential.transports ?? request?.allow_transports ?? [];
	return (
		transports.length > 0 && transports.every((transport) => KEY_TRANSPORTS.includes(transport))
	);
}

function ecosystemOfClass(name: string): ClientEcosystem {
	if (name === 'apple_platform') return 'apple';
	if (name === 'android_platform' || name === 'chrome_mac_profile') return 'google';
	return name === 'windows_hello' ? 'microsoft' : 'unknown';
}
