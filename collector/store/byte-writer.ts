/** Bytes written one after another into room that grows. Numbers are little-endian, as ClickHouse keeps them. */
export class ByteWriter {
	bytes = Buffer.allocUnsafe(64 * 1024);
	at = 0;

	/** Makes sure that `count` more bytes fit. */
	room(count: number): void {
		if (this.at + count <= this.bytes.length) return;
		const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + count));
		this.bytes.copy(larger, 0, 0, this.at);
		this.bytes = larger;
	}

	/** Takes `count` bytes, each `value`, to be filled in later. @returns where they begin */
	take(count: number, value = 0): number {
		this.room(count);
		const start = this.at;
		this.at += count;
		this.bytes.fill(value, start, this.at);
		return start;
	}

	/** LEB128, unsigned. */
	varint(value: number): void {
		this.room(10);
		let rest = value;
		while (rest > 0x7f) {
			this.bytes[this.at++] = (rest & 0x7f) | 0x80;
			rest = Math.floor(rest / 128);
		}
		this.bytes[this.at++] = rest;
	}

	/** Below 2^53. */
	uint64(value: number): void {
		this.uint64At(this.take(8), value);
	}

	/** Whole numbers of either sign, below 2^53. */
	uint64At(at: number, value: number): void {
		this.bytes.writeUInt32LE(value >>> 0, at);
		this.bytes.writeInt32LE(Math.floor(value / 2 ** 32) | 0, at + 4);
	}

	/** UTF-8 after its length. */
	text(value: string): void {
		const { length } = value;
		this.room(length * 3 + 10);
		if (length < 128 && this.ascii(value)) return;
		this.varint(Buffer.byteLength(value));
		this.at += this.bytes.write(value, this.at);
	}

	/** Short texts are nearly all ASCII, and writing those here costs a fraction of a call into the runtime. */
	private ascii(value: string): boolean {
		const start = this.at + 1;
		for (let i = 0; i < value.length; i++) {
			const code = value.charCodeAt(i);
			if (code > 0x7f) return false;
			this.bytes[start + i] = code;
		}
		this.bytes[this.at] = value.length;
		this.at = start + value.length;
		return true;
	}

	/** A copy of what was written; the room is used again. */
	finish(): Buffer {
		const written = Buffer.from(this.bytes.subarray(0, this.at));
		this.at = 0;
		return written;
	}
}
