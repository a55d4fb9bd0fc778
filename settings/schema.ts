import type { Generated } from 'kysely';

/** What people edit, in SQLite by default. Figures live in ClickHouse; the two meet by project id alone. */
export interface SettingsSchema {
	project: ProjectTable;
	project_key: ProjectKeyTable;
	project_origin: ProjectOriginTable;
	signature_name: SignatureNameTable;
	user_erasure: UserErasureTable;
	erased_identifier: ErasedIdentifierTable;
	project_retention: ProjectRetentionTable;
}

export interface ProjectTable {
	/** Slug, also `project_id` in every ClickHouse table. */
	id: string;
	name: string;
	/** base64 of 32 random bytes: keys the hashes of this project's users and credentials. Never leaves this store. */
	pseudonym_key: string;
	/** Unix epoch in milliseconds. */
	created_unix_ms: Generated<number>;
}

export interface ProjectKeyTable {
	/** Ingest keys as they are (they are public); server keys as the hex SHA-256. */
	key: string;
	project_id: string;
	/** `ingest`: public, in the page, writes only. `server`: secret, sends verdicts. */
	kind: 'ingest' | 'server';
	/** The only environment it may write to; NULL: any. */
	environment: string | null;
	/** The beginning of a server key, for people. */
	hint: string | null;
	created_unix_ms: Generated<number>;
	/** In the future: taken until then. */
	revoked_unix_ms: number | null;
}

export interface ProjectOriginTable {
	project_id: string;
	/** An origin the browser may send from, such as `https://example.com`. */
	origin: string;
}

/** Every change an operator made to the name of an error, oldest first: the newest for an error is in force. */
export interface SignatureNameTable {
	/** 1, 2, 3 …: the classifier's version is our own plus the newest of these. */
	revision: number;
	error_name: string;
	error_signature: string;
	error_code: string;
	/** `null`: the name was taken back. */
	cause: string | null;
	confidence: string;
	note: string;
	created_unix_ms: number;
}

/** People who are to be erased, or were: see `erasures.ts`. */
export interface UserErasureTable {
	id: string;
	project_id: string;
	/** Keyed hash, UInt64 as decimal text; nothing else is known of whom it was. */
	user_hash: string;
	/** Unix epoch in milliseconds. */
	requested_unix_ms: number;
	erased_unix_ms: Generated<number | null>;
	events: Generated<number | null>;
}

/** What led to an erased person, as keyed hashes. */
export interface ErasedIdentifierTable {
	project_id: string;
	identifier: string;
	/** What happened until then is not taken in again: Unix epoch in milliseconds. */
	until_unix_ms: number;
	/** When it is forgotten itself; null: never. */
	forget_unix_ms: number | null;
}

/** How long a project keeps its rows, in days; null: for ever. */
export interface ProjectRetentionTable {
	project_id: string;
	raw_days: number | null;
	derived_days: number | null;
}
