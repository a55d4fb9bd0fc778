// `npm run dead-letters -- list|show|replay|drop`: segments that the database refused for their content.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
	dropDeadLetter,
	listDeadLetters,
	replayDeadLetter,
	type DeadLetter
} from '../collector/spool/dead-letters.ts';
import { readSegment } from '../collector/store/read-segment.ts';
import { connectDatabase } from '../migrations/connect.ts';
import { DATA_DIR, runCommand, UsageError } from './command.ts';

const USAGE = `npm run dead-letters -- list
npm run dead-letters -- show <name>            its error, and its rows as JSON lines
npm run dead-letters -- replay <name>|--all    a running collector tries it again within seconds, another when it starts
npm run dead-letters -- drop <name>            deletes it and its events

--data-dir names the collector's data directory (PASSLENS_DATA_DIR, or data).`;

await runCommand(async () => void process.stdout.write(`${await main()}\n`));

async function main(): Promise<string> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			all: { type: 'boolean', default: false },
			...DATA_DIR
		}
	});
	const directory = join(values['data-dir'], 'spool');
	const letters = await listDeadLetters({ directory });
	const [command, name] = positionals;
	if (command === 'list') return letters.map(lineOf).join('\n') || 'Nothing was set aside.';
	if (command === 'replay' && values.all) {
		for (const letter of letters) await replayDeadLetter({ directory, name: letter.name });
		return letters.length === 0
			? 'Nothing was set aside.'
			: `Handed back to the collector: ${letters.map((letter) => letter.name).join(', ')}`;
	}
	if (!command || !name || !['show', 'replay', 'drop'].includes(command))
		throw new UsageError(USAGE);
	const letter = letters.find((candidate) => candidate.name === name);
	if (!letter)
		throw new UsageError(`There is no dead letter "${name}" in ${directory}. See: list.`);
	if (command === 'show') return show(letter);
	if (command === 'replay') {
		await replayDeadLetter({ directory, name });
		return `Handed back to the collector: ${name}`;
	}
	await dropDeadLetter({ directory, name });
	return `Deleted: ${name}`;
}

function lineOf({ name, rows, bytes, set_aside_unix_ms, code, error }: DeadLetter): string {
	const at = set_aside_unix_ms === undefined ? '–' : new Date(set_aside_unix_ms).toISOString();
	return [name, at, `${rows ?? '–'} rows`, `${bytes} bytes`, code ?? '', error ?? ''].join('  ');
}

/** The rows are read by an embedded database of its own, empty and in a temporary directory: the collector's is in use. */
async function show(letter: DeadLetter): Promise<string> {
	const dataDir = await mkdtemp(join(tmpdir(), 'passlens-dead-letter-'));
	const client = await connectDatabase({ dataDir, database: 'default' });
	try {
		const lines = await readSegment({ client, path: letter.path });
		return `${lineOf(letter)}\n${lines}`;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return `${lineOf(letter)}\nIts rows cannot be read: ${reason}`;
	} finally {
		await client.close();
		await rm(dataDir, { recursive: true, force: true });
	}
}
