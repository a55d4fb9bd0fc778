import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { invite } from '../settings/access/invitations.ts';
import { EVERY_PROJECT, type Role } from '../settings/access/people.ts';
import { openSettings } from '../settings/open-settings.ts';
import type { Action } from '../src/lib/server/access/access.ts';
import { ROUTES, type RouteRule } from '../src/lib/server/access/routes.ts';
import { expectAnswerHeaders } from './support/answer-headers.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { somebodyAt, type Somebody } from './support/sign-in.ts';

/** What is to be seen by nobody who may not: the name of the project that is asked about. */
const SHOP = 'shop';
const SHOP_NAME = `Project ${SHOP}`;
const OTHER = 'other';

/** Everybody who asks, with what they are in which project. */
const PEOPLE: Record<string, [project: string, role: Role] | undefined> = {
	'somebody signed out': undefined,
	'a viewer': [SHOP, 'viewer'],
	'an analyst': [SHOP, 'analyst'],
	'an engineer': [SHOP, 'engineer'],
	'an auditor': [SHOP, 'auditor'],
	'an administrator': [SHOP, 'admin'],
	'a viewer of all': [EVERY_PROJECT, 'viewer'],
	'an analyst of all': [EVERY_PROJECT, 'analyst'],
	'an administrator of all': [EVERY_PROJECT, 'admin'],
	'an administrator of another project': [OTHER, 'admin']
};
const everybody = Object.keys(PEOPLE);

/** Which roles have which action, written down a second time: what the server does is compared with this. */
const ROLES_WITH: Record<Action, Role[]> = {
	view: ['viewer', 'analyst', 'engineer', 'auditor', 'admin'],
	analyse: ['analyst', 'engineer', 'admin'],
	'see-users': ['engineer', 'auditor', 'admin'],
	'follow-users': ['engineer', 'auditor', 'admin'],
	audit: ['auditor', 'admin'],
	administer: ['admin']
};

/** Who is let through to a route of the project `shop`; on this machine, the playground is open to everybody. */
function openTo({ scope }: RouteRule, action: Action | undefined): string[] {
	if (!action) return [];
	if (scope === 'public' || scope === 'server-key' || scope === 'playground') return everybody;
	return everybody.filter((who) => {
		const [project, role] = PEOPLE[who] ?? [];
		if (!role) return scope === 'any-project';
		if (scope === 'own' || scope === 'any-project') return true;
		const inPlace = project === EVERY_PROJECT || (scope === 'project' && project === SHOP);
		return inPlace && ROLES_WITH[action].includes(role);
	});
}

let passlens: Passlens;
const asked = new Map<string, Somebody>();
let foreignKey: string;

beforeAll(async () => {
	passlens = await startPasslens();
	addProject(passlens, SHOP);
	foreignKey = addProject(passlens, OTHER).serverKey;
	const settings = await openSettings({ dataDir: passlens.dataDir });
	for (const [who, place] of Object.entries(PEOPLE)) {
		const somebody = somebodyAt(passlens.url);
		asked.set(who, somebody);
		if (!place) continue;
		const [projectId, role] = place;
		const link = await invite(settings, { name: who, roles: [{ projectId, role }], by: 'test' });
		expect(await somebody.welcome(`/welcome/${link}`, { name: who })).toMatchObject({
			status: 200
		});
	}
	await settings.destroy();
});
afterAll(() => passlens?.stop());
beforeEach(() => printOutputOnFailure(passlens));

const cases = Object.entries(ROUTES).flatMap(([route, rule]) =>
	(['GET', 'POST'] as const).map((method) => {
		const action = method === 'GET' ? rule.read : rule.change;
		const let_in = openTo(rule, action);
		const words =
			let_in.length === everybody.length
				? 'is open to everybody'
				: `is open to ${let_in.join(', ') || 'nobody'}`;
		return [`${method} ${route} ${words}`, { method, route, let_in }] as const;
	})
);

