import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Question, Work } from './bench-collector.ts';
import type { Load } from './generate-load.ts';
import { generate, type History, type Target } from './generate.ts';
import { processorTime, spentOnEach, type ProcessorTime } from './processor-time.ts';
import { residentMegabytes } from './resident-megabytes.ts';
import { sampleBatch } from './sample-batch.ts';
import { result, type BenchResult } from '../part.ts';

const EVENTS = 10_000_000;
const TENS = sampleBatch({ ceremonies: 1 });
const BULK = sampleBatch({ ceremonies: 50, size: 500 });
/** What ten events cost is measured at a calm rate… */
const CALM_MS = 5_000;
/** …and what bulk does over many inserts, their merges and remade days: one of those may fall into a shorter time or not. */
const BULK_MS = 20_000;

/** With the processor time of the process for a bulk event, in microseconds, and what the database did for it. */
interface Cost extends ProcessorTime, Work {
	/** From a batch of ten to its answer, milliseconds. */
	p50: number;
	/** Events a second, acknowledged and landed. */
	landed: number;
	megabytes: number;
}

interface Side {
	child: ChildProcess;
	target: Target;
	/** When batches happened of which so many events are there already. */
	history?: (events: number, size: number) => History;
}

/**
 * What an event costs with 100,000 in the database and with every ten times as many, up to ten million (`rows` says another
 * number): the last against the first. They come in the order they happened in, over so many days, or all now.
 */
export async function measureGrowth({
	name,
	rows = EVENTS,
	days
}: {
	name: string;
	rows?: number | undefined;
	days?: number;
}): Promise<BenchResult[]> {
	const dataDir = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
	const child = fork(join(import.meta.dirname, 'bench-collector.ts'), [dataDir]);
	const [hello] = (await once(child, 'message')) as [{ url: string; ingestKey: string }];
	const side: Side = {
		child,
		target: { url: `${hello.url}/v1/events`, key: hello.ingestKey },
		...(days !== undefined && { history: spread(days, rows) })
	};
	const costs: Cost[] = [];
	try {
		await measure(side);
		for (let mark = 100_000; mark <= rows; mark *= 10) {
			await fill(side, mark);
			const cost = await measure(side);
			costs.push(cost);
			say(mark, cost);
		}
	} finally {
		child.kill('SIGKILL');
		await once(child, 'exit');
		await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
	}
	const [first, last] = [costs[0]!, costs.at(-1)!];
	const compare = (what: string, unit: string, of: keyof Cost) =>
		result({
			name: `${name}: ${what}, ${rows} events`,
			ours: last[of],
			reference: first[of],
			unit,
			against: 'the same with 100,000 events'
		});
	return [
		compare('to an answer, p50', 'ms', 'p50'),
		compare('bulk acknowledged and landed', 'events/s', 'landed'),
		compare('processor time of the event loop for an event', 'µs', 'loop'),
		compare('of all other threads, the database', 'µs', 'others'),
		compare('rows merged for an event', 'rows', 'merged'),
		compare('rows read for an event', 'rows', 'read'),
		compare('memory', 'MB', 'megabytes')
	];
}

const DAY_MS = 86_400_000;
/** Measuring goes on after the last mark, and what comes then must not happen in the future: more than twenty seconds bring. */
const BEYOND = 4_000_000;

function spread(days: number, rows: number): NonNullable<Side['history']> {
	const from = Date.now() - days * DAY_MS;
	const each = (days * DAY_MS) / (rows + BEYOND);
	return (events, size) => ({ from: from + events * each, pace: size * each });
}

function say(mark: number, cost: Cost): void {
	const { p50, landed, loop, others, merged, read, megabytes } = cost;
	process.stderr.write(
		`\n${mark} events: ${p50.toFixed(1)} ms to an answer, ${Math.round(landed)} events/s landed, ${loop.toFixed(1)} µs of the event loop and ${others.toFixed(1)} µs of other threads for each, ${merged.toFixed(1)} rows merged and ${read.toFixed(1)} read, ${megabytes} MB\n`
	);
}

async function ask<Answer>({ child }: Side, question: Question): Promise<Answer> {
	child.send(question);
	const [answer] = (await once(child, 'message')) as [Answer];
	return answer;
}

function landed(side: Side): Promise<number> {
	return ask(side, 'landed');
}

/** Batches that go on where those before ended. */
async function send(
	side: Side,
	batch: { events: unknown[] },
	load: { milliseconds: number; connections?: number; rate?: number }
): Promise<Load> {
	const history = side.history?.(await landed(side), batch.events.length);
	return generate({ target: side.target, batch, ...load, ...(history && { history }) });
}

async function fill(side: Side, mark: number): Promise<void> {
	for (let rows = await landed(side); rows < mark; rows = await landed(side)) {
		process.stderr.write(`\r${rows} of ${mark} events `);
		await send(side, BULK, { milliseconds: BULK_MS });
	}
}

async function measure(side: Side): Promise<Cost> {
	const { p50 } = await send(side, TENS, { milliseconds: CALM_MS, connections: 8, rate: 50 });
	const before = await landed(side);
	const used = await processorTime(side.child);
	const worked = await ask<Work>(side, 'work');
	const started = performance.now();
	await send(side, BULK, { milliseconds: BULK_MS });
	const rows = (await landed(side)) - before;
	const seconds = (performance.now() - started) / 1000;
	const { merged, read } = await ask<Work>(side, 'work');
	return {
		p50,
		landed: rows / seconds,
		...spentOnEach({ before: used, after: await processorTime(side.child) }, rows),
		merged: (merged - worked.merged) / rows,
		read: (read - worked.read) / rows,
		megabytes: await residentMegabytes(side.child.pid!)
	};
}
