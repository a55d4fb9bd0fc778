import { formatUuid } from './uuid-v7.ts';

/** What authenticator data tells without its key: WebAuthn Level 3, section 6.1. Field names are the contract's. */
export interface AuthenticatorFacts {
	user_present: boolean;
	user_verified: boolean;
	backup_eligible: boolean;
	backup_state: boolean;
	sign_count_zero: boolean;
	/** Only when attested credential data is there: at registration. */
	aaguid?: string;
}

/** rpIdHash 32 | flags 1 | signCount 4 | attested credential data: aaguid 16, … `undefined` when it is too short to be any. */
export function parseAuthenticatorData(bytes: Uint8Array): AuthenticatorFacts | undefined {
	if (bytes.length < 37) return undefined;
	const flag = (bit: number) => (bytes[32]! & (1 << bit)) !== 0;
	return {
		user_present: flag(0),
		user_verified: flag(2),
		backup_eligible: flag(3),
		backup_state: flag(4),
		sign_count_zero: !bytes.subarray(33, 37).some(Boolean),
		...(flag(6) && bytes.length >= 53 && { aaguid: formatUuid(bytes.subarray(37, 53)) })
	};
}
