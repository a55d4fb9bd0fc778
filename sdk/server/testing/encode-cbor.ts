export type Encodable =
	number | string | Uint8Array | Encodable[] | ReadonlyMap<number | string, Encodable>;

/** CBOR (RFC 8949), as much as attestation objects need: integers, text, bytes, arrays and maps, shortest heads, map order as given. */
export function encodeCbor(value: Encodable): Buffer {
	if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
	if (typeof value === 'string') {
		const text = Buffer.from(value);
		return Buffer.concat([head(3, text.length), text]);
	}
	if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
	if (Array.isArray(value)) {
		return Buffer.concat([head(4, value.length), ...value.map(encodeCbor)]);
	}
	const entries = [...value].flat() as Encodable[];
	return Buffer.concat([head(5, value.size), ...entries.map(encodeCbor)]);
}

function head(major: number, argument: number): Buffer {
	if (argument < 24) return Buffer.from([(major << 5) | argument]);
	if (argument < 0x100) return Buffer.from([(major << 5) | 24, argument]);
	const bytes = Buffer.alloc(argument < 0x10000 ? 3 : 5);
	bytes[0] = (major << 5) | (bytes.length === 3 ? 25 : 26);
	bytes.writeUIntBE(argument, 1, bytes.length - 1);
	return bytes;
}
