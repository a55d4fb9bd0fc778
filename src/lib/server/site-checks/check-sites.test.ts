import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveSite, type Reply, type Server } from '../../../../sdk/doctor/testing/serve-site.ts';
import { listAlertFirings } from '../../../../settings/alert-firings.ts';
import { saveAlertRule } from '../../../../settings/alert-rules.ts';
import { openSettings, type Settings } from '../../../../settings/open-settings.ts';
import { createProject } from '../../../../settings/projects.ts';
import { listSiteChecks } from '../../../../settings/site-checks.ts';
import { evaluateAlerts } from '../alerts/evaluate-alerts.ts';
import { parseAlertRule } from '../alerts/parse-rule.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, rawEvent } from '../testing/sample-events.ts';
import { queryApplicationHealth, querySending } from '../queries/application-health.ts';
import { checkSites } from './check-sites.ts';

const PROJECT = 'sites';
const GOOD: Record<string, Reply> = {
	'/': '<!doctype html><title>Shop</title>',
	'/.well-known/webauthn': JSON.stringify({ origins: ['https://shop.test'] }),
	'/.well-known/apple-app-site-association': JSON.stringify({
		webcredentials: { apps: ['ABCDE12345.test.shop'] }
	}),
	'/.well-known/assetlinks.json': JSON.stringify([
		{
			relation: [
				'delegate_permission/common.get_login_creds',
				'delegate_permission/common.handle_all_urls'
			],
			target: {
				namespace: 'android_app',
				package_name: 'test.shop',
				sha256_cert_fingerprints: [Array(32).fill('AB').join(':')]
			}
		}
	])
};

let database: TemporaryDatabase;
let dataDir: string;
let settings: Settings;
let server: Server;
/** What the site answers; a test breaks and mends it. */
const replies = { ...GOOD };
let site: string;

beforeAll(async () => {
	database = await openTemporaryDatabase();
	dataDir = mkdtempSync(join(tmpdir(), 'passlens-sites-'));
	settings = await openSettings({ dataDir });
	server = await serveSite({ replies, tls: false });
	site = `http://localhost:${server.port}`;
	await createProject(settings, { id: PROJECT, name: 'Sites', origins: [site] });
});
afterAll(async () => {
	await server?.close();
	await settings?.destroy();
	await database?.close();
	rmSync(dataDir, { recursive: true, force: true });
});

const look = (olderThanMs?: number) =>
	checkSites({
		...{ client: database.client, settings, project: { id: PROJECT, origins: [site] } },
		reach: { endpoint: 'http://localhost:9', allowPrivate: true },
		...(olderThanMs !== undefined && { olderThanMs })
	});
const errorsOf = async () =>
	(await listSiteChecks(settings, PROJECT)).map(({ findings }) =>
		findings
			.filter(({ level, area }) => level === 'error' && area !== 'endpoint')
			.map(({ code }) => code)
	);

