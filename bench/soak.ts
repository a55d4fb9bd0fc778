import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleBatch } from './load/sample-batch.ts';
import { residentMegabytes } from './load/resident-megabytes.ts';
import { result, type BenchPart } from './part.ts';

const MINUTES = 15;
const REQUESTS_PER_SECOND = 50;
const QUARTER = 4;

interface Sample {
	megabytes: number;
	/** From an event's acknowledgement to a query that finds it. */
	lagMs: number;
}

/**
 * Fifteen minutes at five hundred events a second, each event another: memory of the whole process, embedded database
 * included, and the lag from a collector's answer to the figures. The last quarter is compared with the second; in the first
 * the database fills its caches.
 */
export const part: BenchPart = {
	name: 'soak',
	async run() {
		const dataDir = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
		const child = fork(join(import.meta.dirname, '../collector/testing/collector-process.ts'), [
			dataDir
		]);
		const [hello] = (await once(child, 'message')) as [{ url: string; ingestKey: string }];
		const samples: Sample[] = [];
		let refused = 0;
		const started = Date.now();
		const until = started + MINUTES * 60_000;
		const asking = (async () => {
			while (Date.now() < until) {
				await sleep(10_000);
				samples.push({
					megabytes: await residentMegabytes(child.pid!),
					lagMs: await measureLag(child, hello)
				});
				const { megabytes, lagMs } = samples.at(-1)!;
				process.stderr.write(
					`${Math.round((Date.now() - started) / 1000)} s: ${megabytes} MB, lag ${lagMs} ms, refused ${refused}\n`
				);
			}
		})();
		for (let sent = 0; Date.now() < until; sent++) {
			void post(hello, sampleBatch({ ceremonies: 1 })).then((taken) => (refused += taken ? 0 : 1));
			await sleep(Math.max(0, started + (sent * 1000) / REQUESTS_PER_SECOND - Date.now()));
		}
		await asking;
		child.kill('SIGKILL');
		await once(child, 'exit');
		await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
		if (refused > 0) throw new Error(`${refused} batches were refused.`);
		const [, second, , last] = quarters(samples);
		const compare = (name: string, unit: string, of: keyof Sample) =>
			result({
				name: `soak: ${name}, last quarter`,
				ours: median(last!.map((sample) => sample[of])),
				reference: median(second!.map((sample) => sample[of])),
				unit,
				against: `the second quarter of ${MINUTES} minutes at ${REQUESTS_PER_SECOND * 10} events/s`
			});
		return [compare('memory', 'MB', 'megabytes'), compare('lag', 'ms', 'lagMs')];
	}
};

type Hello = { url: string; ingestKey: string };

async function post({ url, ingestKey }: Hello, batch: object): Promise<boolean> {
	try {
		const response = await fetch(`${url}/v1/events?key=${ingestKey}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(batch)
		});
		await response.arrayBuffer();
		return response.status === 202;
	} catch {
		return false;
	}
}

async function measureLag(child: ReturnType<typeof fork>, hello: Hello): Promise<number> {
	const batch = sampleBatch({ ceremonies: 1 });
	const { id } = batch.events[0] as { id: string };
	await post(hello, batch);
	const acknowledged = performance.now();
	for (;;) {
		const today = `event_date >= today() - 1 AND received_at > now() - INTERVAL 5 MINUTE`;
		const query = `SELECT count() AS n FROM events_raw_v1 WHERE ${today} AND event_id = '${id}'`;
		child.send({ id: 1, query });
		const [answer] = (await once(child, 'message')) as [{ rows: { n: string }[] }];
		if (answer.rows[0]!.n !== '0') return Math.round(performance.now() - acknowledged);
		await sleep(20);
	}
}

function quarters<Item>(items: Item[]): Item[][] {
	const size = Math.floor(items.length / QUARTER);
	return Array.from({ length: QUARTER }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function median(values: number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
