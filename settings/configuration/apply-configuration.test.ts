import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
	addAlertChannel,
	listAlertChannels,
	PAGERDUTY_URL,
	removeAlertChannel,
	type AlertChannel
} from '../alert-channels.ts';
import { addKey, listKeys, revokeKey, rotateKey } from '../keys.ts';
import { openSettings, type Settings } from '../open-settings.ts';
import {
	allowOrigin,
	createProject,
	findSender,
	listProjects,
	renameProject,
	withdrawOrigin
} from '../projects.ts';
import { addPerson } from '../access/people.ts';
import { openSession, readSession } from '../access/sessions.ts';
import { readSignInProvider, writeSignInProvider } from '../access/sign-in-provider.ts';
import { readLegacyModels } from '../legacy-rules.ts';
import { readLegacyVersions } from '../legacy-versions.ts';
import { removeLegacyModel, setLegacyModel } from '../set-legacy-model.ts';
import { setLegacyVersions } from '../set-legacy-versions.ts';
import { EVERYTHING_KEPT, listPrivacy } from '../privacy.ts';
import { setPrivacy } from '../set-privacy.ts';
import { listRetention, setRetention } from '../retention.ts';
import { listRolledUpTags, setRolledUpTags } from '../rolled-up-tags.ts';
import { addStream, listStreams, removeStream } from '../streams.ts';
import { setTimeZone } from '../time-zone.ts';
import { findTraceUrl, setTraceUrl, traceAddress } from '../trace-link.ts';
import { listTraceServices, setTraceServices } from '../trace-services.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { listConfigured, listConfiguredTables, releaseConfigured } from './configured.ts';
import { writeConfiguration } from './write-configuration.ts';
import { makeDataDir } from '../testing/make-data-dir.ts';
import {
	readText,
	WHOLE,
	SERVER_KEY,
	NEXT_KEY,
	ENVIRONMENT
} from '../testing/whole-configuration.ts';

const SIGNING = `whsec_${'A'.repeat(43)}=`;

let directory: string;
let settings: Settings;
beforeEach(async () => {
	directory = await makeDataDir();
	settings = await openSettings({ dataDir: directory });
});
afterEach(async () => {
	await settings.destroy();
	await rm(directory, { recursive: true, force: true });
});

const read = (text: string, env?: NodeJS.ProcessEnv) =>
	readText(text, { directory, ...(env && { env }) });
const apply = async (text: string, env?: NodeJS.ProcessEnv) =>
	applyConfiguration(settings, await read(text, env));

