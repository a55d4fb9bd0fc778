import { toBase64url } from '../common/base64url.ts';
import { state } from './state.ts';

/**
 * The one-way form of a reference, as `common/references.ts` gives it: base64url(SHA-256("passlens:<kind>:" ‖ bytes)).
 *
 * The platform hashes asynchronously, and an event must not wait for it: a page often navigates in the very moment a
 * ceremony succeeds. So this is a placeholder that writes itself down as the hash once it is known, within milliseconds;
 * a page that ends sooner sends the event without it.
 */
export function oneWay(kind: 'user' | 'credential', reference: Uint8Array): string {
	let hash: string | undefined;
	const earlier = state.hashing;
	// Awaited, never `then` or a combinator that calls it: a page may have put its own there.
	const digest = async () => {
		try {
			const message = Uint8Array.of(...utf8(`passlens:${kind}:`), ...reference);
			hash = toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', message)));
		} catch {
			// The event goes without it.
		}
		await earlier;
	};
	state.hashing = digest();
	return { toJSON: () => hash } as unknown as string;
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
