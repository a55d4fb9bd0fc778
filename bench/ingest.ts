import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Question } from './load/bench-collector.ts';
import { generate, type Target } from './load/generate.ts';
import type { AsIs } from './load/insert-as-is.ts';
import { processorTime, spentOnEach, type ProcessorTime } from './load/processor-time.ts';
import { residentMegabytes } from './load/resident-megabytes.ts';
import { sampleBatch } from './load/sample-batch.ts';
import { result, type BenchPart } from './part.ts';

const WARM_UP_MS = 2_000;
const MEASURED_MS = 8_000;
const ROUNDS = 2;
const TENS = sampleBatch({ ceremonies: 1 });
/** As many as a request may carry: what a server sends that catches up. */
const BULK = sampleBatch({ ceremonies: 50, size: 500 });

/**
 * One round: what was acknowledged in a second of sending, what can be queried a second until the last of it can, and the
 * processor time of the process for one event, in microseconds.
 */
interface Round extends ProcessorTime {
	acknowledged: number;
	landed: number;
	p50: number;
	p99: number;
}

/**
 * Batches of ten events the collector acknowledges, each on disk by then, and lands in every table, against a server that keeps
 * nothing; large batches against the database taking the same rows ready-made. All get their bytes from a generator in a third
 * process, by turns, and the best round of each counts.
 */
export const part: BenchPart = {
	name: 'ingest',
	async run() {
		const dataDir = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
		const bare = start('bare-server.ts');
		const [port] = (await once(bare, 'message')) as [number];
		const ours = start('bench-collector.ts', dataDir);
		const [hello] = (await once(ours, 'message')) as [{ url: string; ingestKey: string }];
		const reference = { url: `http://127.0.0.1:${port}/`, key: 'none' };
		const collector = { url: `${hello.url}/v1/events`, key: hello.ingestKey };
		try {
			const sides = {
				bare: { target: reference, child: bare },
				ours: { target: collector, child: ours, lands: true }
			};
			for (const side of Object.values(sides)) await round(side, TENS, WARM_UP_MS);
			const bareTens: Round[] = [];
			const tens: Round[] = [];
			const bulk: Round[] = [];
			for (let i = 0; i < ROUNDS; i++) {
				bareTens.push(await round(sides.bare, TENS));
				tens.push(await round(sides.ours, TENS));
				bulk.push(await round(sides.ours, BULK));
			}
			const steady = { batch: TENS, milliseconds: MEASURED_MS, rate: 200, connections: 8 };
			const calm = await generate({ target: collector, ...steady });
			const bareCalm = await generate({ target: reference, ...steady });
			const memory = [await residentMegabytes(ours.pid!), await residentMegabytes(bare.pid!)];
			const asIs = await ask<AsIs>(ours, 'as is');

			const against = `node:http, JSON.parse and the schemas, keeping nothing`;
			const prepared = 'the same rows from a prepared Native file, in one statement';
			const [b, t, k] = [best(bareTens), best(tens), best(bulk)];
			const row = (name: string, mine: number, other: number, unit: string, to = against) =>
				result({ name: `ingest: ${name}`, ours: mine, reference: other, unit, against: to });
			return [
				row('tens acknowledged', t.acknowledged / 10, b.acknowledged / 10, 'requests/s'),
				row('tens acknowledged and landed', t.landed, b.acknowledged, 'events/s'),
				row('tens landed', t.landed, asIs.everyTable, 'events/s', prepared),
				row('bulk acknowledged and landed', k.landed, asIs.everyTable, 'events/s', prepared),
				row(
					'rows into every table, ready-made',
					asIs.everyTable,
					asIs.tableAlone,
					'rows/s',
					'the same into a table that feeds no other'
				),
				row('processor time of the event loop for ten', t.loop * 10, b.loop * 10, 'µs'),
				row('of all other threads, the database', t.others * 10, b.others * 10, 'µs'),
				row('processor time of all threads for ten', spent(t) * 10, spent(b) * 10, 'µs'),
				row('of the event loop for one of bulk', k.loop, k.others, 'µs', 'all other threads'),
				row(
					'processor time of all threads for one of bulk',
					spent(k),
					asIs.processorTime,
					'µs',
					prepared
				),
				row('p50, 32 connections at once', t.p50, b.p50, 'ms'),
				row('p99, 32 connections at once', t.p99, b.p99, 'ms'),
				row('p50, 200 requests a second', calm.p50, bareCalm.p50, 'ms'),
				row('p99, 200 requests a second', calm.p99, bareCalm.p99, 'ms'),
				row('memory, database included', memory[0]!, memory[1]!, 'MB')
			];
		} finally {
			for (const child of [bare, ours]) child.kill('SIGKILL');
			await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
		}
	}
};

function start(file: string, ...args: string[]): ChildProcess {
	return fork(join(import.meta.dirname, 'load', file), args);
}

async function ask<Answer>(child: ChildProcess, question: Question): Promise<Answer> {
	child.send(question);
	const [answer] = (await once(child, 'message')) as [Answer];
	return answer;
}

interface Side {
	target: Target;
	child: ChildProcess;
	/** What it acknowledges lands: it is waited for, and counted. */
	lands?: boolean;
}

async function round(
	{ target, child, lands }: Side,
	batch: { events: unknown[] },
	milliseconds = MEASURED_MS
): Promise<Round> {
	const held = lands ? await ask<number>(child, 'landed') : 0;
	const before = await processorTime(child);
	const started = performance.now();
	const { answers, seconds, p50, p99 } = await generate({ target, batch, milliseconds });
	const events = answers * batch.events.length;
	const rows = lands ? (await ask<number>(child, 'landed')) - held : events;
	if (rows !== events)
		throw new Error(`${events} events were acknowledged and ${rows} rows are there.`);
	const landedIn = (performance.now() - started) / 1000;
	return {
		acknowledged: events / seconds,
		landed: events / landedIn,
		...spentOnEach({ before, after: await processorTime(child) }, events),
		p50,
		p99
	};
}

function spent({ loop, others }: ProcessorTime): number {
	return loop + others;
}

function best(rounds: Round[]): Round {
	return {
		acknowledged: Math.max(...rounds.map(({ acknowledged }) => acknowledged)),
		landed: Math.max(...rounds.map(({ landed }) => landed)),
		loop: Math.min(...rounds.map(({ loop }) => loop)),
		others: Math.min(...rounds.map(({ others }) => others)),
		p50: Math.min(...rounds.map(({ p50 }) => p50)),
		p99: Math.min(...rounds.map(({ p99 }) => p99))
	};
}
