import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAuditLog } from '../settings/access/audit-log.ts';
import { openSettings } from '../settings/open-settings.ts';
import { PINNED_NODE } from '../tools/install.mjs';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';

let passlens: Passlens;
let keys: ReturnType<typeof addProject>;
beforeAll(async () => {
	passlens = await startPasslens();
	keys = addProject(passlens, 'shop');
});
afterAll(() => passlens?.stop());
beforeEach(() => printOutputOnFailure(passlens));

const asKey = (key: string, path: string) =>
	fetch(new URL(path, passlens.url), { headers: { authorization: `Bearer ${key}` } });

it('no session, key or link is in what Passlens writes, whether it was taken or refused', async () => {
	const made = (tool: string, ...args: string[]) =>
		spawnSync(PINNED_NODE, [`tools/${tool}.ts`, ...args, '--data-dir', passlens.dataDir], {
			...{ cwd: join(import.meta.dirname, '..'), encoding: 'utf8' }
		}).stdout;
	const invited = made('people', 'invite', 'Kim', '--role', 'viewer', '--project', 'shop');
	const link = /\/welcome\/([\w-]{43})/.exec(invited)![1]!;
	const added = made('api-key', 'add', 'Warehouse', '--may', 'view', '--project', 'shop');
	const apiKey = /plk_\S{32}/.exec(added)![0];
	const sessions = [...passlens.admin.cookies()]
		.filter(([name]) => name.includes('_session'))
		.map(([, token]) => token);
	expect(sessions).toHaveLength(1);

	expect((await asKey(apiKey, '/api/v1/projects')).status).toBe(200);
	expect((await asKey(apiKey, '/api/v1/ceremonies?project=shop')).status).toBe(403);
	expect((await asKey(`plk_${link}`, '/api/v1/projects')).status).toBe(401);
	// A site's key is none of the dashboard's: it sees what anybody at this machine does.
	expect(await (await asKey(keys.serverKey, '/api/v1/projects')).text()).not.toContain('shop');
	expect((await passlens.fetch(`/welcome/${link}`)).status).toBe(200);
	expect((await passlens.fetch('/nowhere')).status).toBe(404);
	for (const body of ['{', '[{"type":"verdict"}]'])
		await fetch(`${passlens.collectorUrl}/v1/events`, {
			...{ method: 'POST', body },
			headers: { authorization: `Bearer ${keys.serverKey}`, 'content-type': 'application/json' }
		});

	const settings = await openSettings({ dataDir: passlens.dataDir });
	const log = JSON.stringify(await readAuditLog(settings, { limit: 10_000 }));
	await settings.destroy();
	const files = (await readdir(passlens.dataDir)).filter((name) =>
		name.startsWith('passlens.sqlite')
	);
	const places = {
		output: passlens.output(),
		'audit log': log,
		...Object.fromEntries(
			await Promise.all(
				files.map(async (name) => [name, await readFile(join(passlens.dataDir, name), 'latin1')])
			)
		)
	} as Record<string, string>;
	expect(log).toContain('Warehouse');
	const secrets = { link, 'API key': apiKey, 'server key': keys.serverKey, session: sessions[0]! };
	for (const [secret, text] of Object.entries(secrets))
		for (const [place, content] of Object.entries(places))
			expect([secret, place, content.includes(text)]).toEqual([secret, place, false]);
});

describe('a body of a megabyte', () => {
	const BOTH = 'application/json, text/event-stream';
	const MEGABYTE = 'x'.repeat(1_048_576);
	const inPieces = () =>
		new ReadableStream({
			start(controller) {
				for (let at = 0; at < 16; at++) controller.enqueue(Buffer.from(MEGABYTE.slice(0, 65_536)));
				controller.close();
			}
		});

	it.each<[path: string, type: string]>([
		['/sign-in/verify', 'application/json'],
		['/people?/invite', 'application/x-www-form-urlencoded'],
		['/api/mcp', 'application/json']
	])('is taken by no page: %s', async (path, type) => {
		const send = (body: BodyInit) =>
			passlens.fetch(path, {
				...{ method: 'POST', body, duplex: 'half' },
				headers: { 'content-type': type, origin: passlens.url, accept: BOTH }
			} as RequestInit);
		for (const body of [JSON.stringify(MEGABYTE), inPieces()])
			expect([400, 413]).toContain((await send(body)).status);
		expect((await passlens.fetch('/account')).status).toBe(200);
	});
});
