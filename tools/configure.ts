// `npm run configure`: the configuration file, checked and applied, and the settings written as one.
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { applyConfiguration } from '../settings/configuration/apply-configuration.ts';
import { releaseConfigured } from '../settings/configuration/configured.ts';
import {
	findConfiguration,
	readConfiguration
} from '../settings/configuration/read-configuration.ts';
import { writeConfiguration } from '../settings/configuration/write-configuration.ts';
import { digestKey, newKey } from '../settings/projects.ts';
import { DATA_DIR, noteCommand, runCommand, UsageError, withSettings } from './command.ts';

const USAGE = `npm run configure -- check [<file>]     whether the file can be used; every mistake with its line
npm run configure -- apply [<file>]     make the settings what it says, as a start of Passlens does
npm run configure -- show               the settings as such a file
npm run configure -- release            leave everything as it is, to be changed in the page from now on
npm run configure -- new-key ingest|server
npm run configure -- hash               of a server key on standard input: what the file may hold

Without <file>: what PASSLENS_CONFIG names, else passlens.config.json, .yaml or .yml here.`;

await runCommand(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { ...DATA_DIR, help: { type: 'boolean', short: 'h', default: false } }
	});
	const [command, argument] = positionals;
	process.stdout.write(
		`${values.help ? USAGE : await run(command, argument, values['data-dir'])}\n`
	);
});

async function run(
	command: string | undefined,
	argument: string | undefined,
	dataDir: string
): Promise<string> {
	if (command === 'check') {
		const { file, projects } = read(argument);
		return `${file} can be used: ${count(projects.length, 'project')}.`;
	}
	if (command === 'new-key' && (argument === 'ingest' || argument === 'server'))
		return newKey(argument === 'server' ? 'sk' : 'pk');
	if (command === 'hash') return hashKey((await text(process.stdin)).trim());
	if (command !== 'apply' && command !== 'show' && command !== 'release')
		throw new UsageError(USAGE);
	const configuration = command === 'apply' ? read(argument) : undefined;
	return withSettings(dataDir, async (settings) => {
		if (command === 'show') return (await writeConfiguration(settings)).trimEnd();
		if (configuration) {
			const changes = await applyConfiguration(settings, configuration);
			await noteCommand(settings, { command: 'configure apply', subject: configuration.file });
			return changes.join('\n') || 'Everything is as the file says.';
		}
		await releaseConfigured(settings);
		await noteCommand(settings, { command: 'configure release' });
		return 'Nothing is set by a file any more; everything is as it was, but no identity provider lets anybody in.';
	});
}

function read(argument: string | undefined) {
	const path = findConfiguration({ named: argument });
	if (!path) throw new UsageError(`There is no configuration file here.\n\n${USAGE}`);
	return readConfiguration({ path });
}

function hashKey(key: string): string {
	if (/^sk_[\w-]{20,100}$/.test(key)) return digestKey(key);
	throw new UsageError('A server key ("sk_…") is expected on standard input.');
}

function count(number: number, what: string): string {
	return `${number} ${what}${number === 1 ? '' : 's'}`;
}
