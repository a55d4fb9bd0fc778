import { randomBytes, randomUUID } from 'node:crypto';

/** A row of events_raw_v1; columns left out take their defaults (empty, zero, NULL: unknown). */
export type RawEvent = Record<string, unknown> & {
	project_id: string;
	event_type: string;
	occurred_at: string;
};

/** Columns every event of a scene shares, such as `project_id`, `user_hash`, `client_ecosystem`. */
export type Shared = Record<string, unknown> & { project_id: string };

/** Times are written `2026-11-20 10:00` or with seconds and milliseconds, UTC. */
export function uuidv7(at: string): string {
	const ms = Date.parse(`${at.replace(' ', 'T')}Z`);
	const hex = ms.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
	const version = `7${hex.slice(13, 16)}`;
	const variant = `8${hex.slice(17, 20)}`;
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}-${variant}-${hex.slice(20, 32)}`;
}

/** The time `by` milliseconds after `at`, in the form the database reads. */
export function later(at: string, by: number): string {
	const date = new Date(Date.parse(`${at.replace(' ', 'T')}Z`) + by);
	return date.toISOString().replace('T', ' ').replace('Z', '');
}

export function rawEvent(shared: Shared, type: string, at: string, columns = {}): RawEvent {
	return {
		event_id: uuidv7(at),
		event_type: type,
		schema_version: 1,
		occurred_at: at,
		received_at: at,
		application: 'web',
		environment: 'production',
		...shared,
		...columns
	};
}

export interface CeremonyScene {
	at: string;
	type: 'registration' | 'authentication';
	/** Columns of the start and the end alike: mediation, timeout_ms, prompt_id, … */
	request?: Record<string, unknown>;
	/** Columns of the end; `undefined` with `ends: false`: no end was ever heard of. */
	end?: Record<string, unknown>;
	ends?: boolean;
	/** The server's decision; left out: the server sent none. */
	verdict?: { verified: boolean; verdict_reason?: string } & Record<string, unknown>;
	/** Milliseconds from the call to its end. */
	elapsedMs?: number;
	id?: string;
}

/** One ceremony's events: the page's start and end, and the server's verdict 200 ms after the end. */
export function ceremony(shared: Shared, scene: CeremonyScene): RawEvent[] {
	const { at, type, request = {}, end = {}, ends = true, verdict, elapsedMs = 3_000 } = scene;
	const of = { ceremony_id: scene.id ?? uuidv7(at), ceremony_type: type };
	const asked = { mediation: 'optional', ...request };
	const credential = Object.fromEntries(
		Object.entries(end).filter(([name]) =>
			['credential_hash', 'backup_eligible', 'backup_state'].includes(name)
		)
	);
	const events = [rawEvent(shared, 'ceremony.started', at, { ...of, ...asked })];
	if (ends)
		events.push(
			rawEvent(shared, 'ceremony.finished', later(at, elapsedMs), {
				...of,
				...asked,
				client_outcome: end['error_name'] ? 'error' : 'succeeded',
				elapsed_ms: elapsedMs,
				// A cause counts under the version of the rules that gave it: 0 would tie with the start, which has none.
				classifier_version: end['cause'] ? 1 : 0,
				...end
			})
		);
	if (verdict)
		events.push(
			rawEvent(shared, 'ceremony.verdict', later(at, elapsedMs + 200), {
				...of,
				...credential,
				...verdict
			})
		);
	return events;
}

/** A site's own offer to create a passkey. */
export function promptShown(shared: Shared, at: string, columns = {}): RawEvent {
	return rawEvent(shared, 'prompt.shown', at, {
		prompt_id: randomUUID(),
		prompt_purpose: 'upgrade',
		prompt_mode: 'manual',
		...columns
	});
}

export function passwordSignIn(shared: Shared, at: string, outcome = 'succeeded'): RawEvent {
	return rawEvent(shared, 'signin.finished', at, {
		signin_method: 'password',
		client_outcome: outcome
	});
}

/** A visit whose client can, or cannot, create a synced passkey. */
export function capabilities(shared: Shared, at: string, synced_capable: boolean): RawEvent {
	return rawEvent(shared, 'client.capabilities', at, {
		session_id: randomUUID(),
		synced_capable,
		passkey_capable: true
	});
}

export function revoked(shared: Shared, at: string, credential_hash: number | string): RawEvent {
	return rawEvent(shared, 'credential.revoked', at, {
		credential_hash,
		revocation_reason: 'superseded'
	});
}
