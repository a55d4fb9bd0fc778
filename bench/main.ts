/**
 * `npm run bench` measures each part and prints a table; `--json` prints one object a line instead; `--only <part>` runs one.
 * `--pages /,/adoption` measures these pages alone, where a part measures pages one by one.
 * `--rows 100000000` measures the pages at that many ceremonies, and `--data-dir <directory>` keeps them for the next time.
 * Figures compare two things on this machine in this run. They say nothing about another machine.
 */
import { parseArgs } from 'node:util';
import type { BenchOptions, BenchPart, BenchResult } from './part.ts';

/** In the order shown. A new part is a file beside this one and a word here. */
const PARTS = [
	'ingest',
	'spool',
	'insert',
	'classify',
	'pages',
	'size',
	'rollup',
	'peers',
	'overhead'
];
/** Take minutes, so they run by name only. */
const LONG_PARTS = [
	'first-run',
	'survive',
	'soak',
	'fuzz',
	'growth',
	'growth-of-a-day',
	'lighthouse',
	'interactions'
];

const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		only: { type: 'string' },
		pages: { type: 'string' },
		rows: { type: 'string' },
		'data-dir': { type: 'string' }
	}
});

if (values.only !== undefined && ![...PARTS, ...LONG_PARTS].includes(values.only)) {
	process.stderr.write(
		`There is no part "${values.only}". Parts: ${[...PARTS, ...LONG_PARTS].join(', ')}.\n`
	);
	process.exit(2);
}

const rows = values.rows === undefined ? undefined : Number(values.rows);
if (rows !== undefined && !(Number.isInteger(rows / 100) && rows >= 10_000)) {
	process.stderr.write(`--rows takes hundreds from 10000 on, not "${values.rows}".\n`);
	process.exit(2);
}
const options: BenchOptions = {
	...(rows !== undefined && { rows }),
	...(values.pages !== undefined && { pages: values.pages.split(',') }),
	...(values['data-dir'] !== undefined && { dataDir: values['data-dir'] })
};
const only = values.only ?? (rows === undefined ? undefined : 'size');

const results: BenchResult[] = [];
for (const name of only ? [only] : PARTS) {
	if (!values.json) process.stderr.write(`Measuring ${name} …\n`);
	const { part } = (await import(`./${name}.ts`)) as { part: BenchPart };
	for (const found of await part.run(options)) {
		results.push(found);
		if (values.json) process.stdout.write(jsonLine(found));
	}
}
if (!values.json) printTable(results);
// An embedded database's threads would hold the process for a while.
process.exit(results.some(({ failed }) => failed) ? 1 : 0);

function jsonLine({ name, ours, reference, unit, ratio }: BenchResult): string {
	return (
		JSON.stringify({
			name,
			ours: round(ours),
			reference: round(reference),
			unit,
			ratio: round(ratio)
		}) + '\n'
	);
}

function printTable(rows: BenchResult[]): void {
	const cells = [
		['what', 'ours', 'reference', 'unit', 'ratio', 'the reference is'],
		...rows.map(({ name, ours, reference, unit, ratio, against }) => [
			name,
			format(ours),
			format(reference),
			unit,
			ratio.toFixed(2),
			against
		])
	];
	const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
	for (const row of cells)
		process.stdout.write(
			row
				.map((cell, i) => cell.padEnd(widths[i]!))
				.join('  ')
				.trimEnd() + '\n'
		);
}

function round(value: number): number {
	return Number(value.toPrecision(4));
}

function format(value: number): string {
	return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
