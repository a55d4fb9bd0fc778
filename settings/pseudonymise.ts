import { createHmac } from 'node:crypto';

/** Turns the senders' one-way references into this project's own hashes. */
export interface Pseudonyms {
	/** UInt64 as decimal text; '0' for no reference. */
	user(ref: string | undefined): string;
	credential(ref: string | undefined): string;
	/** Of an id that is in the events as it is: only what is kept of an erased person needs it hashed. */
	id(kind: IdKind, id: string): string;
}

const NONE = '0';

export type IdKind = 'ceremony' | 'session' | 'prompt' | 'flow';

/** References of a project that keeps none: events of nobody in particular. */
export function withoutReferences(pseudonyms: Pseudonyms): Pseudonyms {
	return { ...pseudonyms, user: () => NONE, credential: () => NONE };
}

/**
 * The first eight bytes of HMAC-SHA256 under the project's key: without the key nobody can test a guess, and the same
 * person in two projects has two unrelated hashes. A batch mostly repeats a few references, so results are kept for its life.
 */
export function pseudonymise({ key }: { key: Buffer }): Pseudonyms {
	const known = new Map<string, string>();
	const hash = (kind: 'user' | 'credential' | IdKind, ref: string | undefined) => {
		if (ref === undefined) return NONE;
		const text = `${kind}:${ref}`;
		let value = known.get(text);
		if (value === undefined) {
			value = hash64(key, text);
			known.set(text, value);
		}
		return value;
	};
	return {
		user: (ref) => hash('user', ref),
		credential: (ref) => hash('credential', ref),
		id: hash
	};
}

function hash64(key: Buffer, text: string): string {
	const value = createHmac('sha256', key).update(text).digest().readBigUInt64BE(0);
	// 0 is reserved for "none".
	return String(value || 1n);
}
