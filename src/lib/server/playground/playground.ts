import { createVerdictSender, type VerdictSender } from '@passlens/sdk/server';
import { openSettings, type Settings } from '../../../../settings/open-settings.ts';
import { addKey } from '../../../../settings/keys.ts';
import { findSender, listProjects } from '../../../../settings/projects.ts';
import { openStore, type Store } from './open-store.ts';

/** The project the playground sends to, like any site sends to its own. */
export const PROJECT = 'playground';
export const DEFAULT_COLLECTOR_URL = 'http://localhost:7301';

export interface Playground {
	store: Store;
	settings: Settings;
	collectorUrl: string;
}

let opened: Promise<Playground> | undefined;
let sender: { key: string; verdicts: VerdictSender } | undefined;

/** The playground's stores, opened at first use and kept. */
export function openPlayground(): Promise<Playground> {
	opened ??= open(process.env).catch((error: unknown) => {
		opened = undefined;
		throw error;
	});
	return opened;
}

async function open(env: NodeJS.ProcessEnv): Promise<Playground> {
	const dataDir = env.PASSLENS_DATA_DIR || 'data';
	const [store, settings] = await Promise.all([openStore({ dataDir }), openSettings({ dataDir })]);
	return { store, settings, collectorUrl: env.PASSLENS_COLLECTOR_URL || DEFAULT_COLLECTOR_URL };
}

/** The project's public key and whether pages of `origin` may send with it; undefined when the project is not there. */
export async function findIngestKey({
	settings,
	origin
}: {
	settings: Settings;
	origin: string;
}): Promise<{ ingestKey: string; originAllowed: boolean } | undefined> {
	const project = (await listProjects(settings)).find(({ id }) => id === PROJECT);
	const ingestKey = project?.ingestKeys[0];
	return project && ingestKey
		? { ingestKey, originAllowed: project.origins.includes(origin) }
		: undefined;
}

/** Sends verdicts to the collector, or nowhere as long as the project does not exist: the site works either way. */
export async function verdictsOf({
	store,
	settings,
	collectorUrl
}: Playground): Promise<VerdictSender> {
	const key = await serverKeyOf({ store, settings });
	if (!key) return NOWHERE;
	if (sender?.key !== key) {
		void sender?.verdicts.close();
		sender = {
			key,
			verdicts: createVerdictSender({ endpoint: collectorUrl, serverKey: key })
		};
	}
	return sender.verdicts;
}

/** Sends what still waits. A site calls this when its server stops. */
export async function closeVerdicts(): Promise<void> {
	await sender?.verdicts.close();
}

/**
 * The project's server key, made on first need. Passlens keeps only its hash, so the playground keeps the key itself,
 * as a site would in its own configuration. One that no longer opens the project (new settings, key revoked) is replaced.
 */
export async function serverKeyOf({
	store,
	settings
}: Pick<Playground, 'store' | 'settings'>): Promise<string | undefined> {
	const kept = await store
		.selectFrom('secret')
		.select('value')
		.where('name', '=', 'server_key')
		.executeTakeFirst();
	if (kept && (await findSender(settings, kept.value))?.projectId === PROJECT) return kept.value;
	if (!(await listProjects(settings)).some(({ id }) => id === PROJECT)) return undefined;
	const value = await addKey(settings, { projectId: PROJECT, kind: 'server' });
	await store
		.insertInto('secret')
		.values({ name: 'server_key', value })
		.onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
		.execute();
	return value;
}

const NOWHERE: VerdictSender = {
	registration: () => undefined,
	authentication: () => undefined,
	revoked: () => undefined,
	flush: () => Promise.resolve(),
	close: () => Promise.resolve()
};
