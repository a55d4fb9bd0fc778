/** A UUIDv7 (RFC 9562): 48 bits of Unix time in milliseconds, then 74 random bits. Made where the event happens, so that a retry keeps it. */
export function uuidV7(): string {
	const time = Date.now().toString(16).padStart(12, '0');
	// From the variant and the random bits on, a UUIDv4 is the same.
	return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

/** Sixteen bytes as lower-case 8-4-4-4-12. An AAGUID is written so. */
export function formatUuid(bytes: Uint8Array): string {
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
