import type { ClickHouseClient } from '@clickhouse/client';
import { applyMigrations } from '../migrations/apply.ts';
import {
	connectDatabase,
	createDatabase,
	DatabaseError,
	databaseOptionsFromEnvironment
} from '../migrations/connect.ts';
import { addKey } from '../settings/keys.ts';
import type { Settings } from '../settings/open-settings.ts';
import { createProject, findSender, listProjects, type Sender } from '../settings/projects.ts';
import { setRolledUpTags } from '../settings/rolled-up-tags.ts';
import type { SimulateOptions } from './options.ts';
import { EXPERIMENT } from './visit.ts';

/** The simulation cannot go where it was told to; the message says what to do. */
export class TargetError extends Error {
	readonly code: 'database_in_use' | 'collector_away';
	constructor(code: TargetError['code'], message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

export interface OpenDatabase {
	client: ClickHouseClient;
	embedded: boolean;
}

/** Opens the database with its tables in place. Undefined when another process holds the embedded one. */
export async function openDatabase({
	dataDir
}: Pick<SimulateOptions, 'dataDir'>): Promise<OpenDatabase | undefined> {
	const options = { ...databaseOptionsFromEnvironment(), dataDir };
	try {
		await createDatabase(options);
	} catch (error) {
		if (error instanceof DatabaseError) return undefined;
		throw error;
	}
	const client = await connectDatabase(options);
	await applyMigrations({ client });
	return { client, embedded: !options.url };
}

/** Makes the project when it is missing, and hands out what a sender needs: both keys, freshly made for the server's. */
export async function prepareProject({
	settings,
	project
}: {
	settings: Settings;
	project: string;
}): Promise<{ sender: Sender; ingestKey: string; serverKey: string }> {
	const known = (await listProjects(settings)).find(({ id }) => id === project);
	const name = project === 'demo' ? 'Demo (synthetic)' : `${project} (synthetic)`;
	const made = known
		? undefined
		: await createProject(settings, { id: project, name, origins: ['https://shop.example'] });
	if (made) await setRolledUpTags(settings, { projectId: project, tags: [EXPERIMENT] });
	const serverKey =
		made?.serverKey ?? (await addKey(settings, { projectId: project, kind: 'server' }));
	const sender = await findSender(settings, serverKey);
	if (!sender) throw new Error(`The server key just made for project "${project}" is not found.`);
	return { sender, serverKey, ingestKey: made?.ingestKey ?? known?.ingestKeys[0] ?? serverKey };
}

/** @throws TargetError when nobody answers there */
export async function checkCollector(collectorUrl: string): Promise<void> {
	try {
		const answer = await fetch(new URL('/healthz', collectorUrl));
		if (answer.ok) return;
	} catch {
		// Told below.
	}
	throw new TargetError(
		'collector_away',
		`No collector answers at ${collectorUrl}. Start Passlens with "npm start", or give its address with --collector-url.`
	);
}
