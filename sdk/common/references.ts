import { toBase64url } from './base64url.ts';
import { sha256 } from './sha256.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** The one-way form of the site's own user reference: base64url(SHA-256("passlens:user:" + reference)), 43 characters. */
export const userReference = (reference: string): string =>
	toBase64url(sha256(utf8('passlens:user:' + reference)));

/** The one-way form of a credential's raw id: base64url(SHA-256("passlens:credential:" ‖ id)), 43 characters. */
export function credentialReference(rawId: Uint8Array): string {
	const prefix = utf8('passlens:credential:');
	const message = new Uint8Array(prefix.length + rawId.length);
	message.set(prefix);
	message.set(rawId, prefix.length);
	return toBase64url(sha256(message));
}
