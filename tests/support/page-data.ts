import { vi } from 'vitest';
import { fullAccess } from '../../src/lib/server/access/access.ts';
import { closeDatabase } from '../../src/lib/server/database.ts';
import { projects } from '../../src/lib/server/projects.ts';

type Load = (event: object) => Promise<Record<string, unknown>>;

/** Every page's own `load`, and the layout's, by its file; a page that only takes forms has none. */
const LOADS = import.meta.glob<{ load?: Load }>([
	'../../src/routes/**/+page.server.ts',
	'../../src/routes/+layout.server.ts'
]);

/** Pages that tell of this process, its clock, its collectors and its people, not of a project's events. */
const NOT_OF_EVENTS = [
	...['/collector', '/health-checks', '/playground', '/set-up', '/settings', '/docs'],
	...['/sign-in', '/sign-out', '/welcome', '/unsubscribe', '/account', '/people'],
	...['/api-keys', '/audit-log']
];

/**
 * What every page shows of a project, as the page itself asks for it, read from the database that the environment names.
 * Detail pages show the ids given.
 */
export async function readPages({
	environment,
	search,
	params
}: {
	environment: Record<string, string | undefined>;
	search: string;
	/** By the name of a route's parameter. */
	params: Record<string, string>;
}): Promise<Record<string, unknown>> {
	await closeDatabase();
	for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
	try {
		const access = fullAccess(await projects());
		const layout = await LOADS['../../src/routes/+layout.server.ts']!();
		const pages: Record<string, unknown> = {};
		for (const [file, open] of Object.entries(LOADS)) {
			const route = file
				.replace('../../src/routes', '')
				.replace(/\/\+(page|layout)\.server\.ts$/, '');
			if (NOT_OF_EVENTS.some((one) => route.startsWith(one)) || file.endsWith('+layout.server.ts'))
				continue;
			const given = paramsOf(route, params, pages);
			if (!given) continue;
			const path = route.replace(/\[(\w+)\]/g, (_, name: string) => given[name] ?? '');
			const event = {
				url: new URL(`http://localhost${path}${search}`),
				params: given,
				depends: () => undefined,
				cookies: { get: () => undefined, set: () => undefined },
				setHeaders: () => undefined,
				locals: { access }
			};
			const frame = await layout.load!(event);
			const { load } = await open();
			if (!load) continue;
			pages[route || '/'] = await settled(
				await load({ ...event, parent: () => Promise.resolve(frame) })
			);
		}
		return pages;
	} finally {
		await closeDatabase();
		vi.unstubAllEnvs();
	}
}

/** The page of a failure, or of a rule, is that of the first in the list, which is read before it; undefined where the list is empty. */
function paramsOf(
	route: string,
	params: Record<string, string>,
	pages: Record<string, unknown>
): Record<string, string> | undefined {
	if (route === '/policies/[rule]') {
		const { judged } = pages['/policies'] as { judged: { rule: { id: string } }[] };
		return judged[0] && { rule: judged[0].rule.id };
	}
	if (route !== '/failures/[id]') return params;
	const { failures } = pages['/failures'] as { failures?: { groups: { group_id: string }[] } };
	const id = failures?.groups[0]?.group_id;
	return id === undefined ? undefined : { id };
}

/** What a page shows at once and what follows it. When it was asked is the page's own. */
async function settled(data: Record<string, unknown>): Promise<Record<string, unknown>> {
	const values = Object.entries(data).map(async ([name, value]) => [name, await value] as const);
	return { ...Object.fromEntries(await Promise.all(values)), askedAt: undefined };
}
