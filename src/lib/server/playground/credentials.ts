import type { Selectable } from 'kysely';
import type { Store } from './open-store.ts';
import type { CredentialTable } from './store-schema.ts';

/** The zero AAGUID: it names no model. */
const UNKNOWN_MODEL = '00000000-0000-0000-0000-000000000000';

/** One credential as this relying party keeps it. */
export interface Credential {
	/** base64url. */
	id: string;
	accountId: string;
	publicKey: Uint8Array<ArrayBuffer>;
	counter: number;
	transports: string[];
	aaguid: string;
	attachment: string | undefined;
	/** Undefined where the browser did not tell. */
	discoverable: boolean | undefined;
	backupEligible: boolean;
	backupState: boolean;
	legacy: boolean;
	createdUnixMs: number;
	lastUsedUnixMs: number | undefined;
	removed: boolean;
}

/** What a registration told of a credential. */
export type NewCredential = Omit<Credential, 'createdUnixMs' | 'lastUsedUnixMs' | 'removed'>;

export async function addCredential(store: Store, credential: NewCredential): Promise<void> {
	await store
		.insertInto('credential')
		.values({
			id: credential.id,
			account_id: credential.accountId,
			public_key: credential.publicKey,
			counter: credential.counter,
			transports: JSON.stringify(credential.transports),
			aaguid: credential.aaguid,
			attachment: credential.attachment ?? null,
			discoverable: credential.discoverable === undefined ? null : Number(credential.discoverable),
			backup_eligible: Number(credential.backupEligible),
			backup_state: Number(credential.backupState),
			legacy: Number(credential.legacy),
			created_unix_ms: Date.now(),
			last_used_unix_ms: null,
			removed_unix_ms: null
		})
		.execute();
}

/** Credentials of an account that still work, oldest first. */
export async function listCredentials(store: Store, accountId: string): Promise<Credential[]> {
	const rows = await store
		.selectFrom('credential')
		.selectAll()
		.where('account_id', '=', accountId)
		.where('removed_unix_ms', 'is', null)
		.orderBy('created_unix_ms')
		.execute();
	return rows.map(fromRow);
}

/** Finds a credential, removed ones too. */
export async function findCredential(store: Store, id: string): Promise<Credential | undefined> {
	const row = await store
		.selectFrom('credential')
		.selectAll()
		.where('id', '=', id)
		.executeTakeFirst();
	return row && fromRow(row);
}

/** Keeps what a verified sign-in told: the counter and the backup state move, everything else stays. */
export async function recordUse(
	store: Store,
	{ id, counter, backupState }: { id: string; counter: number; backupState: boolean }
): Promise<void> {
	await store
		.updateTable('credential')
		.set({ counter, backup_state: Number(backupState), last_used_unix_ms: Date.now() })
		.where('id', '=', id)
		.execute();
}

/** Ends a credential's life here. It stays known as removed. */
export async function removeCredential(store: Store, id: string): Promise<void> {
	await store
		.updateTable('credential')
		.set({ removed_unix_ms: Date.now() })
		.where('id', '=', id)
		.execute();
}

/**
 * Whether a credential dates from before passkeys: bound to this device's own platform, or a U2F key's.
 * A passkey on a security key is device-bound too, by design, and is not legacy.
 */
export function isLegacy({
	backupEligible,
	transports,
	attachment,
	attestationFormat
}: {
	backupEligible: boolean;
	transports: readonly string[];
	attachment: string | undefined;
	attestationFormat: string;
}): boolean {
	if (backupEligible) return false;
	if (attestationFormat === 'fido-u2f') return true;
	return attachment === 'platform' || transports.includes('internal');
}

/**
 * Which of the account's credentials an authenticator has replaced by making `created`: WebAuthn has a discoverable
 * credential for the same relying party and user handle overwritten. Told only where the authenticator is surely the same
 * one: this machine's own (platform) of the same model. Of any other, the visitor has to say.
 */
export function overwrittenBy(
	created: NewCredential,
	existing: readonly Credential[]
): Credential[] {
	const known = created.aaguid !== UNKNOWN_MODEL;
	if (!known || created.attachment !== 'platform' || created.discoverable !== true) return [];
	return existing.filter(
		(credential) =>
			credential.id !== created.id &&
			credential.attachment === 'platform' &&
			credential.discoverable === true &&
			credential.aaguid === created.aaguid
	);
}

function fromRow(row: Selectable<CredentialTable>): Credential {
	return {
		id: row.id,
		accountId: row.account_id,
		publicKey: new Uint8Array(row.public_key),
		counter: row.counter,
		transports: JSON.parse(row.transports) as string[],
		aaguid: row.aaguid,
		attachment: row.attachment ?? undefined,
		discoverable: row.discoverable === null ? undefined : row.discoverable === 1,
		backupEligible: row.backup_eligible === 1,
		backupState: row.backup_state === 1,
		legacy: row.legacy === 1,
		createdUnixMs: row.created_unix_ms,
		lastUsedUnixMs: row.last_used_unix_ms ?? undefined,
		removed: row.removed_unix_ms !== null
	};
}
