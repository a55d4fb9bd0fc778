// `npm run project`: projects and their keys from the command line.
import { parseArgs } from 'node:util';
import { addKey, listKeys, revokeKey, rotateKey, type ProjectKey } from '../settings/keys.ts';
import type { Settings } from '../settings/open-settings.ts';
import { setRolledUpTags } from '../settings/rolled-up-tags.ts';
import { allowOrigin, createProject, listProjects } from '../settings/projects.ts';
import { listTimeZones, setTimeZone } from '../settings/time-zone.ts';
import { DATA_DIR, noteCommand, runCommand, UsageError, withSettings } from './command.ts';

const USAGE = `npm run project -- list
npm run project -- add <id> [--name "My site"] [--origin https://example.com]…
npm run project -- origin <id> <origin>          let browsers on this origin send
npm run project -- keys <id>                     its keys, with the ids that the next commands take
npm run project -- add-key <id> ingest|server [--environment staging]
npm run project -- rotate-key <id> <key-id> [--overlap 24h]
                                                 a new key like it; the old one is taken that much longer (0, 30m, 24h, 7d)
npm run project -- revoke-key <id> <key-id>      end a key now
npm run project -- time-zone <id> <zone>          count its days by this zone, such as Europe/Berlin; all are counted anew
npm run project -- tags <id> [<tag>…]            tags of events that its figures by hour and day are told apart by; without one, none

A key with an environment writes to that one alone: events that name none belong to it, others are refused.`;

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

await runCommand(async () => void process.stdout.write(`${await main()}\n`));

async function main(): Promise<string> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			name: { type: 'string' },
			origin: { type: 'string', multiple: true, default: [] },
			environment: { type: 'string' },
			overlap: { type: 'string', default: '24h' },
			...DATA_DIR
		}
	});
	return withSettings(values['data-dir'], async (settings) => {
		const told = await run(settings, positionals, values);
		const [command = '', projectId = ''] = positionals;
		if (!['list', 'keys'].includes(command))
			await noteCommand(settings, { command: `project ${command}`, projectId });
		return told;
	});
}

interface Flags {
	name?: string | undefined;
	origin: string[];
	environment?: string | undefined;
	overlap: string;
}

async function run(
	settings: Settings,
	[command, id, argument, ...more]: string[],
	{ name, origin, environment, overlap }: Flags
): Promise<string> {
	if (command === 'list') return describeProjects(settings);
	if (!id) throw new UsageError(USAGE);
	if (command === 'add') {
		const keys = await createProject(settings, { id, name: name || id, origins: origin });
		return `Project ${id}
  ingest key  ${keys.ingestKey}   public: put it in the page
  server key  ${keys.serverKey}   secret: give it to your server; it is shown this once`;
	}
	if (command === 'keys') return (await listKeys(settings, id)).map(describeKey).join('\n');
	if (command === 'tags') return chooseTags(settings, id, argument ? [argument, ...more] : []);
	if (!argument) throw new UsageError(USAGE);
	if (command === 'time-zone') return chooseZone(settings, id, argument);
	if (command === 'origin') {
		await allowOrigin(settings, { projectId: id, origin: argument });
		return `Browsers on ${argument} may send to ${id}.`;
	}
	if (command === 'add-key' && (argument === 'ingest' || argument === 'server'))
		return addKey(settings, { projectId: id, kind: argument, environment });
	if (command === 'rotate-key') {
		const overlapMs = readDuration(overlap);
		const key = await rotateKey(settings, { projectId: id, id: argument, overlapMs });
		return `${key}\nThe old key is taken until ${new Date(Date.now() + overlapMs).toISOString()}.`;
	}
	if (command === 'revoke-key') {
		await revokeKey(settings, { projectId: id, id: argument });
		return 'The key is revoked; every collector refuses it within seconds.';
	}
	throw new UsageError(USAGE);
}

async function chooseZone(
	settings: Settings,
	projectId: string,
	timeZone: string
): Promise<string> {
	await setTimeZone(settings, { projectId, timeZone });
	const zone = (await listTimeZones(settings)).get(projectId);
	return `The figures of ${projectId} are counted by the days of ${zone}: the collector remakes them, the newest first.`;
}

async function chooseTags(settings: Settings, projectId: string, tags: string[]): Promise<string> {
	await setRolledUpTags(settings, { projectId, tags });
	return tags.length === 0
		? `The figures of ${projectId} are told apart by no tag.`
		: `The figures of ${projectId} are told apart by ${tags.join(', ')}: the collector remakes its days.`;
}

async function describeProjects(settings: Settings): Promise<string> {
	const projects = await listProjects(settings);
	if (projects.length === 0) return 'There is no project yet.';
	return projects
		.map((project) =>
			[project.id, project.name, project.timeZone, ...project.ingestKeys, ...project.origins].join(
				'  '
			)
		)
		.join('\n');
}

function describeKey({ id, kind, environment, shown, revokedAt }: ProjectKey): string {
	const until = revokedAt === undefined ? '' : new Date(revokedAt).toISOString();
	const state = !until ? 'valid' : revokedAt! > Date.now() ? `until ${until}` : `revoked ${until}`;
	return [id, kind.padEnd(6), (environment ?? 'any').padEnd(12), shown.padEnd(35), state].join(
		'  '
	);
}

function readDuration(text: string): number {
	const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
	if (text === '0') return 0;
	if (!count) throw new UsageError(`--overlap must be such as 30m, 24h, 7d or 0, not "${text}".`);
	return Number(count) * UNITS[unit!]!;
}
