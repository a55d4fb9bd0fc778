import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addApiKey } from '../settings/access/api-keys.ts';
import { readAuditLog } from '../settings/access/audit-log.ts';
import { openSettings } from '../settings/open-settings.ts';
import { KPI_IDS } from '../src/lib/server/kpis/registry.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { sampleVisit } from './support/sample-events.ts';
import { sendVisits } from './support/send-visits.ts';
import { until } from './support/until.ts';

const PROJECT = 'shop';
/** More than all other tests of this file ask. */
const PER_MINUTE = 300;

type Json = Record<string, unknown>;
interface Description {
	paths: Record<string, { get: { operationId: string } }>;
	components: { schemas: Record<string, object> };
}

let passlens: Passlens;
let description: Description;
let ajv: Ajv2020;
let ceremony: string;
let credential: string;
let failure: string;
let user: string;

beforeAll(async () => {
	vi.stubEnv('PASSLENS_API_PER_MINUTE', String(PER_MINUTE));
	passlens = await startPasslens();
	vi.unstubAllEnvs();
	const visits = Array.from({ length: 4 }, (_, index) => sampleVisit({ text: `release ${index}` }));
	await sendVisits({ passlens, keys: addProject(passlens, PROJECT), visits });
	description = (await (await get('/api/openapi.json')).json()) as Description;
	ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
	ajv.addSchema(description, 'openapi');
	// The daily rollup comes last.
	await until(async () => {
		const { kpis } = (await read('/kpis/usage_rate_all')) as { kpis: { denominator: number }[] };
		expect(kpis[0]!.denominator).toBeGreaterThan(0);
	});
	ceremony = (await rows('/ceremonies', 'ceremonies'))[0]!['ceremony_id'] as string;
	user = (await rows('/ceremonies?outcome=succeeded', 'ceremonies'))[0]!['user_hash'] as string;
	credential = (await rows('/credentials', 'credentials'))[0]!['credential_hash'] as string;
	failure = (await rows('/failures', 'failures'))[0]!['group_id'] as string;
});
afterAll(async () => {
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

const get = (path: string) => passlens.fetch(path);
const withProject = (path: string) => `${path}${path.includes('?') ? '&' : '?'}project=${PROJECT}`;
const read = async (path: string) =>
	(await get(`/api/v1${withProject(path)}`)).json() as Promise<Json>;
const rows = async (path: string, name: string) => (await read(path))[name] as Json[];

/** Of an assistant that may ask everything about every project. */
async function makeApiKey({ dataDir }: { dataDir: string }): Promise<string> {
	const settings = await openSettings({ dataDir });
	const actions = ['view', 'see-users', 'follow-users'];
	const key = await addApiKey(settings, {
		...{ name: 'Assistant', projectId: '*', actions, days: 1, by: 'test' }
	});
	await settings.destroy();
	return key;
}

/** What an answer has against the document's schema of this name. */
function errorsOf(schema: string, answer: unknown) {
	const validate = ajv.compile({ $ref: `openapi#/components/schemas/${schema}` });
	return validate(answer) ? [] : validate.errors;
}

/** Every path of the document, with what stands in its braces. */
const filled = (path: string) =>
	path
		.replace('/kpis/{id}', '/kpis/time_to_sign_in')
		.replace('/failures/{id}', `/failures/${failure}`)
		.replace('/ceremonies/{id}', `/ceremonies/${ceremony}`)
		.replace('{hash}', credential)
		.replace('{user}', user);

describe('the read API', () => {
	it('answers every path as its description says, and leaves nothing out of it', async () => {
		const paths = Object.keys(description.paths);
		expect(paths.length).toBeGreaterThan(10);
		const { tables } = (await (await get('/api/v1/tables')).json()) as { tables: string[] };
		expect(tables.length).toBeGreaterThan(20);
		for (const path of paths) {
			const { operationId } = description.paths[path]!.get;
			const funnels = ['enrolment', 'sign-in', 'cross-device', 'upgrade'];
			const all = path.includes('{funnel}')
				? funnels.map((funnel) => path.replace('{funnel}', funnel))
				: path.includes('{name}')
					? tables.map((name) => path.replace('{name}', name))
					: [filled(path)];
			for (const one of all) {
				const open = ['/projects', '/definitions', '/tables'].includes(path);
				const response = await get(`/api/v1${open ? one : withProject(one)}`);
				expect([one, response.status]).toEqual([one, 200]);
				expect([one, errorsOf(operationId, await response.json())]).toEqual([one, []]);
			}
		}
	});

	it('gives rows of single people and of policies to whom may see them, and notes the look', async () => {
		const settings = await openSettings({ dataDir: passlens.dataDir });
		const made = { name: 'Figures', projectId: PROJECT, actions: ['view'], days: 1, by: 'test' };
		const authorization = `Bearer ${await addApiKey(settings, made)}`;
		const answers = ['ledger-findings', 'policy-users', 'sync-by-provider'].map(async (name) => {
			const address = `${passlens.url}/api/v1/tables/${name}?project=${PROJECT}`;
			return (await fetch(address, { headers: { authorization } })).status;
		});
		expect(await Promise.all(answers)).toEqual([404, 404, 200]);
		const looks = await readAuditLog(settings, { action: 'exported', actor: 'Figures' });
		await settings.destroy();
		expect(looks.map(({ subject }) => subject)).toEqual(['/api/v1/tables/sync-by-provider']);
	});

	it('tells mistakes as problems, by name', async () => {
		const NOT_CHOSEN = {
			...{ code: 'invalid_parameter', field: 'tagged' },
			detail: expect.stringMatching(/“plan” can be chosen in Project settings/) as string
		};
		for (const [path, status, told] of [
			['/ceremonies?outcome=some', 400, { code: 'invalid_parameter', field: 'outcome' }],
			['/ceremonies?q=casue:timed_out', 400, { code: 'invalid_parameter', field: 'q' }],
			['/ceremonies?cursor=2', 400, { code: 'invalid_parameter', field: 'cursor' }],
			['/ceremonies?limit=0', 400, { code: 'invalid_parameter', field: 'limit' }],
			['/kpis?perod=7d', 400, { code: 'unknown_parameter', field: 'perod' }],
			['/kpis?period=7', 400, { code: 'invalid_parameter', field: 'period' }],
			['/kpis?tagged=plan', 400, { code: 'invalid_parameter', field: 'tagged' }],
			['/kpis?tagged=plan%3Dpro', 400, NOT_CHOSEN],
			['/metrics?tagged=plan%3Dpro', 400, NOT_CHOSEN],
			[
				'/tables/credentials?of=provider%3DBitwarden',
				400,
				{ field: 'of', detail: expect.stringContaining('provider=…') as string }
			],
			['/ceremonies/nothing', 404, { code: 'not_found', field: 'id' }],
			['/failures/0123456789', 404, { code: 'not_found' }],
			['/users/0123456789abcdef', 404, { code: 'not_found' }],
			['/users/ada@example.com', 404, { code: 'not_found', field: 'user' }]
		] as const) {
			const response = await get(`/api/v1${withProject(path)}`);
			const answer = await response.json();
			expect(response.status).toBe(status);
			expect(response.headers.get('content-type')).toBe('application/problem+json');
			expect(answer).toMatchObject(told);
			expect(errorsOf('Problem', answer)).toEqual([]);
		}
	});

	it.each([
		['/ceremonies', 'ceremonies', 'ceremony_id', ''],
		['/credentials', 'credentials', 'credential_hash', ''],
		['/credentials', 'credentials', 'credential_hash', '&sort=uses'],
		['/credentials', 'credentials', 'credential_hash', '&sort=-last']
	])('gives all of %s page by page, each once', async (path, name, id, sort) => {
		const whole = (await rows(`${path}?limit=500${sort}`, name)).map((row) => row[id]);
		const found: unknown[] = [];
		let cursor: string | null = '';
		while (cursor !== null) {
			const page: Json = await read(`${path}?limit=3${sort}${cursor && `&cursor=${cursor}`}`);
			found.push(...(page[name] as Json[]).map((row) => row[id]));
			cursor = page['next'] as string | null;
		}
		expect(whole.length).toBeGreaterThan(3);
		expect(found).toEqual(whole);
	});

	it('gives Prometheus the counts of every figure, and no sample of what is not known', async () => {
		const response = await get(`/api/v1${withProject('/metrics')}`);
		expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
		const text = await response.text();
		const { kpis } = (await read('/kpis')) as {
			kpis: { definition: { id: string }; numerator?: number | null }[];
		};
		for (const { definition, numerator } of kpis) {
			const line = new RegExp(
				`^passlens_kpi_numerator\\{project="${PROJECT}",kpi="${definition.id}"\\} (\\S+)$`,
				'm'
			).exec(text)?.[1];
			expect([definition.id, line]).toEqual([
				definition.id,
				numerator == null ? undefined : String(numerator)
			]);
		}
	});
});

describe('the MCP server', () => {
	let client: Client;
	beforeAll(async () => {
		client = new Client({ name: 'passlens-tests', version: '0' });
		const { dataDir } = passlens;
		const transport = new StreamableHTTPClientTransport(new URL(`${passlens.url}/api/mcp`), {
			requestInit: { headers: { authorization: `Bearer ${await makeApiKey({ dataDir })}` } }
		});
		await client.connect(transport as Parameters<typeof client.connect>[0]);
	});
	afterAll(() => client?.close());

	const call = async (name: string, input: Json = {}) => {
		const result = await client.callTool({ name, arguments: input });
		return result as { isError?: boolean; structuredContent?: Json; content: { text: string }[] };
	};

	it('has a tool for every question of the API, described, read-only', async () => {
		const { tools } = await client.listTools();
		const operations = Object.values(description.paths).map((path) => path.get.operationId);
		expect(tools.map(({ name }) => name)).toEqual(operations);
		for (const { description, annotations } of tools) {
			expect(description!.length).toBeGreaterThan(20);
			expect(annotations).toMatchObject({ readOnlyHint: true });
		}
		expect(client.getInstructions()).toContain('never zero');
	});

	it('answers with the figures and definitions of the API', async () => {
		for (const [tool, input, path] of [
			['list_projects', {}, '/projects'],
			['list_definitions', {}, '/definitions'],
			['get_kpi', { id: 'ceremony_success', project: PROJECT }, '/kpis/ceremony_success'],
			['list_kpis', { project: PROJECT, platform: 'Linux' }, '/kpis?platform=Linux'],
			['get_funnel', { project: PROJECT, funnel: 'sign-in' }, '/funnels/sign-in'],
			['list_failures', { project: PROJECT, view: 'open' }, '/failures?view=open'],
			['get_ceremony', { project: PROJECT, id: ceremony }, `/ceremonies/${ceremony}`],
			['get_user', { project: PROJECT, user, kind: 'signin' }, `/users/${user}?kind=signin`]
		] as const) {
			const { structuredContent, content } = await call(tool, input);
			const open = tool === 'list_projects' || tool === 'list_definitions';
			const expected = await (await get(`/api/v1${open ? path : withProject(path)}`)).json();
			expect(structuredContent).toEqual(expected);
			expect(JSON.parse(content[0]!.text)).toEqual(expected);
		}
		const { structuredContent } = await call('list_kpis', { project: PROJECT });
		expect(structuredContent!['kpis']).toHaveLength(KPI_IDS.length);
	});

	it('leaves a look at somebody in the audit log, as the API does', async () => {
		await call('get_user', { project: PROJECT, user });
		await call('list_ceremonies', { project: PROJECT, q: user });
		const settings = await openSettings({ dataDir: passlens.dataDir });
		const looks = await readAuditLog(settings, { action: 'looked-up', actor: 'Assistant' });
		await settings.destroy();
		expect(looks.map(({ subject, detail }) => [subject, detail])).toEqual(
			expect.arrayContaining([
				[`/api/v1/users/${user}`, {}],
				['/api/v1/ceremonies', { query: user }]
			])
		);
	});

	it('tells what is wrong with a call', async () => {
		expect(await call('get_failure', { project: PROJECT, id: '0123456789' })).toMatchObject({
			isError: true,
			content: [{ text: expect.stringContaining('not_found') }]
		});
		expect(await call('list_kpis', { project: PROJECT, perod: '7d' })).toMatchObject({
			isError: true
		});
	});
});

it('who asks too much is told when to ask again', async () => {
	let response = await get('/api/v1/projects');
	for (let asked = 0; response.status === 200 && asked < PER_MINUTE; asked += 1)
		response = await get('/api/v1/projects');
	expect(response.status).toBe(429);
	expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
	expect(await response.json()).toMatchObject({ code: 'too_many_requests' });
});
