import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { LIMITS } from '../sdk/event/index.ts';
import { startCollector } from './start-collector.ts';
import { fuzzBodies } from './testing/fuzz-bodies.ts';
import { createSender, startTestCollector, uuidV7, type TestCollector } from './testing/harness.ts';

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector();
});
afterAll(() => collector.close());

const capabilities = (fields: object = {}) => ({
	id: uuidV7(),
	type: 'client.capabilities',
	time_unix_ms: Date.now(),
	webauthn: true,
	...fields
});
const count = async (release: string) => {
	const [row] = await collector.query<{ n: number }>(
		`SELECT toUInt32(count()) AS n FROM events_raw_v1 FINAL WHERE release = '${release}'`
	);
	return row!.n;
};

// `npm run bench -- --only fuzz` sends 100,000.
test(
	'five hundred malformed bodies are each refused or read, and none is a fault',
	{
		timeout: 240_000
	},
	async () => {
		const statuses = await fuzzBodies({
			url: collector.url,
			key: collector.serverKey,
			count: 500,
			seed: 1
		});
		expect(Object.keys(statuses).filter((status) => !['202', '400'].includes(status))).toEqual([]);
		expect(statuses[400]).toBeGreaterThan(250);
		expect(collector.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
		expect((await collector.send([capabilities({ release: 'after-fuzz' })])).status).toBe(202);
		await collector.stored();
		expect(await count('after-fuzz')).toBe(1);
	}
);

test(
	'bodies that would inflate to gigabytes cost no more than the limit',
	{
		timeout: 120_000
	},
	async () => {
		const bomb = gzipSync(Buffer.alloc(200 * 1024 ** 2));
		expect(bomb.length).toBeLessThan(LIMITS.batch_bytes);
		const before = process.memoryUsage().rss;
		const statuses = await Promise.all(
			Array.from({ length: 50 }, async () => {
				// A connection of its own: one kept alive may be closed by the server at this very moment.
				const sent = request(`${collector.url}/v1/events?key=${collector.ingestKey}`, {
					method: 'POST',
					agent: false,
					headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }
				}).end(bomb);
				const [response] = (await once(sent, 'response')) as [IncomingMessage];
				response.resume();
				return response.statusCode;
			})
		);
		expect(new Set(statuses)).toEqual(new Set([413]));
		// Fifty times 200 MB would have been ten gigabytes.
		expect((await collector.send([capabilities()])).status).toBe(202);
		expect(process.memoryUsage().rss - before).toBeLessThan(500 * 1024 ** 2);
	}
);

test('a clock that jumps while the collector runs loses nothing and stops nothing', async () => {
	const now = Date.now();
	vi.useFakeTimers({ toFake: ['Date'], now });
	try {
		for (const jump of [0, 86_400_000, -3_600_000, -86_400_000]) {
			vi.setSystemTime(now + jump);
			const answer = await collector.send([capabilities({ release: 'jump' })]);
			expect(answer.status).toBe(202);
		}
	} finally {
		vi.useRealTimers();
	}
	await collector.stored();
	expect(await count('jump')).toBe(4);
});

/** A file system of two megabytes: only root may mount one. */
const mayMount = process.getuid?.() === 0 && process.platform === 'linux' && canMount();

function canMount(): boolean {
	const directory = execFileSync('mktemp', ['-d']).toString().trim();
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory], {
			stdio: 'ignore'
		});
		execFileSync('umount', [directory]);
		return true;
	} catch {
		return false;
	} finally {
		execFileSync('rmdir', [directory]);
	}
}

test.skipIf(!mayMount)(
	'a full disk is told to senders, and when there is room again all goes on: what was acknowledged is there',
	async () => {
		const dataDir = await mkdtemp(join(tmpdir(), 'passlens-full-'));
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', dataDir]);
		const full = await startCollector({
			port: 0,
			dataDir,
			database: { dataDir: collector.dataDir },
			settings: collector.settings,
			flushIntervalMs: 100,
			log: () => undefined
		});
		try {
			const send = createSender({ ...collector, url: full.url });
			const acknowledged: string[] = [];
			const post = async () => {
				const events = Array.from({ length: 20 }, () => capabilities({ release: 'full' }));
				const { status, headers } = await send(events);
				if (status === 202) acknowledged.push(...events.map(({ id }) => id));
				return { status, retryAfter: headers.get('retry-after') };
			};
			const ready = async () => (await fetch(`${full.url}/readyz`)).status;
			expect(await post()).toEqual({ status: 202, retryAfter: null });

			const filler = join(dataDir, 'filler');
			const blocks = Number(
				execFileSync('df', ['--output=avail', dataDir]).toString().split('\n')[1]
			);
			await writeFile(filler, Buffer.alloc(blocks * 1024)).catch(() => undefined);
			expect(await post()).toEqual({ status: 503, retryAfter: '5' });
			expect(await ready()).toBe(503);

			await rm(filler);
			await expect.poll(ready, { timeout: 15_000 }).toBe(200);
			expect((await post()).status).toBe(202);
			await full.close();
			const rows = await collector.query<{ id: string }>(
				`SELECT toString(event_id) AS id FROM events_raw_v1 FINAL WHERE release = 'full'`
			);
			expect(rows.map(({ id }) => id).sort()).toEqual(acknowledged.sort());
			expect(acknowledged.length).toBe(40);
		} finally {
			await full.close();
			execFileSync('umount', [dataDir]);
			await rm(dataDir, { recursive: true, force: true });
		}
	}
);
