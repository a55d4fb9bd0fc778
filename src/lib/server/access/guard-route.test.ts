import { expect, test } from 'vitest';
import { accessOf, type Action } from './access.ts';
import { mayRequest } from './guard-route.ts';

const PROJECT = { id: 'demo', name: 'Demo', timeZone: 'UTC', ingestKeys: [], origins: [] };
/** Without a person: what is open at this machine. */
const accessWith = (actions: Action[], person: { id: string; name: string } | null) =>
	accessOf({
		person,
		grants: [{ projectId: 'demo', actions, ...(person === null && { readOnly: true as const }) }],
		projects: [PROJECT]
	});
const ask = (routeId: string, method: string, access: ReturnType<typeof accessWith>) =>
	mayRequest({ routeId, search: new URLSearchParams({ project: 'demo' }), method, access });

test.each(['/ledger', '/policies/edit', '/evidence/download'])(
	'access matrix: a change at %s needs somebody who is signed in, also where reading does not',
	(route) => {
		const here: Action[] = ['view', 'see-users', 'follow-users', 'audit'];
		expect(ask('/policies', 'GET', accessWith(here, null))).toBe(true);
		expect(ask(route, 'POST', accessWith(here, null))).toBe(false);
		expect(ask(route, 'POST', accessWith(here, { id: 'a', name: 'Ada' }))).toBe(true);
		expect(ask(route, 'POST', accessWith(['view'], { id: 'b', name: 'Bo' }))).toBe(false);
	}
);
