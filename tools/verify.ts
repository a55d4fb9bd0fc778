// `npm run verify`: recomputes figures from the raw events and compares them with every table that was made from them.
import { parseArgs } from 'node:util';
import type { Difference } from '../collector/lifecycle/compare-table.ts';
import type { DayRange } from '../collector/lifecycle/day-range.ts';
import { verify, type Verification } from '../collector/lifecycle/verify.ts';
import {
	DATA_DIR,
	readDay,
	requireKnownProject,
	runCommand,
	tellProgress,
	UsageError,
	withDatabase
} from './command.ts';

const USAGE = `npm run verify -- [--project my-site] [--from 2026-11-01 --to 2026-11-24] [--repair] [--json] [--data-dir data]

Recomputes every table from the raw events and lists what differs: exit code 0 when nothing does, 2 when something does.
--repair puts the recomputed rows in their place. In the embedded form, stop Passlens first: one process owns the data.`;

/** Differences that are written out; all are counted. */
const LISTED = 200;

await runCommand(async () => {
	const { values } = parseArgs({
		options: {
			...DATA_DIR,
			project: { type: 'string' },
			from: { type: 'string' },
			to: { type: 'string' },
			repair: { type: 'boolean', default: false },
			json: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) return void process.stdout.write(`${USAGE}\n`);
	const progress = tellProgress();
	const { 'data-dir': dataDir, project } = values;
	await withDatabase(dataDir, async (opened) => {
		await requireKnownProject({ client: opened.client, dataDir, project });
		const results = await verify({
			...opened,
			projectId: project,
			days: readDays(values),
			repair: values.repair,
			onProgress: ({ projectId, doing }) => progress.tell(`${projectId}: ${doing}`)
		});
		progress.end();
		process.stdout.write(values.json ? asJson(results) : asText(results, values.repair));
		const differ = results.some(({ differences }) => differences.length > 0);
		process.exitCode = differ && !values.repair ? 2 : 0;
	});
});

function readDays(values: {
	from?: string | undefined;
	to?: string | undefined;
}): DayRange | undefined {
	const from = readDay('--from', values.from);
	const to = readDay('--to', values.to);
	if (!from && !to) return undefined;
	const range = { from: from ?? '1970-01-01', to: to ?? new Date().toISOString().slice(0, 10) };
	if (range.from > range.to) throw new UsageError('--from must not be after --to.');
	return range;
}

function asJson(results: Verification[]): string {
	return results.map((result) => `${JSON.stringify(result)}\n`).join('');
}

function asText(results: Verification[], repaired: boolean): string {
	if (results.length === 0) return 'There is nothing to verify yet.\n';
	return results.map((result) => `${describe(result, repaired)}\n`).join('');
}

function describe({ projectId, events, differences, waiting }: Verification, repaired: boolean) {
	const count = differences.length;
	const found =
		count === 0
			? 'no difference'
			: `${count} ${count === 1 ? 'difference' : 'differences'}${repaired ? ', remade' : ''}`;
	const lines = [`${projectId}: ${events} raw events recomputed, ${found}.`];
	lines.push(...differences.slice(0, LISTED).map(describeDifference));
	if (count > LISTED) lines.push(`  … and ${count - LISTED} more; --json lists all.`);
	if (waiting > 0)
		lines.push(
			`  ${waiting} ${waiting === 1 ? 'day of the rollup is' : 'days of the rollup are'} about to be remade and ${waiting === 1 ? 'was' : 'were'} not compared.`
		);
	return lines.join('\n');
}

function describeDifference({ table, key, column, expected, found }: Difference): string {
	const row = Object.entries(key)
		.filter(([, value]) => value !== '')
		.map(([name, value]) => `${name}=${value}`)
		.join(' ');
	return `  ${table}  ${row}  ${column ? `${column}: ` : ''}expected ${expected || "''"}, found ${found || "''"}`;
}
