import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSettings, type Settings } from './open-settings.ts';
import { addKey, listKeys, revokeKey, rotateKey } from './keys.ts';
import { allowOrigin, createProject, findSender, listProjects } from './projects.ts';
import { makeDataDir } from './testing/make-data-dir.ts';

let dataDir: string;
let settings: Settings;
let keys: { ingestKey: string; serverKey: string };
beforeAll(async () => {
	dataDir = await makeDataDir();
	settings = await openSettings({ dataDir });
	keys = await createProject(settings, { id: 'shop', name: 'Shop' });
});
afterAll(async () => {
	await settings.destroy();
	await rm(dataDir, { recursive: true, force: true });
});

test('a key finds its project and its kind, and a server key is kept as its hash alone', async () => {
	const another = await addKey(settings, { projectId: 'shop', kind: 'server' });
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
		[
			'a key for nobody',
			() => addKey(settings, { projectId: 'nobody', kind: 'server' }),
			'not_found'
		],
		[
			'an environment that is no slug',
			() => addKey(settings, { projectId: 'shop', kind: 'ingest', environment: 'A B' }),
			'invalid_environment'
		],
		[
			'a key nobody has',
			() => revokeKey(settings, { projectId: 'shop', id: '0123456789ab' }),
			'not_found'
		],
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

describe('a key', () => {
	test('of an environment is told with it, and a server key by its beginning alone', async () => {
		const key = await addKey(settings, {
			projectId: 'shop',
			kind: 'server',
			environment: 'staging'
		});
		expect(await findSender(settings, key)).toMatchObject({ environment: 'staging' });
		expect(await findSender(settings, keys.serverKey)).toMatchObject({ environment: undefined });
		const [newest] = (await listKeys(settings, 'shop')).filter(
			({ environment }) => environment === 'staging'
		);
		expect(newest).toMatchObject({ kind: 'server', shown: `${key.slice(0, 9)}…` });
		expect(JSON.stringify(await listKeys(settings, 'shop'))).not.toContain(key);
	});

	test.each(['ingest', 'server'] as const)(
		'of kind %s is rotated with an overlap, then revoked; the new one goes on in the same environment',
		async (kind) => {
			const old = await addKey(settings, { projectId: 'shop', kind, environment: 'qa' });
			const rotated = await rotateKey(settings, {
				projectId: 'shop',
				id: old,
				overlapMs: 3_600_000
			});
			for (const key of [old, rotated])
				expect(await findSender(settings, key)).toMatchObject({ kind, environment: 'qa' });
			await revokeKey(settings, { projectId: 'shop', id: old });
			expect(await findSender(settings, old)).toBeUndefined();
			expect(await findSender(settings, rotated)).toMatchObject({ environment: 'qa' });
			expect((await listProjects(settings))[0]!.ingestKeys).not.toContain(old);
			await expect(
				rotateKey(settings, { projectId: 'shop', id: old, overlapMs: 0 })
			).rejects.toMatchObject({ code: 'not_found' });
		}
	);

	test('that was revoked is not given a longer life by revoking it later', async () => {
		const key = await addKey(settings, { projectId: 'shop', kind: 'ingest' });
		await revokeKey(settings, { projectId: 'shop', id: key });
		await revokeKey(settings, { projectId: 'shop', id: key, at: Date.now() + 60_000 });
		expect(await findSender(settings, key)).toBeUndefined();
	});
});
