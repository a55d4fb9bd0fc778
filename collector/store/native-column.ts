import type { ByteWriter } from './byte-writer.ts';

/** One column of a block: the values that are there, and in which rows. All others take the column's default. */
export interface NativeColumn {
	/** As it stands in the block; ClickHouse turns it into the table's. */
	type: string;
	/** What a row without a value has: such a value need not be written. Undefined: NULL or something empty. */
	missing: string | number | boolean | undefined;
	/** How many values there are: lists that were emptied for each block would grow anew in each. */
	count: number;
	/** Ascending, so many. */
	rows: number[];
	/** One for each of `rows`. */
	values: unknown[];
	/** Writes the column's data for a block of so many rows. */
	write: (out: ByteWriter, column: NativeColumn, rowCount: number) => void;
}

type Write = NativeColumn['write'];
type Fixed = { bytes: number; put: (out: ByteWriter, at: number, value: never) => void };

/** How a ClickHouse type is written in its Native format. @throws RangeError for a type no column has so far */
export function nativeColumn(type: string): NativeColumn {
	const inner = /^Nullable\((.+)\)$/.exec(type)?.[1];
	const fixed = FIXED[(inner ?? type).replace(/\(.*/, '')];
	const empty = { missing: undefined, count: 0, rows: [], values: [] };
	if (fixed && inner) return { ...empty, type, write: nullable(fixed) };
	if (fixed) return { ...empty, type, missing: type === 'Bool' ? false : 0, write: all(fixed) };
	if (type === 'String') return { ...empty, type, missing: '', write: texts };
	if (type === 'LowCardinality(String)')
		return { ...empty, type, missing: '', write: dictionaryTexts };
	// Without dictionaries inside: these are short and rare.
	const plain = type.replace(/LowCardinality\((\w+)\)/g, '$1');
	if (plain === 'Array(String)') return { ...empty, type: plain, write: arrays };
	if (plain === 'Map(String, String)') return { ...empty, type: plain, write: maps(writeText) };
	if (plain === 'Map(String, Bool)') return { ...empty, type: plain, write: maps(writeBool) };
	throw new RangeError(`No column of type ${type} can be written.`);
}

const FIXED: Record<string, Fixed> = {
	Bool: { bytes: 1, put: (out, at, value: boolean) => (out.bytes[at] = value ? 1 : 0) },
	UInt8: { bytes: 1, put: (out, at, value: number) => (out.bytes[at] = value) },
	UInt16: { bytes: 2, put: (out, at, value: number) => out.bytes.writeUInt16LE(value, at) },
	UInt32: { bytes: 4, put: (out, at, value: number) => out.bytes.writeUInt32LE(value, at) },
	Int32: { bytes: 4, put: (out, at, value: number) => out.bytes.writeInt32LE(value, at) },
	Int64: { bytes: 8, put: (out, at, value: number) => out.uint64At(at, value) },
	DateTime64: { bytes: 8, put: (out, at, value: number) => out.uint64At(at, value) },
	UInt64: { bytes: 8, put: putUint64 },
	UUID: { bytes: 16, put: putUuid }
};

function all({ bytes, put }: Fixed): Write {
	return (out, { rows, values, count }, rowCount) => {
		const start = out.take(rowCount * bytes);
		for (let i = 0; i < count; i++) put(out, start + rows[i]! * bytes, values[i] as never);
	};
}

/** A byte a row says whether it is NULL, then come the values. */
function nullable(fixed: Fixed): Write {
	const write = all(fixed);
	return (out, column, rowCount) => {
		const start = out.take(rowCount, 1);
		for (let i = 0; i < column.count; i++) out.bytes[start + column.rows[i]!] = 0;
		write(out, column, rowCount);
	};
}

const texts: Write = (out, { rows, values, count }, rowCount) => {
	let next = 0;
	for (let row = 0; row < rowCount; row++) {
		if (next < count && rows[next] === row) out.text(values[next++] as string);
		else out.varint(0);
	}
};

const SHARED_DICTIONARIES = 1;
/** The dictionary stands in the block, whole. */
const OWN_DICTIONARY = (1 << 9) | (1 << 10);

/** Each text once, then a row's number among them. 0 is the empty one, so rows without a value need no work. */
const dictionaryTexts: Write = (out, { rows, values, count }, rowCount) => {
	const known = new Map<string, number>([['', 0]]);
	const numbers = new Uint32Array(count);
	// The rows of a batch mostly say the same.
	let before: unknown = '';
	let number = 0;
	for (let i = 0; i < count; i++) {
		const value = values[i];
		if (value !== before) {
			before = value;
			number = known.get(value as string) ?? known.size;
			if (number === known.size) known.set(value as string, number);
		}
		numbers[i] = number;
	}
	const width = known.size <= 2 ** 8 ? 1 : known.size <= 2 ** 16 ? 2 : 4;
	out.uint64(SHARED_DICTIONARIES);
	out.uint64(OWN_DICTIONARY | (width >> 1));
	out.uint64(known.size);
	for (const text of known.keys()) out.text(text);
	out.uint64(rowCount);
	const start = out.take(rowCount * width);
	if (width === 1) for (let i = 0; i < count; i++) out.bytes[start + rows[i]!] = numbers[i]!;
	else
		for (let i = 0; i < count; i++)
			out.bytes.writeUIntLE(numbers[i]!, start + rows[i]! * width, width);
};

/** Where each row's items end, then all items. @returns the items */
function writeEnds<Item>(
	out: ByteWriter,
	{ rows, values, count }: NativeColumn,
	rowCount: number,
	itemsOf: (value: never) => readonly Item[]
): Item[] {
	const items: Item[] = [];
	let next = 0;
	for (let row = 0; row < rowCount; row++) {
		if (next < count && rows[next] === row) items.push(...itemsOf(values[next++] as never));
		out.uint64(items.length);
	}
	return items;
}

const arrays: Write = (out, column, rowCount) => {
	for (const text of writeEnds(out, column, rowCount, (value: readonly string[]) => value))
		out.text(text);
};

function maps(writeValue: (out: ByteWriter, value: unknown) => void): Write {
	return (out, column, rowCount) => {
		const entries = writeEnds(out, column, rowCount, (value: object) => Object.entries(value));
		for (const [key] of entries) out.text(key);
		for (const [, value] of entries) writeValue(out, value);
	};
}

function writeText(out: ByteWriter, value: unknown): void {
	out.text(value as string);
}

function writeBool(out: ByteWriter, value: unknown): void {
	out.bytes[out.take(1)] = value ? 1 : 0;
}

const HEX = new Uint8Array(128);
for (let digit = 0; digit < 16; digit++) {
	HEX[digit.toString(16).charCodeAt(0)] = digit;
	HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

let latestHash: { value: number | string; number: bigint } = { value: 0, number: 0n };

/** Reading decimal digits is most of the work, and the rows of a batch are mostly one user's. */
function putUint64(out: ByteWriter, at: number, value: number | string): void {
	if (value !== latestHash.value) latestHash = { value, number: BigInt(value) };
	out.bytes.writeBigUInt64LE(latestHash.number, at);
}

const latestUuid = { text: '', bytes: new Uint8Array(16) };

/** Two halves of eight bytes, each the other way round. The events of a batch are mostly of one visit. */
function putUuid(out: ByteWriter, at: number, uuid: string): void {
	if (uuid === latestUuid.text) return void out.bytes.set(latestUuid.bytes, at);
	let byte = 0;
	for (let i = 0; i < uuid.length; i += 2) {
		if (uuid.charCodeAt(i) === DASH) i++;
		const value = (HEX[uuid.charCodeAt(i)]! << 4) | HEX[uuid.charCodeAt(i + 1)]!;
		out.bytes[at + (byte < 8 ? 7 - byte : 23 - byte)] = value;
		byte++;
	}
}

const DASH = 0x2d;
