import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClickHouseClient } from '@clickhouse/client';
import { connectDatabase } from '../../migrations/connect.ts';
import { encodeBlock } from './encode-block.ts';
import { EVENT_COLUMNS, type EventRow } from './event-row.ts';
import { measureBlocks } from './measure-blocks.ts';
import { EVENT_STRUCTURE } from './store-segment.ts';

let directory: string;
let client: ClickHouseClient;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'passlens-block-'));
	client = await connectDatabase({ dataDir: directory, database: 'default' });
});
afterAll(async () => {
	await client.close();
	await rm(directory, { recursive: true, force: true });
});

/** What the database reads from the bytes. */
async function read(content: Buffer, columns = '*'): Promise<Record<string, unknown>[]> {
	const path = join(directory, 'rows');
	await writeFile(path, content);
	const result = await client.query({
		query: `SELECT ${columns} FROM file({path: String}, 'Native', {structure: String})`,
		query_params: { path, structure: EVENT_STRUCTURE },
		format: 'JSONEachRow'
	});
	return result.json();
}

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const row = (fields: EventRow): EventRow => ({
	project_id: 'shop',
	event_id: '019a0f3c-7c1e-7abc-8def-0123456789ab',
	event_type: 'ceremony.finished',
	occurred_at: AT,
	received_at: AT,
	...fields
});

test('every type of column arrives as it was, and what is left out is the default', async () => {
	const full = row({
		schema_version: 65_535,
		clock_skew_ms: -9_007_199_254_740_991,
		late: true,
		session_id: 'FFFFFFFF-ffff-4fff-bfff-ffffffffffff',
		user_hash: '18446744073709551615',
		tags: { shop: 'Zürich', ключ: '鍵 🔑', empty: '' },
		release: 'é'.repeat(80),
		verdict_detail: 'x'.repeat(240),
		webauthn_supported: false,
		capabilities: { conditionalGet: true, hybridTransport: false },
		timeout_ms: Number.MAX_SAFE_INTEGER,
		hints: ['security-key', 'hybrid'],
		elapsed_ms: 4_294_967_295,
		algorithm: -257,
		cause_evidence: ['one', 'two “quoted”']
	});
	const [first, second] = await read(encodeBlock([row({}), full]));
	expect(second).toMatchObject({
		...full,
		occurred_at: '2026-01-02 03:04:05.678',
		received_at: '2026-01-02 03:04:05.678',
		clock_skew_ms: '-9007199254740991',
		session_id: 'ffffffff-ffff-4fff-bfff-ffffffffffff',
		timeout_ms: '9007199254740991'
	});
	expect(first).toMatchObject({
		project_id: 'shop',
		event_id: '019a0f3c-7c1e-7abc-8def-0123456789ab',
		late: false,
		session_id: '00000000-0000-0000-0000-000000000000',
		user_hash: '0',
		tags: {},
		release: '',
		webauthn_supported: null,
		hints: [],
		elapsed_ms: null
	});
	expect(Object.keys(first!)).toEqual(Object.keys(EVENT_COLUMNS));
});

test.each([300, 70_000])('%i different texts in one column keep their rows', async (count) => {
	const rows = Array.from({ length: count }, (_, i) => row({ release: i % 3 ? `r${i}` : '' }));
	expect(await read(encodeBlock(rows), 'release')).toEqual(
		rows.map(({ release }) => ({ release }))
	);
});

test('blocks with different columns may follow one another, and are measured to the byte', async () => {
	const blocks = [
		encodeBlock([row({ release: 'a' }), row({ tags: { a: 'b' }, hints: ['x'] })]),
		encodeBlock([row({ capabilities: { a: true } })]),
		encodeBlock([row({ elapsed_ms: 1, verdict_detail: 'text' })])
	];
	const content = Buffer.concat(blocks);
	expect((await read(content)).length).toBe(4);
	expect(measureBlocks(content)).toEqual({ bytes: content.length, rows: 4, rest: 'nothing' });
	const twoBlocks = blocks[0]!.length + blocks[1]!.length;
	for (let end = twoBlocks; end < content.length; end++)
		expect(measureBlocks(content.subarray(0, end))).toEqual({
			bytes: twoBlocks,
			rows: 3,
			rest: end === twoBlocks ? 'nothing' : 'torn'
		});
});

test('what follows the last block is told apart: room the file system gave, and what nobody here wrote', () => {
	const block = encodeBlock([row({})]);
	const rest = (more: Buffer) => measureBlocks(Buffer.concat([block, more]));
	const whole = { bytes: block.length, rows: 1 };
	expect(rest(Buffer.alloc(4096))).toEqual({ ...whole, rest: 'torn' });
	expect(rest(Buffer.from('garbage\ngarbage'))).toEqual({ ...whole, rest: 'foreign' });
	const newer = Buffer.from(block);
	newer.write('other_name', newer.indexOf('event_type'));
	expect(rest(newer)).toEqual({ ...whole, rest: 'foreign' });
});

test('no rows are no block', () => {
	expect(() => encodeBlock([])).toThrow(RangeError);
});
