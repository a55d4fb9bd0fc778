import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { sampleBatch } from './load/sample-batch.ts';
import { result, type BenchPart } from './part.ts';

const CONNECTIONS = 32;
const WARM_UP_MS = 1_500;
const MEASURED_MS = 5_000;
const ROUNDS = 2;

/**
 * Batches of ten events the collector acknowledges in a second, each on disk by then, against a server that keeps nothing.
 * Both get the same bytes from a generator in a third process, by turns, and the best round of each counts.
 */
export const part: BenchPart = {
	name: 'ingest',
	async run() {
		const body = JSON.stringify(sampleBatch({ ceremonies: 1 }));
		const dataDir = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
		const bare = start('bare-server.ts');
		const [port] = (await once(bare, 'message')) as [number];
		const ours = start('bench-collector.ts', dataDir);
		const [hello] = (await once(ours, 'message')) as [{ url: string; ingestKey: string }];
		const targets = {
			reference: { url: `http://127.0.0.1:${port}/`, key: 'none' },
			ours: { url: `${hello.url}/v1/events`, key: hello.ingestKey }
		};
		const best = { reference: 0, ours: 0 };
		try {
			for (const name of ['reference', 'ours'] as const)
				await load({ ...targets[name], body, milliseconds: WARM_UP_MS });
			for (let round = 0; round < ROUNDS; round++)
				for (const name of ['reference', 'ours'] as const)
					best[name] = Math.max(
						best[name],
						await load({ ...targets[name], body, milliseconds: MEASURED_MS })
					);
		} finally {
			for (const child of [bare, ours]) child.kill('SIGKILL');
			await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
		}
		return [
			result({
				name: 'ingest: batches of ten acknowledged',
				...best,
				unit: 'requests/s',
				against: `node:http, JSON.parse and the schemas, keeping nothing (${body.length} bytes a batch)`
			})
		];
	}
};

function start(file: string, ...args: string[]): ChildProcess {
	return fork(join(import.meta.dirname, 'load', file), args);
}

async function load({
	url,
	key,
	body,
	milliseconds
}: {
	url: string;
	key: string;
	body: string;
	milliseconds: number;
}): Promise<number> {
	const child = spawn(
		process.execPath,
		[
			join(import.meta.dirname, 'load/generate-load.ts'),
			url,
			`Bearer ${key}`,
			String(milliseconds),
			String(CONNECTIONS)
		],
		{ stdio: ['pipe', 'pipe', 'inherit'] }
	);
	child.stdin.end(body);
	const { answers, failures, seconds } = JSON.parse(await text(child.stdout)) as {
		answers: number;
		failures: number;
		seconds: number;
	};
	if (failures > 0) throw new Error(`${failures} of ${answers + failures} requests were refused.`);
	return answers / seconds;
}
