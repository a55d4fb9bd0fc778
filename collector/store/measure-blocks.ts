import { FIRST_COLUMN } from './encode-block.ts';
import { EVENT_COLUMNS } from './event-row.ts';

/** What of a file's bytes are whole blocks. */
export interface Measured {
	/** Length of the whole blocks at its beginning. */
	bytes: number;
	rows: number;
	/** How it goes on: not at all, with a block that was cut off, or with something this version did not write. */
	rest: 'nothing' | 'torn' | 'foreign';
}

/**
 * Walks over blocks as `encodeBlock` writes them, without reading their values: after a crash it finds where the last whole
 * one ends. A column that this version does not know makes a block foreign: the database would drop it without a word.
 */
export function measureBlocks(content: Buffer): Measured {
	let bytes = 0;
	let rows = 0;
	const walk = new Walk(content);
	try {
		while (walk.at < content.length) {
			rows += skipBlock(walk);
			bytes = walk.at;
		}
		return { bytes, rows, rest: 'nothing' };
	} catch (error) {
		if (!(error instanceof Stop)) throw error;
		// A file system may give a file its length before its content.
		const blank = content.subarray(bytes).every((byte) => byte === 0);
		return { bytes, rows, rest: blank ? 'torn' : error.rest };
	}
}

class Stop extends Error {
	readonly rest: 'torn' | 'foreign';
	constructor(rest: Stop['rest']) {
		super(rest);
		this.rest = rest;
	}
}

class Walk {
	at = 0;
	private readonly content: Buffer;
	constructor(content: Buffer) {
		this.content = content;
	}

	/** @returns where the bytes skipped began */
	skip(count: number): number {
		const start = this.at;
		if (start + count > this.content.length) throw new Stop('torn');
		this.at = start + count;
		return start;
	}

	varint(): number {
		let value = 0;
		for (let shift = 0; shift < 35; shift += 7) {
			const byte = this.content[this.skip(1)]!;
			value += (byte & 0x7f) * 2 ** shift;
			if (byte < 0x80) return value;
		}
		throw new Stop('foreign');
	}

	uint64(): number {
		return Number(this.content.readBigUInt64LE(this.skip(8)));
	}

	text(length: number): string {
		return this.content.toString('utf8', this.skip(length), this.at);
	}

	skipTexts(count: number): void {
		for (let i = 0; i < count; i++) this.skip(this.varint());
	}
}

/** @returns how many rows the block has */
function skipBlock(walk: Walk): number {
	const columns = walk.varint();
	const rows = walk.varint();
	if (columns === 0 || rows === 0) throw new Stop('foreign');
	for (let i = 0; i < columns; i++) {
		const length = walk.varint();
		if (i === 0 && length !== FIRST_COLUMN.length) throw new Stop('foreign');
		const name = walk.text(length);
		if (!Object.hasOwn(EVENT_COLUMNS, name)) throw new Stop('foreign');
		skipColumn(walk, walk.text(walk.varint()), rows);
	}
	return rows;
}

const SIZES: Record<string, number> = {
	Bool: 1,
	UInt8: 1,
	UInt16: 2,
	UInt32: 4,
	Int32: 4,
	Int64: 8,
	UInt64: 8,
	DateTime64: 8,
	UUID: 16
};

function skipColumn(walk: Walk, type: string, rows: number): void {
	const inner = /^Nullable\((.+)\)$/.exec(type)?.[1];
	if (inner !== undefined) walk.skip(rows);
	const size = SIZES[(inner ?? type).replace(/\(.*/, '')];
	if (size !== undefined) walk.skip(rows * size);
	else if (type === 'String') walk.skipTexts(rows);
	else if (type === 'LowCardinality(String)') skipDictionaryTexts(walk);
	else if (type === 'Array(String)') walk.skipTexts(skipEnds(walk, rows));
	else if (/^Map\(String, (String|Bool)\)$/.test(type)) skipMap(walk, type, rows);
	else throw new Stop('foreign');
}

function skipDictionaryTexts(walk: Walk): void {
	walk.uint64();
	const width = 1 << (walk.uint64() & 0xff);
	walk.skipTexts(walk.uint64());
	walk.skip(walk.uint64() * width);
}

/** @returns how many items follow */
function skipEnds(walk: Walk, rows: number): number {
	walk.skip((rows - 1) * 8);
	return walk.uint64();
}

function skipMap(walk: Walk, type: string, rows: number): void {
	const entries = skipEnds(walk, rows);
	walk.skipTexts(entries);
	if (type.endsWith('Bool)')) walk.skip(entries);
	else walk.skipTexts(entries);
}
