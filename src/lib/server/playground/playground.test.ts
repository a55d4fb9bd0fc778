import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSettings, type Settings } from '../../../../settings/open-settings.ts';
import { createProject, findSender } from '../../../../settings/projects.ts';
import { openStore, type Store } from './open-store.ts';
import { findIngestKey, serverKeyOf } from './playground.ts';

let dataDir: string;
let store: Store;
let settings: Settings;
beforeEach(async () => {
	dataDir = mkdtempSync(join(tmpdir(), 'playground-'));
	[store, settings] = await Promise.all([openStore({ dataDir }), openSettings({ dataDir })]);
});
afterEach(async () => {
	await Promise.all([store.destroy(), settings.destroy()]);
	rmSync(dataDir, { recursive: true });
});

const origin = 'http://localhost:7300';

test('without its project the playground has no keys, and says so by having none', async () => {
	expect(await findIngestKey({ settings, origin })).toBeUndefined();
	expect(await serverKeyOf({ store, settings })).toBeUndefined();
});

test('the ingest key comes with whether this page’s origin may use it', async () => {
	const { ingestKey } = await createProject(settings, {
		id: 'playground',
		name: 'Playground',
		origins: [origin]
	});
	expect(await findIngestKey({ settings, origin })).toEqual({ ingestKey, originAllowed: true });
	expect(await findIngestKey({ settings, origin: 'http://localhost:9' })).toMatchObject({
		originAllowed: false
	});
});

test('the server key is made once, and anew when it opens the project no longer', async () => {
	await createProject(settings, { id: 'playground', name: 'Playground' });
	const first = await serverKeyOf({ store, settings });
	expect(first && (await findSender(settings, first))).toMatchObject({
		projectId: 'playground',
		kind: 'server'
	});
	expect(await serverKeyOf({ store, settings })).toBe(first);

	await settings.updateTable('project_key').set({ revoked_unix_ms: Date.now() }).execute();
	expect(await serverKeyOf({ store, settings })).not.toBe(first);
});
