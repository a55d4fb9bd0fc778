import { unlink, writeFile } from 'node:fs/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Segment } from './segment.ts';

/** Of the copy of a segment in large blocks. */
export const JOINED = '.joined';
/** Blocks that are this large on average are left as they are. */
const LARGE_ROWS = 100;
/** As many rows are encoded before other work has its turn. */
const BLOCK_ROWS = 1_000;
/** More are not kept in memory. */
const MOST_ROWS = 10_000;

/**
 * The rows of a segment that is being written, as long as they come in small blocks. A block costs the database most of a
 * millisecond whatever is in it, so two thousand rows in blocks of ten cost it twice what they cost in large ones.
 */
export class SmallBlocks<Row> {
	private rows: Row[] | undefined = [];
	private blocks = 0;

	add(block: readonly Row[]): void {
		this.blocks++;
		this.rows?.push(...block);
		const count = this.rows?.length ?? 0;
		if (count > MOST_ROWS || (count > BLOCK_ROWS && this.areLarge(count))) this.rows = undefined;
	}

	/**
	 * Writes the same rows in large blocks beside the closed segment, for the insert alone: it is not synced, and what survives
	 * is the segment.
	 *
	 * @returns where; undefined where the segment itself will do
	 */
	async join(
		{ path }: Pick<Segment, 'path'>,
		encode: (rows: readonly Row[]) => Buffer
	): Promise<string | undefined> {
		const { rows } = this;
		this.rows = undefined;
		if (!rows || this.blocks < 2 || this.areLarge(rows.length)) return undefined;
		const joined = path + JOINED;
		try {
			const parts: Buffer[] = [];
			for (let at = 0; at < rows.length; at += BLOCK_ROWS) {
				parts.push(encode(rows.slice(at, at + BLOCK_ROWS)));
				await otherWork();
			}
			await writeFile(joined, parts);
			return joined;
		} catch {
			// A disk that is full takes no copy, and none is needed.
			await dropJoined({ joined });
			return undefined;
		}
	}

	private areLarge(rows: number): boolean {
		return rows >= this.blocks * LARGE_ROWS;
	}
}

/** From here on the segment itself is inserted. */
export async function dropJoined(segment: Pick<Segment, 'joined'>): Promise<void> {
	const { joined } = segment;
	delete segment.joined;
	if (joined !== undefined) await unlink(joined).catch(() => undefined);
}
