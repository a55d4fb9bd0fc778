import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addApiKey } from '../settings/access/api-keys.ts';
import { readAuditLog } from '../settings/access/audit-log.ts';
import { invite } from '../settings/access/invitations.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import { ACTIONS } from '../src/lib/server/access/access.ts';
import { ROUTES } from '../src/lib/server/access/routes.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { somebodyAt, type Somebody } from './support/sign-in.ts';

// Who may do everything, in another project: by a role and by an API key.
const SHOP = 'shop';
const SHOP_NAME = `Project ${SHOP}`;
const OTHER = 'other';
const HASH = '0123456789abcdef';

let passlens: Passlens;
let settings: Settings;
let foreign: Somebody;
let nobody: Somebody;
let key: string;
beforeAll(async () => {
	passlens = await startPasslens();
	for (const project of [SHOP, OTHER]) addProject(passlens, project);
	settings = await openSettings({ dataDir: passlens.dataDir });
	foreign = somebodyAt(passlens.url);
	nobody = somebodyAt(passlens.url);
	const roles = [{ projectId: OTHER, role: 'admin' as const }];
	const link = await invite(settings, { name: 'Foreign', roles, by: 'test' });
	await foreign.welcome(`/welcome/${link}`, { name: 'Foreign' });
	const actions = [...ACTIONS];
	key = await addApiKey(settings, {
		...{ name: 'Foreign program', projectId: OTHER, actions, days: 1, by: 'test' }
	});
});
afterAll(async () => {
	await settings?.destroy();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

const authorization = () => ({ authorization: `Bearer ${key}` });

/** The names of all files and tables, as the API tells them to whoever may see all. */
async function namesOf(): Promise<string[]> {
	const { tables } = (await (await passlens.fetch('/api/v1/tables')).json()) as {
		tables: string[];
	};
	expect(tables.length).toBeGreaterThan(20);
	return tables;
}

describe('access matrix, of everything that is asked by a name', () => {
	it('access matrix: every file is refused to who is signed out and to a foreign administrator', async () => {
		for (const name of await namesOf())
			for (const somebody of [nobody, foreign])
				for (const project of [SHOP, 'nowhere']) {
					const answer = await somebody.fetch(`/export/${name}?project=${project}`);
					expect([401, 404], `${name} of ${project}`).toContain(answer.status);
					expect(await answer.text(), name).not.toContain(SHOP_NAME);
				}
	});

	it('access matrix: every table of the API is refused to a foreign API key, as if there were no such project', async () => {
		for (const name of await namesOf()) {
			const [there, nowhere] = await Promise.all(
				[SHOP, 'nowhere'].map(async (project) => {
					const path = `/api/v1/tables/${name}?project=${project}`;
					const answer = await nobody.fetch(path, { headers: authorization() });
					return { status: answer.status, text: await answer.text() };
				})
			);
			expect(there, name).toEqual(nowhere);
			expect(there!.status, name).toBe(404);
			const own = await nobody.fetch(`/api/v1/tables/${name}?project=${OTHER}`, {
				headers: authorization()
			});
			expect(own.status, name).toBe(200);
		}
	});

	it('access matrix: a foreign API key opens no route of the project, by any method', async () => {
		for (const [route, { scope }] of Object.entries(ROUTES)) {
			if (scope !== 'project' && scope !== 'instance') continue;
			const path = `${route.replace(/\[[^\]]+\]/g, HASH)}?project=${SHOP}`;
			for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
				const answer = await nobody.fetch(path, {
					...{ method, headers: { ...authorization(), origin: passlens.url } },
					...(method !== 'GET' && { body: new URLSearchParams({ project: SHOP }) })
				});
				expect([401, 403, 404, 405], `${method} ${route}`).toContain(answer.status);
				expect(await answer.text(), `${method} ${route}`).not.toContain(SHOP_NAME);
			}
		}
	});

	it('access matrix: every tool of the assistant’s server refuses a foreign project', async () => {
		const client = new Client({ name: 'test', version: '1' });
		const transport = new StreamableHTTPClientTransport(new URL('/api/mcp', passlens.url), {
			requestInit: { headers: authorization() }
		});
		await client.connect(transport as Parameters<typeof client.connect>[0]);
		const { tools } = await client.listTools();
		expect(tools.length).toBeGreaterThan(12);
		const given: Record<string, string> = {
			...{ id: HASH, hash: HASH, user: HASH, name: 'kpis', funnel: 'sign-in' }
		};
		for (const { name, inputSchema } of tools) {
			const takes = Object.keys(inputSchema.properties ?? {});
			const required = (inputSchema.required ?? []).map((field) => [field, given[field]]);
			const ask = async (project: string) =>
				client.callTool({
					name,
					arguments: {
						...(Object.fromEntries(required) as object),
						...(takes.includes('project') && { project })
					}
				});
			const [there, nowhere] = [await ask(SHOP), await ask('nowhere')];
			expect(JSON.stringify(there), name).not.toContain(SHOP_NAME);
			expect(there, name).toEqual(nowhere);
			expect(there.isError === true, name).toBe(takes.includes('project'));
		}
		await client.close();
	});
});

describe('the audit log, of who saw', () => {
	it.each([
		['/credentials', true],
		['/ceremonies', true],
		['/ledger', true],
		['/users?group=shared-device', true],
		['/audit-log', true],
		['/api/v1/credentials', true],
		['/users', false],
		['/risk', false],
		['/', false]
	])('rows of people at %s: %s', async (path, seen) => {
		const address = `${path}${path.includes('?') ? '&' : '?'}project=${SHOP}`;
		expect((await passlens.fetch(address)).status).toBe(200);
		const looks = await readAuditLog(settings, { action: 'looked-up', limit: 1_000 });
		const subject = path.replace(/\?.*/, '');
		const last = looks.filter((look) => look.subject === subject);
		expect(last.length > 0 && path !== '/users').toBe(seen);
	});
});
