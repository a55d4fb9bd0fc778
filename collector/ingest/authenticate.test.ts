import type { IncomingMessage } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSettings, type Settings } from '../../settings/open-settings.ts';
import { addKey } from '../../settings/keys.ts';
import { allowOrigin, createProject, digestKey } from '../../settings/projects.ts';
import { openAuthenticator, type Authenticator } from './authenticate.ts';

let dataDir: string;
let settings: Settings;
/** The same file opened a second time, as another process would. */
let elsewhere: Settings;
let authenticator: Authenticator;
const log: string[] = [];
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-keys-'));
	settings = await openSettings({ dataDir });
	elsewhere = await openSettings({ dataDir });
	authenticator = await openAuthenticator({ settings, log: (_, message) => log.push(message) });
});
afterAll(async () => {
	authenticator.close();
	await elsewhere.destroy();
	await rm(dataDir, { recursive: true, force: true });
});

const asking = (key: string, origin?: string) =>
	authenticator.authenticate({
		headers: { authorization: `Bearer ${key}`, origin }
	} as unknown as IncomingMessage);

test('a key and an origin made elsewhere are known at once, and a revoked key is refused within seconds', async () => {
	const { ingestKey } = await createProject(elsewhere, { id: 'shop', name: 'Shop' });
	expect(await asking(ingestKey)).toMatchObject({ projectId: 'shop', kind: 'ingest' });
	expect(await asking(ingestKey, 'https://a.example')).toMatchObject({ status: 403 });
	await allowOrigin(elsewhere, { projectId: 'shop', origin: 'https://a.example' });
	expect(await asking(ingestKey, 'https://a.example')).toMatchObject({ projectId: 'shop' });

	const serverKey = await addKey(elsewhere, { projectId: 'shop', kind: 'server' });
	expect(await asking(serverKey)).toMatchObject({ kind: 'server' });
	await elsewhere
		.updateTable('project_key')
		.set({ revoked_unix_ms: Date.now() })
		.where('key', '=', digestKey(serverKey))
		.execute();
	await expect
		.poll(() => asking(serverKey), { timeout: 10_000 })
		.toMatchObject({ code: 'key_unknown' });
});

test('a key made just after strangers asked is let in: nobody is refused by what was read before they came', async () => {
	const { ingestKey } = await createProject(elsewhere, { id: 'fresh', name: 'Fresh' });
	for (let round = 0; round < 3; round++) {
		const strangers = [asking('pk_stranger'), asking('pk_another')];
		const key = await addKey(elsewhere, { projectId: 'fresh', kind: 'ingest' });
		expect(await asking(key)).toMatchObject({ projectId: 'fresh' });
		for (const stranger of strangers) expect(await stranger).toMatchObject({ code: 'key_unknown' });
	}
	expect(await asking(ingestKey)).toMatchObject({ projectId: 'fresh' });
});

test('while the settings are away, who was known is let in and strangers are not', async () => {
	const { ingestKey } = await createProject(elsewhere, { id: 'known', name: 'Known' });
	expect(await asking(ingestKey)).toMatchObject({ projectId: 'known' });
	await settings.destroy();
	expect(await asking('pk_stranger')).toMatchObject({ code: 'key_unknown' });
	expect(await asking(ingestKey)).toMatchObject({ projectId: 'known' });
	expect(log).toEqual(['The settings cannot be read; the last known are used.']);
});