describe('access matrix', () => {
	it.each(cases)('access matrix: %s', async (_, { method, route, let_in }) => {
		const path = pathOf(route, SHOP);
		for (const [who, somebody] of asked) {
			const answer = await ask(somebody, path, method);
			const told = `${method} ${path} by ${who}: ${answer.status}`;
			expect(answer.refused, told).toBe(!let_in.includes(who));
			if (!answer.refused) continue;
			const [place] = PEOPLE[who] ?? [];
			const maySeeName = place === SHOP || place === EVERY_PROJECT;
			expect(answer.text, told).not.toContain(SHOP_NAME);
			if (method === 'POST') continue;
			// The same in a browser's window.
			const page = await ask(somebody, path, 'GET', { accept: 'text/html' });
			expect([303, 401, 404], told).toContain(page.status);
			if (!maySeeName) expect(page.text, told).not.toContain(SHOP_NAME);
			if (page.status === 303) expect(page.location, told).toMatch(/^\/sign-in\?next=/);
			// And by a page's script, which is told by what is thrown.
			const data = await ask(somebody, path.replace(/\/?\?/, '/__data.json?'), 'GET');
			if (!maySeeName) expect(data.text, told).not.toContain(SHOP_NAME);
		}
	});

	it.each(Object.entries(ROUTES).filter(([, { scope }]) => scope === 'project'))(
		'access matrix: %s answers about a foreign project as about one that is not there',
		async (route) => {
			const foreign = asked.get('an administrator of another project')!;
			for (const accept of ['*/*', 'text/html']) {
				const [there, nowhere] = await Promise.all(
					[SHOP, 'nowhere'].map((project) =>
						ask(foreign, pathOf(route, project), 'GET', { accept })
					)
				);
				expect(there!.status).toBe(404);
				expect(bare(there!.text, SHOP)).toBe(bare(nowhere!.text, 'nowhere'));
			}
		}
	);

	it('access matrix: who sees a page and may not change it is told so at its form', async () => {
		const viewer = asked.get('a viewer')!;
		const answer = await viewer.fetch(`/annotations?/add&project=${SHOP}`, {
			method: 'POST',
			headers: { origin: passlens.url, 'x-sveltekit-action': 'true', accept: 'application/json' },
			body: new URLSearchParams({ text: 'Never noted', kind: 'note', day: '2026-01-01' })
		});
		expect(answer.status).toBe(403);
		expect(await answer.json()).toMatchObject({
			type: 'failure',
			data: expect.stringContaining('not change it')
		});
		const page = await (await passlens.fetch(`/annotations?project=${SHOP}`)).text();
		expect(page).toContain('Nothing yet.');
		expect(page).not.toContain('Never noted');
	});

	it.each<[file: string, action: Action]>([
		['kpis', 'view'],
		['credentials', 'see-users'],
		['ceremonies', 'see-users'],
		['policy-users', 'audit']
	])('access matrix: the file %s is for whoever may %s', async (file, action) => {
		const let_in = openTo({ scope: 'project', read: action }, action);
		for (const [who, somebody] of asked) {
			const { status } = await ask(somebody, `/export/${file}?project=${SHOP}`, 'GET');
			expect(status === 200, `${file} by ${who}: ${status}`).toBe(let_in.includes(who));
		}
	});

	it('access matrix: a foreign project’s server key opens nothing of the dashboard', async () => {
		const nobody = asked.get('somebody signed out')!;
		for (const [route, { scope }] of Object.entries(ROUTES)) {
			if (scope !== 'project' && scope !== 'instance') continue;
			for (const method of ['GET', 'POST'] as const) {
				const answer = await ask(nobody, pathOf(route, SHOP), method, {
					authorization: `Bearer ${foreignKey}`
				});
				expect(answer.refused, `${method} ${route}`).toBe(true);
				expect(answer.text).not.toContain(SHOP_NAME);
			}
		}
	});

	it('access matrix: what a person sees without naming a project is of no project that is not theirs', async () => {
		const foreign = asked.get('an administrator of another project')!;
		for (const [route, { read }] of Object.entries(ROUTES)) {
			if (!read) continue;
			const { text } = await ask(foreign, pathOf(route, ''), 'GET', { accept: 'text/html' });
			expect(text, route).not.toContain(SHOP_NAME);
		}
	});

	it('access matrix: the playground and what is open at this machine are read without a sign-in, and not changed', async () => {
		const nobody = asked.get('somebody signed out')!;
		for (const [route, { scope, read, change }] of Object.entries(ROUTES)) {
			if (scope !== 'project') continue;
			const path = pathOf(route, 'playground');
			const open = ['view', 'see-users', 'follow-users', 'audit'];
			const reads = open.includes(read ?? '');
			expect((await ask(nobody, path, 'GET')).refused, `GET ${route}`).toBe(!reads);
			// An assistant's question, and who is looked up, are asked by POST and change nothing.
			const changes = change !== 'view' && change !== 'follow-users';
			if (change) expect((await ask(nobody, path, 'POST')).refused, `POST ${route}`).toBe(changes);
		}
	});

	it.each([
		['a proxy', { 'x-forwarded-for': '203.0.113.9' }],
		['another proxy', { forwarded: 'for=203.0.113.9' }]
	])('access matrix: who comes through %s sees not even the playground', async (_, headers) => {
		const nobody = asked.get('somebody signed out')!;
		const answer = await ask(nobody, '/?project=playground', 'GET', headers);
		expect(answer.refused).toBe(true);
	});
});

/** What is answered before anything of a route runs; what a route itself does not find has other codes. */
const REFUSALS = ['sign_in_required', 'not_open', 'key_unknown', 'unknown_project', 'not_allowed'];

interface Answered {
	status: number;
	/** Before anything of the route ran. */
	refused: boolean;
	text: string;
	location: string;
}

async function ask(
	somebody: Somebody,
	path: string,
	method: 'GET' | 'POST',
	headers: Record<string, string> = {}
): Promise<Answered> {
	const response = await somebody.fetch(path, {
		method,
		headers: { accept: '*/*', ...headers },
		...(method === 'POST' && {
			body: new URLSearchParams({ project: SHOP }),
			headers: { accept: '*/*', origin: passlens.url, ...headers }
		})
	});
	// Whoever asks for everything signs out, too.
	if (path.startsWith('/sign-out') && method === 'POST') await somebody.signInAgain();
	const of = `${method} ${path}: ${response.status}`;
	expectAnswerHeaders(response.headers, { of, kept: /^\/authenticators\/.*icon/.test(path) });
	const text = await response.text();
	const [, code = ''] = /^\{.*"code":"(\w+)"/.exec(text) ?? [];
	return {
		status: response.status,
		refused: [401, 403, 404].includes(response.status) && REFUSALS.includes(code),
		text,
		location: response.headers.get('location') ?? ''
	};
}

/** An address of the route; what stands for its parameters is of nobody. */
function pathOf(route: string, project: string): string {
	const path = route.replace(/\/\[\[[^\]]+\]\]/g, '').replace(/\[[^\]]+\]/g, '0123456789abcdef');
	return `${path}?project=${project}`;
}

/** A page without what differs by its address and its making. */
function bare(text: string, project: string): string {
	return text
		.replaceAll(project, '')
		.replace(/nonce="[^"]*"/g, '')
		.replace(/__sveltekit_\w+/g, '');
}
