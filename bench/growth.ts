import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate, type Target } from './load/generate.ts';
import { processorTime, spentOnEach, type ProcessorTime } from './load/processor-time.ts';
import { residentMegabytes } from './load/resident-megabytes.ts';
import { sampleBatch } from './load/sample-batch.ts';
import { result, type BenchPart } from './part.ts';

const EVENTS = 10_000_000;
const TENS = sampleBatch({ ceremonies: 1 });
const BULK = sampleBatch({ ceremonies: 50, size: 500 });
/** What ten events cost is measured at a calm rate… */
const CALM_MS = 5_000;
/** …and what bulk does over many inserts, their merges and remade days: one of those may fall into a shorter time or not. */
const BULK_MS = 20_000;

/** With the processor time of the process for a bulk event, in microseconds. */
interface Cost extends ProcessorTime {
	/** From a batch of ten to its answer, milliseconds. */
	p50: number;
	/** Events a second, acknowledged and landed. */
	landed: number;
	megabytes: number;
}

/**
 * What an event costs in an empty database and with every ten times as many in it, up to ten million (`--rows` says another
 * number): the last against the first full one.
 */
export const part: BenchPart = {
	name: 'growth',
	async run({ rows = EVENTS }) {
		const dataDir = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
		const child = fork(join(import.meta.dirname, 'load/bench-collector.ts'), [dataDir]);
		const [hello] = (await once(child, 'message')) as [{ url: string; ingestKey: string }];
		const target = { url: `${hello.url}/v1/events`, key: hello.ingestKey };
		const costs: Cost[] = [];
		try {
			await measure(child, target);
			for (let mark = 100_000; mark <= rows; mark *= 10) {
				await fill(child, target, mark);
				const cost = await measure(child, target);
				costs.push(cost);
				say(mark, cost);
			}
		} finally {
			child.kill('SIGKILL');
			await once(child, 'exit');
			await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
		}
		const [first, last] = [costs[0]!, costs.at(-1)!];
		const against = 'the same with 100,000 events';
		const compare = (name: string, unit: string, of: keyof Cost) =>
			result({
				name: `growth: ${name}, ${rows} events`,
				ours: last[of],
				reference: first[of],
				unit,
				against
			});
		return [
			compare('to an answer, p50', 'ms', 'p50'),
			compare('bulk acknowledged and landed', 'events/s', 'landed'),
			compare('processor time of the event loop for an event', 'µs', 'loop'),
			compare('of all other threads, the database', 'µs', 'others'),
			compare('memory', 'MB', 'megabytes')
		];
	}
};

function say(mark: number, { p50, landed, loop, others, megabytes }: Cost): void {
	process.stderr.write(
		`\n${mark} events: ${p50.toFixed(1)} ms to an answer, ${Math.round(landed)} events/s landed, ${loop.toFixed(1)} µs of the event loop and ${others.toFixed(1)} µs of other threads for each, ${megabytes} MB\n`
	);
}

async function landed(child: ChildProcess): Promise<number> {
	child.send('landed');
	const [rows] = (await once(child, 'message')) as [number];
	return rows;
}

async function fill(child: ChildProcess, target: Target, mark: number): Promise<void> {
	for (let rows = await landed(child); rows < mark; rows = await landed(child)) {
		process.stderr.write(`\r${rows} of ${mark} events `);
		await generate({ target, batch: BULK, milliseconds: BULK_MS });
	}
}

async function measure(child: ChildProcess, target: Target): Promise<Cost> {
	const { p50 } = await generate({
		target,
		batch: TENS,
		milliseconds: CALM_MS,
		connections: 8,
		rate: 50
	});
	const before = await landed(child);
	const used = await processorTime(child);
	const started = performance.now();
	await generate({ target, batch: BULK, milliseconds: BULK_MS });
	const rows = (await landed(child)) - before;
	const seconds = (performance.now() - started) / 1000;
	return {
		p50,
		landed: rows / seconds,
		...spentOnEach({ before: used, after: await processorTime(child) }, rows),
		megabytes: await residentMegabytes(child.pid!)
	};
}
