// `npm run evidence`: signed evidence into a folder, and whether a folder is what was signed.
import { readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { listProjects } from '../settings/projects.ts';
import { today } from '../src/lib/filters.ts';
import { makeEvidence } from '../src/lib/server/evidence/make-evidence.ts';
import { verifyEvidence } from '../src/lib/server/evidence/verify-evidence.ts';
import { writeEvidence } from '../src/lib/server/evidence/write-evidence.ts';
import {
	DATA_DIR,
	readDay,
	runCommand,
	UsageError,
	withDatabase,
	withSettings
} from './command.ts';

const USAGE = `npm run evidence -- export <project> <new folder> [--on 2026-10-01] [--days 90] [--author "Kim"] [--note "Why"]
npm run evidence -- verify <folder> [--fingerprint <of the key, as the page Evidence shows it>]

Where Passlens runs over the embedded database, that is its own: make evidence on the page Evidence instead.
verify needs neither database nor network, and ends with code 1 when a byte is not what was signed.`;

await runCommand(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			...DATA_DIR,
			on: { type: 'string' },
			days: { type: 'string', default: '90' },
			author: { type: 'string', default: '' },
			note: { type: 'string', default: '' },
			fingerprint: { type: 'string' }
		}
	});
	const [command, first, second] = positionals;
	if (command === 'verify' && first) return verify(first, values.fingerprint);
	if (command !== 'export' || !first || !second) throw new UsageError(USAGE);
	const on = readDay('--on', values.on);
	const days = Number(values.days);
	if (!Number.isInteger(days) || days < 1 || days > 3_660)
		throw new UsageError(`--days must be a number from 1 to 3660, not "${values.days}".`);
	const { author, note } = values;
	await write({ dataDir: values['data-dir'], id: first, folder: second, on, days, author, note });
});

async function write({
	dataDir,
	id,
	folder,
	on: asOf,
	...asked
}: {
	dataDir: string;
	id: string;
	folder: string;
	on: string | undefined;
	days: number;
	author: string;
	note: string;
}): Promise<void> {
	if ((await readdir(folder).catch(() => [])).length > 0)
		throw new UsageError(`${folder} is not empty: name a new folder.`);
	await withDatabase(dataDir, ({ client }) =>
		withSettings(dataDir, async (settings) => {
			const project = (await listProjects(settings)).find((one) => one.id === id);
			if (!project)
				throw new UsageError(`There is no project "${id}": npm run project -- list names them.`);
			const on = asOf ?? today(project.timeZone);
			const evidence = await makeEvidence({ client, settings, project, on, ...asked });
			const { files, sums } = evidence;
			await writeEvidence(folder, evidence);
			process.stdout.write(
				`${files.size} files in ${folder}, as of ${on}.\nSHA-256 of SHA256SUMS: ${sums}\n`
			);
		})
	);
}

async function verify(folder: string, expected: string | undefined): Promise<void> {
	const { mistakes, fingerprint, files } = await verifyEvidence(folder, expected);
	if (mistakes.length > 0) {
		process.exitCode = 1;
		process.stderr.write(`Not what was signed:\n${mistakes.map((one) => `  ${one}\n`).join('')}`);
		return;
	}
	process.stdout.write(
		`${files} files are what was signed with the key ${fingerprint}.\n${expected ? '' : 'Compare that fingerprint with the one on the page Evidence of whoever made it.\n'}`
	);
}
