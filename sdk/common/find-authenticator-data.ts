/**
 * `authData` of an attestation object, and what follows it, for browsers without `getAuthenticatorData()` (Chrome before 85,
 * Firefox before 119, Safari before 16) and shims that leave it out. Found by its key, the text string
 * "authData" with its head, as CBOR (RFC 8949) writes it: between 24 bytes and 64 KiB long, it
 * has a length of one byte (head 0x58) or two (0x59). Empty when there is none.
 */
export function findAuthenticatorData(attestationObject: Uint8Array): Uint8Array {
	const head = String.fromCharCode(...attestationObject).indexOf('hauthData') + 9;
	return attestationObject.subarray(head < 9 ? Infinity : head + attestationObject[head]! - 0x56);
}
