/** A UUIDv7 (RFC 9562): 48 bits of Unix time in milliseconds, then 74 random bits. Made where the event happens, so that a retry keeps it. */
export function uuidV7(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	const time = Date.now();
	for (let i = 0; i < 6; i++) bytes[i] = time / 2 ** (40 - 8 * i);
	bytes[6] = (bytes[6]! & 15) | 0x70;
	bytes[8] = (bytes[8]! & 63) | 0x80;
	return formatUuid(bytes);
}

/** Sixteen bytes as lower-case 8-4-4-4-12. An AAGUID is written the same way. */
export function formatUuid(bytes: Uint8Array): string {
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
