// `npm run project -- add|list|key|origin`: projects and their keys from the command line.
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

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		name: { type: 'string' },
		origin: { type: 'string', multiple: true, default: [] },
		'data-dir': { type: 'string', default: process.env.PASSLENS_DATA_DIR ?? 'data' }
	}
});

const [command, id, argument] = positionals;
const settings = await openSettings({ dataDir: values['data-dir'] });
try {
	process.stdout.write(`${await run(settings)}\n`);
} catch (error) {
	if (!(error instanceof ProjectError)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
} finally {
	await settings.destroy();
}

async function run(settings: Settings): Promise<string> {
	if (command === 'list') {
		const projects = await listProjects(settings);
		return projects
			.map((project) =>
				[project.id, project.name, ...project.ingestKeys, ...project.origins].join('  ')
			)
			.join('\n');
	}
	if (command === 'add' && id) {
		const keys = await createProject(settings, {
			id,
			name: values.name ?? id,
			origins: values.origin
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
	process.exitCode = 1;
	return USAGE;
}
