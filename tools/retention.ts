// `npm run retention`: how long each project keeps its events and what is made from them.
import { parseArgs } from 'node:util';
import { applyRetention } from '../collector/lifecycle/apply-retention.ts';
import type { Settings } from '../settings/open-settings.ts';
import { listProjects } from '../settings/projects.ts';
import { listRetention, setRetention } from '../settings/retention.ts';
import {
	DATA_DIR,
	noteCommand,
	openDatabase,
	runCommand,
	UsageError,
	withSettings
} from './command.ts';

const USAGE = `npm run retention -- list
npm run retention -- set <project> --raw-days 90|forever [--derived-days 730|forever]
npm run retention -- apply                     delete what is over now; the collector does it four times a day

Raw days: how long single events are kept. Derived days: how long ceremonies, daily figures, and credentials and users not
seen since are kept. Figures of days whose events are gone stay as they were, but can no longer be remade or verified.`;

await runCommand(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			...DATA_DIR,
			'raw-days': { type: 'string' },
			'derived-days': { type: 'string' },
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
	[command, project]: string[],
	values: {
		'data-dir': string;
		'raw-days'?: string | undefined;
		'derived-days'?: string | undefined;
	}
): Promise<string> {
	if (command === 'list') return list(settings);
	if (command === 'set' && project && values['raw-days']) {
		await setRetention(settings, project, {
			rawDays: readDays('--raw-days', values['raw-days']),
			derivedDays: readDays('--derived-days', values['derived-days'])
		});
		await noteCommand(settings, {
			...{ command: 'retention set', projectId: project },
			subject: `raw ${values['raw-days']}, derived ${values['derived-days'] ?? 'forever'}`
		});
		return 'Set. The collector applies it within six hours, "npm run retention -- apply" now.';
	}
	if (command === 'apply') {
		await noteCommand(settings, { command: 'retention apply' });
		return apply(settings, values['data-dir']);
	}
	throw new UsageError(USAGE);
}

async function list(settings: Settings): Promise<string> {
	const retention = await listRetention(settings);
	const days = (value: number | undefined) => (value === undefined ? 'forever' : `${value} days`);
	const lines = (await listProjects(settings)).map(({ id }) => {
		const { rawDays, derivedDays } = retention.get(id) ?? {};
		return `${id}  events ${days(rawDays)}  what is made from them ${days(derivedDays)}`;
	});
	return lines.join('\n') || 'There is no project yet.';
}

async function apply(settings: Settings, dataDir: string): Promise<string> {
	const { client } = await openDatabase(dataDir);
	const expired = await applyRetention({ client, settings });
	await client.close();
	const lines = expired.map(({ projectId, table, rows }) => `${projectId}  ${table}  ${rows} rows`);
	return lines.join('\n') || 'Nothing is over.';
}

function readDays(flag: string, text: string | undefined): number | undefined {
	if (text === undefined || text === 'forever') return undefined;
	if (!/^\d+$/.test(text)) throw new UsageError(`${flag} takes a number of days, or "forever".`);
	return Number(text);
}
