import { z } from 'zod';

// Each ends in what it gives, so that a description of an answer can be made of a row (see lib/server/api).

/** A count: 64-bit numbers arrive as text, and a count of rows never exceeds what a JavaScript number holds exactly. */
export const count = z.coerce.number();

/** A UTC time as the database writes it, handed on as ISO 8601 with its zone, so that no reader takes it for local time. */
export const utcTime = z
	.string()
	.transform((text) => `${text.replace(' ', 'T')}Z`)
	.pipe(z.iso.datetime());

/** A boolean: a Bool column arrives as true or false, a comparison as 1 or 0. */
export const bool = z
	.union([z.boolean(), z.literal(0), z.literal(1)])
	.transform(Boolean)
	.pipe(z.boolean());

/** A boolean the database may not know. */
export const flag = bool.nullable();

/**
 * SQL that writes a UInt64 hash as 16 lower-case hex digits, `''` for 0 (none).
 * Plain `hex()` drops leading zero bytes, so one hash in 256 would come out short.
 */
export function hashSql(column: string): string {
	return `if(${column} = 0, '', leftPad(lower(hex(${column})), 16, '0'))`;
}

/** The number of a 16-digit hash, as text that can be bound to a UInt64; undefined when it is none. */
export function parseHash(hash: string): string | undefined {
	return /^[0-9a-f]{16}$/.test(hash) ? BigInt(`0x${hash}`).toString() : undefined;
}
