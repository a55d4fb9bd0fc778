/**
 * What the playground keeps, as any relying party does: it must know credential ids and public keys to verify a sign-in.
 * None of it is telemetry; Passlens itself sees only one-way references.
 */
export interface StoreSchema {
	account: AccountTable;
	credential: CredentialTable;
	session: SessionTable;
	challenge: ChallengeTable;
	prompt_showing: PromptShowingTable;
	secret: SecretTable;
}

export interface AccountTable {
	/** UUID; also the user reference handed to `identify()` and to the verdicts. */
	id: string;
	username: string;
	/** base64url of 32 random bytes: WebAuthn's user handle, the same for every credential of the account. */
	user_handle: string;
	/** Null: this account signs in by passkey alone. */
	password_hash: string | null;
	created_unix_ms: number;
}

export interface CredentialTable {
	/** Credential id, base64url. */
	id: string;
	account_id: string;
	/** COSE key. */
	public_key: Uint8Array;
	counter: number;
	/** JSON array of transports as the authenticator reported them. */
	transports: string;
	aaguid: string;
	attachment: string | null;
	/** credProps.rk as 0 or 1; null where the browser did not tell (Safari never does). */
	discoverable: number | null;
	/** BE flag, 0 or 1. */
	backup_eligible: number;
	/** BS flag, 0 or 1; renewed at each sign-in. */
	backup_state: number;
	/** 1: a credential of before passkeys, worth an upgrade. */
	legacy: number;
	created_unix_ms: number;
	last_used_unix_ms: number | null;
	/** Removed credentials stay known, so that a later use is refused as revoked and not as unknown. */
	removed_unix_ms: number | null;
}

export interface SessionTable {
	/** Hex SHA-256 of the cookie's token: reading this file gives nobody a session. */
	token_hash: string;
	/** Null before sign-in. */
	account_id: string | null;
	expires_unix_ms: number;
}

export interface ChallengeTable {
	challenge: string;
	session_hash: string;
	purpose: 'registration' | 'authentication';
	/** The userVerification asked for: the answer is held to it. */
	user_verification: 'required' | 'preferred' | 'discouraged';
	/** 1: a conditional create, which may come back without user presence. */
	conditional: number;
	expires_unix_ms: number;
}

export interface PromptShowingTable {
	account_id: string;
	purpose: string;
	showings: number;
}

export interface SecretTable {
	name: string;
	value: string;
}
