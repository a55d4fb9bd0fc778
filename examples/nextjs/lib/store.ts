import type { WebAuthnCredential } from '@simplewebauthn/server';
import { randomUUID } from 'node:crypto';

export interface User {
	id: string;
	name: string;
}

export interface Session {
	user?: User;
	challenge?: string;
}

export type StoredCredential = WebAuthnCredential & { userId: string };

interface Store {
	users: Map<string, User>;
	sessions: Map<string, Session>;
	credentials: Map<string, StoredCredential>;
}

/** In memory, on the global object because Next.js loads a module once a route. A real site keeps this in its database. */
const holder = globalThis as { exampleStore?: Store };
export const store: Store = (holder.exampleStore ??= {
	users: new Map(),
	sessions: new Map(),
	credentials: new Map()
});

/** The session of this id, or a new one. */
export function openSession(id: string | undefined): { id: string; session: Session } {
	const known = id ? store.sessions.get(id) : undefined;
	if (id && known) return { id, session: known };
	const fresh = { id: randomUUID(), session: {} };
	store.sessions.set(fresh.id, fresh.session);
	return fresh;
}