describe('looks at a site', () => {
	it('find nothing wrong where its files are right, and read them all', async () => {
		await look();
		const [check] = await listSiteChecks(settings, PROJECT);
		expect(await errorsOf()).toEqual([[]]);
		expect(check!.findings.map(({ code }) => code)).toEqual(
			expect.arrayContaining([
				...['related_origins_read', 'apple_association_read', 'asset_links_both_permissions']
			])
		);
		expect(server.seen).toContain('GET /.well-known/assetlinks.json');
	});

	it('that find the same are one entry, and one that is not due is not made', async () => {
		const before = server.seen.length;
		await look(3_600_000);
		expect(server.seen.length).toBe(before);
		await look();
		expect(server.seen.length).toBeGreaterThan(before);
		expect(await errorsOf()).toEqual([[]]);
	});

	it('tell a rule what broke, when it is mended, and when it breaks again', async () => {
		const read = parseAlertRule(new URLSearchParams({ measure: 'site_trouble', minimum: '1' }));
		const { rule } = read as Extract<typeof read, { rule: unknown }>;
		await saveAlertRule(settings, {
			...{ projectId: PROJECT, name: 'Sites', rule, channels: [], author: 'test' }
		});
		const told = async () => {
			await evaluateAlerts({ client: database.client, settings });
			return (await listAlertFirings(settings, { projectId: PROJECT, limit: 10 }))
				.filter(({ title }) => !title.includes('endpoint'))
				.map(({ title, resolvedAt, path }) => [title, resolvedAt === undefined, path]);
		};
		expect(await told()).toEqual([]);

		replies['/.well-known/assetlinks.json'] = '[{"relation":';
		await look();
		const title = `Site check: ${site}, asset links json invalid`;
		const path = expect.stringMatching(/^\/health-checks\?/);
		expect(await told()).toEqual([[title, true, path]]);
		await look();
		expect(await told()).toEqual([[title, true, path]]);

		replies['/.well-known/assetlinks.json'] = GOOD['/.well-known/assetlinks.json']!;
		await look();
		expect(await told()).toEqual([[title, false, path]]);

		replies['/.well-known/assetlinks.json'] = '[{"relation":';
		await look();
		expect(await told()).toEqual(
			expect.arrayContaining([
				[title, true, path],
				[title, false, path]
			])
		);
		expect((await errorsOf()).slice(0, 3)).toEqual([
			...[['asset_links_json_invalid'], [], ['asset_links_json_invalid']]
		]);
	});

	it('ask no private address where the dashboard is not for this machine alone', async () => {
		const before = server.seen.length;
		await checkSites({
			...{ client: database.client, settings, project: { id: PROJECT, origins: [site] } },
			reach: { endpoint: 'http://localhost:9', allowPrivate: false }
		});
		expect(server.seen.length).toBe(before);
		expect((await errorsOf())[0]).toContain('private_address_refused');
	});
});

describe('what ceremonies and events tell of an application', () => {
	const ago = (minutes: number) =>
		new Date(Date.now() - minutes * 60_000).toISOString().replace('T', ' ').replace('Z', '');

	it('is how much it sends, its SDKs, both sides, clocks and what replaced the API', async () => {
		const of = (application: string, sdk_version: string, clock_skew_ms = 0) => ({
			...{ project_id: 'health', application, sdk_version, clock_skew_ms }
		});
		const passkey = { credential_hash: 5 };
		await database.insert([
			...ceremony(of('web', '0.1.0'), {
				...{ at: ago(60), type: 'authentication', end: passkey, verdict: { verified: true } }
			}),
			...ceremony(of('web', '0.0.9', 120_000), {
				...{ at: ago(90), type: 'authentication', end: { ...passkey, api_replaced: true } }
			}),
			...ceremony(of('web', '0.0.9'), {
				...{ at: ago(120), type: 'authentication' },
				end: { error_name: 'X', cause: 'extension_interfered', api_replaced: true }
			}),
			// Still under way: the verdict may come.
			...ceremony(of('web', '0.1.0'), { at: ago(1), type: 'authentication', end: passkey }),
			...ceremony(
				{ project_id: 'health', application: 'web' },
				{
					...{ at: ago(30), type: 'authentication', end: passkey, verdict: { verified: true } }
				}
			).filter(({ event_type }) => event_type === 'ceremony.verdict'),
			rawEvent(of('old', '0.0.1'), 'client.capabilities', ago(2 * 24 * 60))
		]);
		expect(await queryApplicationHealth(database.client, { project: 'health' })).toMatchObject([
			{
				...{ application: 'web', ceremonies: 3, completed: 2, completed_decided: 1 },
				...{ decided: 1, decided_seen: 1, api_known: 2, api_replaced: 2, interfered: 1 },
				...{ skew_known: 3, skew_far: 1, sdk_versions: { '0.1.0': 1, '0.0.9': 2 } }
			},
			{ application: '', ceremonies: 1, decided: 1, decided_seen: 0 }
		]);
		const sending = await querySending(database.client, { project: 'health' });
		expect(sending.map(({ application, days }) => [application, days])).toEqual([
			['web', [10]],
			['old', [0, 0, 1]]
		]);
	});
});
