// `npm run reclassify`: asks the classifier's rules and the tables of providers again about everything that was taken before.
import { parseArgs } from 'node:util';
import { reclassify, type Reclassification } from '../collector/reclassify/reclassify.ts';
import type { Move } from '../settings/reclassifications.ts';
import {
	DATA_DIR,
	requireKnownProject,
	runCommand,
	tellProgress,
	withDatabase,
	withSettings
} from './command.ts';

const USAGE = `npm run reclassify -- [--project my-site] [--json] [--data-dir data]

Brings causes of failures and names of providers to the newest rules, the operator's names for errors and the newest tables,
in every table, and says what moved. Ctrl-C stops it; run it again to go on. In the embedded form, stop Passlens first, since one
process owns the data, or ask for it on the Collector page.`;

/** Moves that are written out; --json lists all. */
const LISTED = 40;

await runCommand(async () => {
	const { values } = parseArgs({
		options: {
			...DATA_DIR,
			project: { type: 'string' },
			json: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) return void process.stdout.write(`${USAGE}\n`);
	const { 'data-dir': dataDir, project } = values;
	const progress = tellProgress();
	const result = await withDatabase(dataDir, async (opened) => {
		await requireKnownProject({ client: opened.client, dataDir, project });
		return withSettings(dataDir, (settings) =>
			reclassify({
				...{ ...opened, settings, projectId: project },
				signal: stopOnInterrupt(),
				onProgress: (at) => progress.tell(`${at.project}: ${at.done} of ${at.total} events`)
			})
		);
	});
	progress.end();
	process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : describe(result));
	process.exitCode = result.finished ? 0 : 3;
});

/** The first signal ends it after the group of events it is at; the second at once. */
function stopOnInterrupt(): AbortSignal {
	const controller = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM'] as const)
		process.on(name, () => {
			if (controller.signal.aborted) process.exit(1);
			process.stderr.write('\n  Stopping after this group of events …\n');
			controller.abort();
		});
	return controller.signal;
}

function describe({ version, looked, written, moves, finished }: Reclassification): string {
	const lines = [
		`${looked} events looked at under version ${version} of the rules, ${written} written again.`
	];
	if (moves.length === 0) lines.push('Nothing has another cause or provider now.');
	for (const [what, list] of Map.groupBy(moves.slice(0, LISTED), (move) => move.what))
		lines.push(`What moved, by ${what}:`, ...list.map(describeMove));
	if (moves.length > LISTED) lines.push(`  … and ${moves.length - LISTED} more; --json lists all.`);
	if (!finished) lines.push('It was stopped. Run it again to go on where it is.');
	return `${lines.join('\n')}\n`;
}

function describeMove({ from, to, events }: Move): string {
	return `${String(events).padStart(9)}  ${from || '–'} → ${to || '–'}`;
}
