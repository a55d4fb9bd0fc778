import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listPages } from './list-pages.ts';

const ROUTES = join(import.meta.dirname, '../../src/routes');

/** Pages that ask the database and are not timed, and why. */
const NOT_TIMED: Record<string, string> = {
	'/account/digest': 'the week of Overview, once more',
	'/policies/edit': 'asks when a policy is tried out, not when it is opened'
};

test('every page that asks the database is timed, or is said not to be', () => {
	const asking = readdirSync(ROUTES, { recursive: true, encoding: 'utf8' })
		.map((path) => path.replaceAll('\\', '/'))
		.filter((path) => path.endsWith('+page.server.ts'))
		.filter((path) =>
			/\bdatabase\(\)|loadBreakdown|readLive/.test(readFileSync(join(ROUTES, path), 'utf8'))
		)
		.map((path) => `/${path}`.replace('/+page.server.ts', ''));
	const things = { ceremony: '', credential: '', user: '', rule: '', failure: 'f', error: 'e' };
	const timed = new Set(listPages('size', things).map(({ route }) => route));
	expect([...timed, ...Object.keys(NOT_TIMED)].toSorted()).toEqual(asking.toSorted());
});
