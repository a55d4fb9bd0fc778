import type { Generated } from 'kysely';

/** Who may see the dashboard, and what they did. Times are Unix epochs in milliseconds; of every secret its hex SHA-256 is kept. */
export interface AccessSchema {
	person: PersonTable;
	person_passkey: PersonPasskeyTable;
	person_session: PersonSessionTable;
	person_challenge: PersonChallengeTable;
	person_identity: PersonIdentityTable;
	person_group_role: PersonGroupRoleTable;
	sign_in_provider: SignInProviderTable;
	invitation: InvitationTable;
	project_role: ProjectRoleTable;
	api_key: ApiKeyTable;
	audit_entry: AuditEntryTable;
	person_notice: PersonNoticeTable;
}

export interface PersonTable {
	id: string;
	/** As others see it beside what this person did. */
	name: string;
	/** base64url of 32 random bytes: WebAuthn's user handle. */
	user_handle: string;
	created_unix_ms: number;
}

export interface PersonPasskeyTable {
	/** base64url. */
	id: string;
	person_id: string;
	/** What it is called on the page, such as its provider. */
	name: string;
	/** COSE key, base64url. */
	public_key: string;
	counter: number;
	/** JSON array. */
	transports: string;
	aaguid: string;
	backup_eligible: number;
	backup_state: number;
	created_unix_ms: number;
	last_used_unix_ms: number | null;
}

export interface PersonSessionTable {
	/** Hash of the cookie's token. */
	id: string;
	person_id: string;
	/** Browser and system in words, so that people know their sessions apart. */
	device: string;
	created_unix_ms: number;
	seen_unix_ms: number;
	/** It ends then, however much it is used. */
	expires_unix_ms: number;
	/** Which way one came in: roles by group are worth something where the provider vouched for them alone. */
	way: Generated<'passkey' | 'provider'>;
	/** When one last showed who one is. */
	fresh_unix_ms: Generated<number>;
}

/** Somebody as an identity provider knows them. An e-mail address passes from one to another; issuer and subject never do. */
export interface PersonIdentityTable {
	issuer: string;
	subject: string;
	person_id: string;
	/** As it was at the last sign-in, for people to read; empty: none was told. */
	email: string;
	created_unix_ms: number;
	last_used_unix_ms: number;
}

/** What groups at the provider give, as of the last sign-in there. */
export interface PersonGroupRoleTable {
	person_id: string;
	project_id: string;
	role: ProjectRoleTable['role'];
}

/** The identity provider that the configuration file names: none or one. */
export interface SignInProviderTable {
	/** As it stands on the button. */
	name: string;
	/** JSON object: `sign-in-provider.ts`. No secret is in it. */
	definition: string;
}

export interface PersonChallengeTable {
	/** Hash of the challenge. */
	id: string;
	/** Hash of the cookie that says which browser it was given to. */
	browser: string;
	purpose:
		| ('sign-in' | 'welcome' | 'add' | 'anew')
		| ('provider-sign-in' | 'provider-anew' | 'provider-connect');
	/** Who is to get the passkey, or is asked anew; of an invitation, its hash. */
	subject: string;
	/** Of a new person: the user handle that the options named. */
	user_handle: string;
	expires_unix_ms: number;
}

export interface InvitationTable {
	/** Hash of the link's token. */
	id: string;
	/** `set-up`: the first administrator, at this machine. `invite`: somebody new. `recovery`: a further passkey for somebody known. */
	kind: 'set-up' | 'invite' | 'recovery';
	name: string;
	/** Of a recovery. */
	person_id: string | null;
	/** Whom the provider may let in by it, if it vouches for the address; in lower case. */
	email: Generated<string | null>;
	/** What somebody new may do: JSON array of `[project, role]`. */
	roles: string;
	created_by: string;
	created_unix_ms: number;
	expires_unix_ms: number;
}

export interface ProjectRoleTable {
	person_id: string;
	/** `*`: all projects, those to come as well. */
	project_id: string;
	role: 'viewer' | 'analyst' | 'engineer' | 'auditor' | 'admin';
}

export interface ApiKeyTable {
	/** Hash of the key. */
	id: string;
	/** What it is for, as whoever made it says. */
	name: string;
	/** The beginning of the key, for people. */
	hint: string;
	/** `*`: all projects. */
	project_id: string;
	/** JSON array. */
	actions: string;
	created_by: string;
	created_unix_ms: number;
	expires_unix_ms: number;
	used_unix_ms: number | null;
}

/** A line of the log of who saw or changed what. The database itself refuses to change or delete one. */
export interface AuditEntryTable {
	/** 1, 2, 3 … without a gap. */
	number: number;
	at_unix_ms: number;
	actor_kind: 'person' | 'api-key' | 'server-key' | 'command' | 'schedule' | 'nobody';
	/** Of a person or key. */
	actor_id: string;
	/** The name at that time. */
	actor: string;
	action: string;
	/** Empty: of no project. */
	project_id: string;
	/** What was seen or changed, such as a page's address without its filters. */
	subject: string;
	/** JSON object. */
	detail: string;
	/** Hash of the entry before; of the first, empty. */
	previous_hash: string;
	/** SHA-256, hex, of all that stands above. */
	hash: string;
}

/** An e-mail to somebody whose ways to sign in changed, until the mail server has it. */
export interface PersonNoticeTable {
	id: string;
	person_id: string;
	email: string;
	change:
		| ('passkey-added' | 'passkey-removed' | 'link-used')
		| ('provider-connected' | 'provider-disconnected' | 'api-key-made');
	/** Which passkey, provider or key; who made the link. */
	subject: string;
	changed_unix_ms: number;
	attempts: number;
	next_unix_ms: number;
}
