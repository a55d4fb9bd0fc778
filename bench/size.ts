import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase } from '../migrations/connect.ts';
import { result, type BenchOptions, type BenchPart, type BenchResult } from './part.ts';
import type { PageQueries, QueryTime } from './size/time-pages.ts';

/** Small enough for every day; `--rows 100000000` is the size that the figures of the README are from. */
const DEFAULT_ROWS = 200_000;
const ROUNDS = 20;

interface Measured {
	ceremonies: number;
	pages: PageQueries[];
	tables: TableSize[];
}

interface TableSize {
	table: string;
	rows: number;
	bytes: number;
	uncompressed: number;
}

/**
 * Every query behind every page, timed with a hundredth of the ceremonies, a tenth, and all of them. What is compared is each
 * page's slowest query with the same page's over a hundredth: it should take at most three times as long.
 */
export const part: BenchPart = {
	name: 'size',
	async run({ rows = DEFAULT_ROWS, dataDir }: BenchOptions) {
		const directory = dataDir ?? (await mkdtemp(join(tmpdir(), 'passlens-size-')));
		const measured: Measured[] = [];
		try {
			for (const ceremonies of [rows / 100, rows / 10, rows])
				measured.push(await measure(join(directory, String(ceremonies)), ceremonies));
		} finally {
			if (!dataDir) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
		}
		return [...comparePages(measured), ...bytesOf(measured.at(-1)!)];
	}
};

async function measure(dataDir: string, ceremonies: number): Promise<Measured> {
	say(`${ceremonies.toLocaleString('en')} ceremonies`);
	await finished('make-ceremonies.ts', dataDir, String(ceremonies));
	const child = fork(join(import.meta.dirname, 'size/time-pages.ts'), [
		dataDir,
		'size',
		String(ROUNDS)
	]);
	const [pages] = (await Promise.race([once(child, 'message'), failed(child)])) as [PageQueries[]];
	child.kill('SIGKILL');
	await once(child, 'exit');
	for (const page of pages) sayPage(page);
	return { ceremonies, pages, tables: await tableSizes(dataDir) };
}

/** In processes of their own: one process at a time owns a database. */
async function finished(file: string, ...args: string[]): Promise<void> {
	const child = fork(join(import.meta.dirname, 'size', file), args);
	const [code] = (await once(child, 'exit')) as [number | null];
	if (code !== 0) throw new Error(`${file} ended with ${code}.`);
}

async function failed(child: ReturnType<typeof fork>): Promise<never> {
	const [code] = (await once(child, 'exit')) as [number | null];
	throw new Error(`The pages could not be asked: their process ended with ${code}.`);
}

async function tableSizes(dataDir: string): Promise<TableSize[]> {
	const client = await connectDatabase({ dataDir });
	const found = await client.query({
		query: `SELECT table, toFloat64(sum(p.rows)) AS rows, toFloat64(sum(bytes_on_disk)) AS bytes, toFloat64(sum(data_uncompressed_bytes)) AS uncompressed
			FROM system.parts AS p WHERE active AND database = currentDatabase() GROUP BY table HAVING sum(p.rows) > 100 ORDER BY bytes DESC`,
		format: 'JSONEachRow'
	});
	const sizes = await found.json<TableSize>();
	await client.close();
	return sizes;
}

function comparePages(measured: readonly Measured[]): BenchResult[] {
	const [small, , large] = measured as [Measured, Measured, Measured];
	return large.pages.map(({ page, queries }) => {
		const slowest = slowestOf(queries);
		const before = slowestOf(small.pages.find((one) => one.page === page)!.queries);
		return result({
			name: `size: ${page}: ${slowest.query}`,
			ours: slowest.warmMs,
			reference: before.warmMs,
			unit: 'ms',
			against: `the page's slowest query (${before.query}) with ${small.ceremonies.toLocaleString('en')} ceremonies instead of ${large.ceremonies.toLocaleString('en')}`
		});
	});
}

function bytesOf({ tables }: Measured): BenchResult[] {
	return tables.map(({ table, rows, bytes, uncompressed }) =>
		result({
			name: `size: ${table}, ${rows.toLocaleString('en')} rows`,
			ours: bytes / rows,
			reference: uncompressed / rows,
			unit: 'bytes/row',
			against: 'the same rows uncompressed'
		})
	);
}

function slowestOf(queries: readonly QueryTime[]): QueryTime {
	return queries.reduce((slowest, one) => (one.warmMs > slowest.warmMs ? one : slowest));
}

function sayPage({ page, totalMs, queries }: PageQueries): void {
	say(`  ${page}: ${Math.round(totalMs)} ms for all queries, one after another`);
	for (const one of queries.toSorted((a, b) => b.warmMs - a.warmMs))
		say(
			`    ${one.query.padEnd(30)} p95 ${one.warmMs.toFixed(1).padStart(8)} ms, cold ${one.coldMs.toFixed(1).padStart(8)} ms, processor ${one.cpuMs.toFixed(1).padStart(8)} ms; reads ${one.parts} parts, ${one.marks} granules`
		);
}

function say(text: string): void {
	process.stderr.write(`${text}\n`);
}
