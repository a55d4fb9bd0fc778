/** WebAuthn's terms in plain words. */

export const CEREMONY_NAMES = { registration: 'Registration', authentication: 'Sign-in' } as const;

export const MEDIATION_NAMES: Record<string, string> = {
	optional: 'By button',
	required: 'By button, always asking',
	silent: 'Silent',
	conditional: 'Autofill',
	immediate: 'Immediate'
};

/** How it was asked for, beside the type: a conditional create is no autofill. */
export function mediationName(ceremony: { mediation: string; automatic: boolean }): string {
	if (ceremony.automatic) return 'Automatic';
	return MEDIATION_NAMES[ceremony.mediation] ?? ceremony.mediation;
}

const TRANSPORT_NAMES: Record<string, string> = {
	internal: 'built in',
	hybrid: 'another device',
	usb: 'USB',
	nfc: 'NFC',
	ble: 'Bluetooth',
	'smart-card': 'smart card'
};

/** `internal` as `built in (internal)`: plain first, the term beside it. */
export function transportName(transport: string): string {
	const plain = TRANSPORT_NAMES[transport];
	return plain && plain.toLowerCase() !== transport ? `${plain} (${transport})` : transport;
}

/** COSE algorithm identifiers (IANA registry) in use with WebAuthn. */
const ALGORITHMS: Record<number, string> = {
	[-7]: 'ES256',
	[-8]: 'EdDSA',
	[-19]: 'Ed25519',
	[-35]: 'ES384',
	[-36]: 'ES512',
	[-37]: 'PS256',
	[-257]: 'RS256',
	[-48]: 'ML-DSA-44',
	[-49]: 'ML-DSA-65',
	[-50]: 'ML-DSA-87'
};

export function algorithmName(algorithm: number | null): string | null {
	if (algorithm === null) return null;
	const name = ALGORITHMS[algorithm];
	return name ? `${name} (${algorithm})` : String(algorithm);
}

export interface FlagWords {
	key: 'user_present' | 'user_verified' | 'backup_eligible' | 'backup_state';
	term: 'UP' | 'UV' | 'BE' | 'BS';
	name: string;
	set: string;
	clear: string;
}

/** The four flags of the authenticator data that a page shows. */
export const FLAGS: readonly FlagWords[] = [
	{
		key: 'user_present',
		term: 'UP',
		name: 'User present',
		set: 'Someone was there and touched or confirmed.',
		clear: 'Nobody had to be there: allowed in an automatic create alone.'
	},
	{
		key: 'user_verified',
		term: 'UV',
		name: 'User verified',
		set: 'The authenticator says it checked a fingerprint, face or PIN. A claim: some password managers set it without.',
		clear: 'Nobody was checked.'
	},
	{
		key: 'backup_eligible',
		term: 'BE',
		name: 'Backup eligible',
		set: 'May be synced. Fixed when the credential is made.',
		clear: 'Bound to its device for good.'
	},
	{
		key: 'backup_state',
		term: 'BS',
		name: 'Backed up',
		set: 'Is backed up now: losing the device does not lose it.',
		clear: 'Is not backed up now.'
	}
];

/** What a credential's BE and BS say together. */
export const SYNC_STATE_MEANINGS = {
	synced: { be: '1', bs: '1', meaning: 'May be synced and is backed up. Survives a lost device.' },
	syncable: {
		be: '1',
		bs: '0',
		meaning: 'May be synced, and is not backed up: not yet, or no longer. Lost with its device.'
	},
	device_bound: {
		be: '0',
		bs: '0',
		meaning: 'Lives on one device or security key for good. Lost with it.'
	},
	illegal: {
		be: '0',
		bs: '1',
		meaning: 'Says it is backed up though it cannot be. WebAuthn forbids this pair.'
	},
	unknown: { be: '–', bs: '–', meaning: 'No ceremony told both flags.' }
} as const;

/** Names of colours in app.css, as the badge of a sync state has them. */
export const SYNC_STATE_COLORS = {
	synced: 'succeeded',
	syncable: 'abandoned',
	device_bound: 'security_key',
	illegal: 'todo',
	unknown: 'unknown'
} as const;
