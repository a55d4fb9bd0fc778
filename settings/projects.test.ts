import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSettings, type Settings } from './open-settings.ts';
import { addServerKey, allowOrigin, createProject, findSender, listProjects } from './projects.ts';

let dataDir: string;
let settings: Settings;
let keys: { ingestKey: string; serverKey: string };
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-settings-'));
	settings = await openSettings({ dataDir });
	keys = await createProject(settings, { id: 'shop', name: 'Shop' });
});
afterAll(async () => {
	await settings.destroy();
	await rm(dataDir, { recursive: true, force: true });
});

test('a key finds its project and its kind, and a server key is kept as its hash alone', async () => {
	const another = await addServerKey(settings, 'shop');
	expect(await findSender(settings, keys.ingestKey)).toMatchObject({ kind: 'ingest' });
	for (const key of [keys.serverKey, another])
		expect(await findSender(settings, key)).toMatchObject({ projectId: 'shop', kind: 'server' });
	expect(await findSender(settings, 'sk_unknown')).toBeUndefined();
	const kept = await settings.selectFrom('project_key').select('key').execute();
	expect(kept.filter(({ key }) => key.startsWith('sk_'))).toEqual([]);
});

test('an origin added twice is there once', async () => {
	for (const origin of ['https://a.example', 'https://a.example/'])
		await allowOrigin(settings, { projectId: 'shop', origin });
	expect(await listProjects(settings)).toMatchObject([{ origins: ['https://a.example'] }]);
});

describe('a mistake is named', () => {
	test.each<[what: string, act: () => Promise<unknown>, code: string]>([
		['an id that is no slug', () => createProject(settings, { id: 'A b', name: '' }), 'invalid_id'],
		['an id taken', () => createProject(settings, { id: 'shop', name: '' }), 'exists'],
		['a key for nobody', () => addServerKey(settings, 'nobody'), 'not_found'],
		[
			'an origin for nobody',
			() => allowOrigin(settings, { projectId: 'nobody', origin: 'https://a.example' }),
			'not_found'
		],
		[
			'a path',
			() => allowOrigin(settings, { projectId: 'shop', origin: 'https://a.example/path' }),
			'invalid_origin'
		],
		[
			'no address',
			() => allowOrigin(settings, { projectId: 'shop', origin: 'a.example' }),
			'invalid_origin'
		]
	])('%s', async (_, act, code) => {
		await expect(act()).rejects.toMatchObject({ code });
	});
});
