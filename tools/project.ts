// `npm run project -- list|add|origin|server-key`: projects and their keys from the command line.
import { parseArgs } from 'node:util';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import {
	addServerKey,
	allowOrigin,
	createProject,
	listProjects,
	ProjectError
} from '../settings/projects.ts';

const USAGE = `npm run project -- list
npm run project -- add <id> [--name "My site"] [--origin https://example.com]…
npm run project -- origin <id> <origin>     let browsers on this origin send
npm run project -- server-key <id>          a new secret key for your server's verdicts`;

class UsageError extends Error {}

try {
	process.stdout.write(`${await main()}\n`);
} catch (error) {
	if (!isForOperator(error)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
}

async function main(): Promise<string> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			name: { type: 'string' },
			origin: { type: 'string', multiple: true, default: [] },
			'data-dir': { type: 'string', default: process.env.PASSLENS_DATA_DIR ?? 'data' }
		}
	});
	const settings = await openSettings({ dataDir: values['data-dir'] });
	try {
		return await run(settings, positionals, values);
	} finally {
		await settings.destroy();
	}
}

async function run(
	settings: Settings,
	[command, id, argument]: string[],
	{ name, origin }: { name?: string | undefined; origin: string[] }
): Promise<string> {
	if (command === 'list') {
		const projects = await listProjects(settings);
		if (projects.length === 0) return 'There is no project yet.';
		return projects
			.map((project) =>
				[project.id, project.name, ...project.ingestKeys, ...project.origins].join('  ')
			)
			.join('\n');
	}
	if (command === 'add' && id) {
		const keys = await createProject(settings, {
			id,
			name: name || id,
			origins: origin
		});
		return `Project ${id}
  ingest key  ${keys.ingestKey}   public: put it in the page
  server key  ${keys.serverKey}   secret: give it to your server; it is shown this once`;
	}
	if (command === 'origin' && id && argument) {
		await allowOrigin(settings, { projectId: id, origin: argument });
		return `Browsers on ${argument} may send to ${id}.`;
	}
	if (command === 'server-key' && id) return addServerKey(settings, id);
	throw new UsageError(USAGE);
}

/** Mistakes of whoever typed it are told without a stack. */
function isForOperator(error: unknown): error is Error {
	if (error instanceof ProjectError || error instanceof UsageError) return true;
	return error instanceof TypeError && String(Object(error).code).startsWith('ERR_PARSE_ARGS');
}