describe('what a file says', () => {
	test('is so after it was applied, once', async () => {
		expect(await apply(WHOLE)).toEqual([
			...['tables', 'legacy_classes', 'legacy_versions', 'sign_in', 'streams'],
			...['shop: made', 'shop: time_zone', 'shop: origins', 'shop: keys'],
			...['shop: retention', 'shop: privacy'],
			...['shop: rolled_up_tags', 'shop: trace_url', 'shop: trace_services'],
			...['shop: alert_channels', 'app: made']
		]);
		expect(await listProjects(settings)).toMatchObject([
			{
				...{ id: 'shop', name: 'Shop', timeZone: 'Asia/Kolkata' },
				origins: ['https://shop.example', 'http://localhost:3000']
			},
			// Made without keys: a public one alone, because nobody is there to read a secret.
			{ id: 'app', name: 'app', origins: [], ingestKeys: [expect.stringMatching(/^pk_/)] }
		]);
		expect(await findSender(settings, 'pk_shop_staging')).toMatchObject({
			projectId: 'shop',
			environment: 'staging'
		});
		for (const server of [SERVER_KEY, NEXT_KEY])
			expect(await findSender(settings, server)).toMatchObject({ kind: 'server' });
		expect((await listRetention(settings)).get('shop')).toEqual({ rawDays: 90, derivedDays: 730 });
		expect((await listRolledUpTags(settings)).get('shop')).toEqual(['plan']);
		expect((await listPrivacy(settings)).get('shop')).toEqual({
			...{ country: false, references: true },
			...{ tags: ['plan', 'team'], consentFirst: false }
		});
		expect(await listAlertChannels(settings, 'shop')).toMatchObject([
			{ name: 'Chat', kind: 'slack', target: ENVIRONMENT.SHOP_SLACK_URL, secret: '' },
			{ name: 'Own', kind: 'webhook', secret: expect.stringMatching(/^whsec_/) },
			{ name: 'Pager', kind: 'pagerduty', target: PAGERDUTY_URL, secret: 'R0123456789' },
			{ name: 'Post', kind: 'email', target: 'oncall@shop.example' }
		]);
		expect([...(await readLegacyModels(settings))]).toEqual([
			['08987058-cadc-4b81-b6e1-30de50dcbe96', ''],
			['11111111-2222-4333-8444-555555555555', 'u2f_key']
		]);
		expect(await readLegacyVersions(settings)).toEqual({ macos: 13, windows: 'none' });
		await expect(setLegacyVersions(settings, { macos: '14' })).rejects.toMatchObject({
			code: 'set_by_file'
		});
		const model = { aaguid: '08987058-cadc-4b81-b6e1-30de50dcbe96', legacyClass: 'u2f_key' };
		await expect(setLegacyModel(settings, model)).rejects.toMatchObject({ code: 'set_by_file' });
		await expect(removeLegacyModel(settings, model.aaguid)).rejects.toMatchObject({
			code: 'set_by_file'
		});
		expect(await listConfiguredTables(settings)).toEqual(
			Object.fromEntries(
				[
					...['country', 'aaguids', 'mds', 'refresh_hours', 'allow_private'],
					...['legacy_classes', 'legacy_versions']
				].map((name) => [name, 'passlens.config.yaml'])
			)
		);
		const traceUrl = (await findTraceUrl(settings, 'shop'))!;
		expect(traceAddress(traceUrl, 'a/b')).toBe('https://tempo.example/trace/a%2Fb');
		expect(await listTraceServices(settings, 'shop')).toEqual(['shop-api', 'shop-auth']);
		expect(await listTraceServices(settings, 'app')).toEqual([]);
		expect(await apply(WHOLE)).toEqual([]);
	});

	test('of a provider is kept without its secret, and who came in through it signs in anew when it changes', async () => {
		await apply(WHOLE);
		expect(await readSignInProvider(settings)).toEqual({
			...{ name: 'Acme', issuer: 'https://login.acme.example', clientId: 'passlens' },
			secretFile: join(directory, 'secrets/oidc'),
			...{ scopes: ['email', 'groups'], groupsClaim: 'groups', withoutGroup: 'refuse' },
			roles: [
				{ group: 'shop-people', role: 'analyst', projectId: 'shop' },
				{ group: 'admins', role: 'admin', projectId: '*' }
			],
			...{ allowPrivate: false, signOutThere: true }
		});
		const kim = await addPerson(settings, { name: 'Kim', roles: [] });
		const open = (way: 'passkey' | 'provider') =>
			openSession(settings, { personId: kim.id, device: '', way });
		const [passkey, provider] = [await open('passkey'), await open('provider')];
		expect(await apply(WHOLE)).toEqual([]);
		expect(await readSession(settings, { token: provider })).toBeDefined();
		expect(await apply(WHOLE.replace('group: admins', 'group: few'))).toEqual(['sign_in']);
		expect(await readSession(settings, { token: provider })).toBeUndefined();
		expect(await readSession(settings, { token: passkey })).toBeDefined();
		await releaseConfigured(settings);
		expect(await readSignInProvider(settings)).toBeUndefined();
	});

	test('of tables has paths that begin at the file', async () => {
		expect((await read(WHOLE)).tables).toEqual({
			country: join(directory, 'tables/country.mmdb'),
			aaguids: 'https://lists.example/aaguids.json',
			mds: '/srv/mds.jwt',
			refresh_hours: 12,
			allow_private: false
		});
	});

	test('cannot be changed elsewhere, and says where it can', async () => {
		await apply(WHOLE);
		const projectId = 'shop';
		const attempts: [setting: string, act: () => Promise<unknown>][] = [
			['name', () => renameProject(settings, { projectId, name: 'Other' })],
			['time_zone', () => setTimeZone(settings, { projectId, timeZone: 'UTC' })],
			['origins', () => allowOrigin(settings, { projectId, origin: 'https://a.example' })],
			['origins', () => withdrawOrigin(settings, { projectId, origin: 'https://shop.example' })],
			['keys', () => addKey(settings, { projectId, kind: 'server' })],
			['keys', () => rotateKey(settings, { projectId, id: 'pk_shop_public', overlapMs: 0 })],
			['keys', () => revokeKey(settings, { projectId, id: 'pk_shop_public' })],
			['retention', () => setRetention(settings, projectId, {})],
			['rolled_up_tags', () => setRolledUpTags(settings, { projectId, tags: [] })],
			['trace_url', () => setTraceUrl(settings, { projectId, traceUrl: undefined })],
			['trace_services', () => setTraceServices(settings, { projectId, services: [] })],
			['privacy', () => setPrivacy(settings, { projectId, privacy: EVERYTHING_KEPT })],
			[
				'alert_channels',
				() =>
					addAlertChannel(settings, { projectId, name: 'A', kind: 'email', target: 'a@b.example' })
			],
			['alert_channels', () => removeAlertChannel(settings, { projectId, id: 'any' })]
		];
		for (const [setting, act] of attempts)
			await expect(act(), setting).rejects.toMatchObject({
				code: 'set_by_file',
				message: expect.stringContaining(
					`is set by passlens.config.yaml: change "${setting}" there and start Passlens again.`
				)
			});
		expect(await apply(WHOLE)).toEqual([]);
	});

	test('leaves the rest to the page, and all of it once it is released or no longer said', async () => {
		await apply(WHOLE);
		await renameProject(settings, { projectId: 'app', name: 'App' });
		await setRetention(settings, 'app', { rawDays: 30 });
		await apply('projects: [{ id: shop, name: Shop }, { id: app }]');
		expect(await listConfigured(settings, 'shop')).toEqual({ name: 'passlens.config.yaml' });
		await allowOrigin(settings, { projectId: 'shop', origin: 'https://more.example' });
		expect((await listProjects(settings)).map(({ name }) => name)).toEqual(['Shop', 'App']);
		await releaseConfigured(settings);
		await renameProject(settings, { projectId: 'shop', name: 'Other' });
		await setLegacyVersions(settings, { macos: '14', ios: '' });
		expect(await readLegacyVersions(settings)).toEqual({ macos: 14 });
		await expect(setLegacyVersions(settings, { ios: '0' })).rejects.toThrow('no version of iOS');
	});

	test('of channels keeps those of the same name as they are known, and removes the others', async () => {
		await apply(WHOLE);
		const before = await listAlertChannels(settings, 'shop');
		const idOf = (all: AlertChannel[], name: string) => all.find((one) => one.name === name)!.id;
		expect(
			await apply(`projects:
  - id: shop
    alert_channels:
      - { name: Own, kind: webhook, target: https://elsewhere.example }
      - { name: Chat, kind: email, target: chat@shop.example }
`)
		).toEqual(['sign_in', 'shop: alert_channels']);
		const after = await listAlertChannels(settings, 'shop');
		expect(after).toMatchObject([
			{ name: 'Chat', kind: 'email', target: 'chat@shop.example', secret: '' },
			{ name: 'Own', target: 'https://elsewhere.example/', id: idOf(before, 'Own') }
		]);
		expect(after[1]!.secret).toBe(before.find(({ name }) => name === 'Own')!.secret);
		expect(idOf(after, 'Chat')).toBe(idOf(before, 'Chat'));
	});

	test('of streams keeps those of the same name where they are, and what the page added', async () => {
		await apply(WHOLE);
		const [files, siem] = await listStreams(settings);
		expect(siem).toMatchObject({
			...{ name: 'SIEM', target: ENVIRONMENT.SHOP_SLACK_URL, authorization: 'R0123456789' },
			...{ file: 'passlens.config.yaml', projects: ['shop'], format: 'lines' }
		});
		await expect(removeStream(settings, siem!.id)).rejects.toThrow('set by passlens.config.yaml');
		await addStream(settings, {
			...{ name: 'By hand', kind: 'file', target: 'own', topics: ['credentials'] }
		});
		await settings.updateTable('stream').set({ position: 7 }).execute();
		const text =
			'streams: [{ name: SIEM, kind: webhook, target: https://siem.example/in, topics: [credentials] }]';
		expect(await apply(text)).toEqual(['sign_in', 'streams']);
		expect(await apply(text)).toEqual([]);
		const after = await listStreams(settings);
		expect(after).toMatchObject([
			{ name: 'By hand', file: '' },
			{
				...siem,
				target: 'https://siem.example/in',
				format: 'array',
				authorization: '',
				position: 7,
				projects: [],
				topics: ['credentials']
			}
		]);
		expect(after.map(({ id }) => id)).not.toContain(files!.id);
		expect(await apply('')).toEqual([]);
		await removeStream(settings, siem!.id);
	});

	test('rotates keys: the old one ends when it says, and what is not listed ends now', async () => {
		await createProject(settings, { id: 'shop', name: 'Shop' });
		const made = (await listKeys(settings, 'shop')).map(({ id }) => id);
		await apply(WHOLE);
		const keys = await listKeys(settings, 'shop');
		for (const id of made)
			expect(keys.find((one) => one.id === id)!.revokedAt).toBeLessThanOrEqual(Date.now());
		await apply(WHOLE.replace('2999-12-31', '2020-12-31'));
		expect(await findSender(settings, SERVER_KEY)).toBeUndefined();
		expect(await findSender(settings, NEXT_KEY)).toMatchObject({ kind: 'server' });
		await apply(WHOLE);
		expect(await findSender(settings, SERVER_KEY)).toMatchObject({ kind: 'server' });
	});

	test('is applied as a whole or not at all: a key of another project stops it', async () => {
		const { ingestKey } = await createProject(settings, { id: 'other', name: 'Other' });
		const text = `projects: [{ id: first }, { id: shop, keys: [{ kind: ingest, key: ${ingestKey} }] }]`;
		await expect(apply(text)).rejects.toThrow(
			'A key that the file gives to "shop" is the ingest key of "other" already: make another.'
		);
		expect((await listProjects(settings)).map(({ id }) => id)).toEqual(['other']);
	});

	test('can be had of settings that were made in the page, and then changes nothing', async () => {
		const { ingestKey, serverKey } = await createProject(settings, {
			id: 'shop',
			name: 'Shop: "the" one',
			origins: ['https://shop.example']
		});
		await rotateKey(settings, { projectId: 'shop', id: ingestKey, overlapMs: 3_600_000 });
		await setTimeZone(settings, { projectId: 'shop', timeZone: 'America/New_York' });
		await setRetention(settings, 'shop', { rawDays: 30 });
		await setRolledUpTags(settings, { projectId: 'shop', tags: ['plan', 'team'] });
		await setTraceUrl(settings, { projectId: 'shop', traceUrl: 'http://t.example/{trace_id}' });
		await setTraceServices(settings, { projectId: 'shop', services: ['shop-api'] });
		const aaguid = '11111111-2222-4333-8444-555555555555';
		await setLegacyModel(settings, { aaguid: aaguid.toUpperCase(), legacyClass: 'u2f_key' });
		await setLegacyModel(settings, { aaguid, legacyClass: 'none' });
		await setLegacyVersions(settings, { ios: ' 14 ', android: 'ANY' });
		await writeSignInProvider(settings, (await read(WHOLE)).signIn);
		const privacy = { country: true, references: false, tags: [], consentFirst: true };
		await setPrivacy(settings, { projectId: 'shop', privacy });
		const slack = 'https://hooks.slack.example/T0/secret';
		for (const [kind, target, secret] of [
			['email', 'oncall@shop.example'],
			['slack', slack],
			['pagerduty', '', 'R0123456789']
		] as const)
			await addAlertChannel(settings, {
				...{ projectId: 'shop', name: `On call, ${kind}`, kind, target },
				...(secret && { secret })
			});
		await addStream(settings, {
			...{ name: 'SIEM', kind: 'webhook', target: slack, authorization: 'R0123456789' },
			...{ secret: SIGNING, topics: ['credentials'] }
		});
		const text = await writeConfiguration(settings);
		for (const secret of [serverKey, slack, 'R0123456789', SIGNING])
			expect(text).not.toContain(secret);
		const env = {
			SHOP_ON_CALL_SLACK_TARGET: slack,
			SHOP_ON_CALL_PAGERDUTY_SECRET: 'R0123456789',
			STREAM_SIEM_TARGET: slack,
			STREAM_SIEM_SECRET: SIGNING,
			STREAM_SIEM_AUTHORIZATION: 'R0123456789'
		};
		expect(await apply(text, env)).toEqual([]);
		expect(Object.keys(await listConfigured(settings, 'shop'))).toHaveLength(10);
	});
});
