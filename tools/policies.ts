// `npm run policies`: a project's policy in a file.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Settings } from '../settings/open-settings.ts';
import { listPolicies, savePolicy } from '../settings/policies.ts';
import { listProjects } from '../settings/projects.ts';
import { parsePolicy } from '../src/lib/policy/policy.ts';
import { describeRule, describeWho } from '../src/lib/policy/rule-words.ts';
import { DATA_DIR, runCommand, UsageError, withSettings } from './command.ts';

const USAGE = `npm run policies -- show <project> [--version 3]    the policy as it is written
npm run policies -- list <project>                  its versions, with who saved each and when
npm run policies -- check <file>                    what the file asks for, or what is wrong with it
npm run policies -- apply <project> <file> [--author "Kim"] [--note "Why"]
                                                    puts the file in force as the next version

The page Policies shows what comes of a change before it is saved.`;

await runCommand(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			...DATA_DIR,
			version: { type: 'string' },
			author: { type: 'string', default: '' },
			note: { type: 'string', default: '' }
		}
	});
	const [command, name, file] = positionals;
	if (command === 'check' && name) return say(await check(name));
	if (!name || !command) throw new UsageError(USAGE);
	await withSettings(values['data-dir'], async (settings) => {
		if (!(await listProjects(settings)).some(({ id }) => id === name))
			throw new UsageError(`There is no project "${name}": npm run project -- list names them.`);
		if (command === 'list') say(await list(settings, name));
		else if (command === 'show') say(await show(settings, name, values.version));
		else if (command === 'apply' && file) say(await apply(settings, name, file, values));
		else throw new UsageError(USAGE);
	});
});

function say(text: string): void {
	process.stdout.write(`${text.trimEnd()}\n`);
}

async function read(file: string) {
	const document = await readFile(file, 'utf8').catch(() => {
		throw new UsageError(`${file} cannot be read.`);
	});
	const parsed = parsePolicy(document);
	if ('policy' in parsed) return { document, ...parsed };
	const lines = parsed.mistakes.map(({ where, message }) => `  ${where}: ${message}`);
	throw new UsageError(`${file} is no policy:\n${lines.join('\n')}`);
}

async function check(file: string): Promise<string> {
	const { policy } = await read(file);
	return policy.rules
		.map((rule) => `${rule.id}\n  ${describeWho(rule)}: ${describeRule(rule).join(' ')}`)
		.join('\n');
}

async function list(settings: Settings, project: string): Promise<string> {
	const versions = await listPolicies(settings, project);
	if (versions.length === 0) return `${project} has no policy.`;
	return versions
		.map(({ revision, savedAt, author, note }) =>
			[revision, new Date(savedAt).toISOString(), author || '–', note].join('  ')
		)
		.join('\n');
}

async function show(settings: Settings, project: string, version?: string): Promise<string> {
	const versions = await listPolicies(settings, project);
	const found = version
		? versions.find(({ revision }) => String(revision) === version)
		: versions[0];
	if (found) return found.document;
	throw new UsageError(`${project} has no policy${version ? ` of version ${version}` : ''}.`);
}

async function apply(
	settings: Settings,
	projectId: string,
	file: string,
	{ author, note }: { author: string; note: string }
): Promise<string> {
	const { document } = await read(file);
	const revision = await savePolicy(settings, { projectId, document, author, note });
	return `Version ${revision} of the policy of ${projectId} is in force.`;
}
