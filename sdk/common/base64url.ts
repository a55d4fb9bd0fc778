/** Bytes as base64url without padding. */
export const toBase64url = (bytes: Uint8Array): string =>
	btoa(String.fromCharCode(...bytes))
		.replace(/\+/g, '-')
		.replace(/\//g, '_')
		.replace(/=/g, '');

/** Bytes of a base64url or base64 string. Throws `InvalidCharacterError` on anything else. */
export const fromBase64url = (text: string): Uint8Array =>
	Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
