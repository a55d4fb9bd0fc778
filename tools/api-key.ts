// `npm run api-key`: keys of programs that read or change something of the dashboard by HTTP.
import { parseArgs } from 'node:util';
import { addApiKey, listApiKeys, removeApiKey } from '../settings/access/api-keys.ts';
import { ACTIONS, EVERY_PROJECT } from '../settings/access/people.ts';
import type { Settings } from '../settings/open-settings.ts';
import { requireProject } from '../settings/projects.ts';
import { DATA_DIR, noteCommand, runCommand, UsageError, withSettings } from './command.ts';

const USAGE = `npm run api-key -- list
npm run api-key -- add "Warehouse" --may view,see-users [--project shop] [--days 90]
                                       without a project, for all of them
npm run api-key -- revoke <id>

What a key may: view, analyse, see-users, follow-users, audit, administer.`;

interface Flags {
	may: string;
	project?: string | undefined;
	days: string;
}

await runCommand(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			...DATA_DIR,
			may: { type: 'string', default: 'view' },
			project: { type: 'string' },
			days: { type: 'string', default: '90' },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) return void process.stdout.write(`${USAGE}\n`);
	await withSettings(values['data-dir'], async (settings) => {
		process.stdout.write(`${await run(settings, positionals, values)}\n`);
	});
});

async function run(
	settings: Settings,
	[command, subject]: string[],
	{ may, project, days }: Flags
): Promise<string> {
	if (command === 'list') return list(settings);
	if (!subject) throw new UsageError(USAGE);
	const command_ = `api-key ${command}`;
	if (command === 'revoke') {
		await removeApiKey(settings, { id: subject });
		await noteCommand(settings, { command: command_, subject });
		return 'The key is revoked.';
	}
	if (command !== 'add') throw new UsageError(USAGE);
	if (project !== undefined) await requireProject(settings, project);
	const actions = may.split(',').map((action) => action.trim());
	const unknown = actions.find((action) => !ACTIONS.some((known) => known === action));
	if (unknown !== undefined)
		throw new UsageError(`--may takes ${ACTIONS.join(', ')}, not "${unknown}".`);
	const key = await addApiKey(settings, {
		...{ name: subject, projectId: project ?? EVERY_PROJECT, actions, days: Number(days) },
		by: 'npm run api-key'
	});
	await noteCommand(settings, {
		command: command_,
		subject,
		...(project && { projectId: project })
	});
	return `${key}\nShown this once. Send it as "authorization: Bearer ${key.slice(0, 4)}…".`;
}

async function list(settings: Settings): Promise<string> {
	const keys = await listApiKeys(settings);
	return (
		keys
			.map(({ id, name, hint, projectId, actions, expiresAt }) =>
				[
					...[id, `${hint}…`, name, `${actions.join(',')} of ${projectId}`],
					`until ${new Date(expiresAt).toISOString()}`
				].join('  ')
			)
			.join('\n') || 'There is no key yet.'
	);
}
