import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { accessOf, ACTIONS } from './access.ts';
import { mayRequest } from './guard-route.ts';
import { ROUTES } from './routes.ts';

const FOLDER = join(import.meta.dirname, '../../../routes');

/** SvelteKit's ids of all routes: the folders that hold a page or an endpoint. */
const onDisk = new Set(
	readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
		.filter((file) => /(^|\/)\+(page|server)(\.|@|$)/.test(file))
		.map((file) => `/${dirname(file)}`.replace('/.', '/'))
);

test('access matrix: every route has a line that says whom it is open to', () => {
	expect([...onDisk].filter((route) => !Object.hasOwn(ROUTES, route))).toEqual([]);
});

test('access matrix: every line is about a route that is there', () => {
	expect(Object.keys(ROUTES).filter((route) => !onDisk.has(route))).toEqual([]);
});

test('access matrix: what is open to be read can be changed at no route', () => {
	const project = { id: 'demo', name: 'Demo', timeZone: 'UTC', origins: [], ingestKeys: [] };
	const access = accessOf({
		person: null,
		grants: [{ projectId: 'demo', actions: ACTIONS, readOnly: true }],
		projects: [project]
	});
	const search = new URLSearchParams({ project: 'demo' });
	const open = (routeId: string, method: string) => mayRequest({ routeId, method, search, access });
	const ofProject = Object.keys(ROUTES).filter((route) => ROUTES[route]!.scope === 'project');
	const changed = ofProject.filter((route) => open(route, 'POST'));
	// What is asked by POST: an assistant's questions, and whom a reference names.
	expect(changed).toEqual(['/api/mcp', '/users']);
	expect(ofProject.filter((route) => ROUTES[route]!.read && !open(route, 'GET'))).toEqual([]);
});

test('access matrix: what is administered or audited says which of its changes want a fresh sign-in', () => {
	const sensitive = Object.entries(ROUTES).filter(
		([, { change }]) => change === 'administer' || change === 'audit'
	);
	expect(sensitive.filter(([, { fresh }]) => fresh === undefined).map(([route]) => route)).toEqual(
		[]
	);
});
