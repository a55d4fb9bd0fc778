import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
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
