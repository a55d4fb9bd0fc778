import type { ClickHouseClient } from '@clickhouse/client';
import type { z } from 'zod';
import type { Settings } from '../../../../settings/open-settings.ts';
import { parseFilters, type Filters } from '../../filters.ts';
import type { Access } from '../access/access.ts';
import { explainDatabaseError } from '../explain-database-error.ts';
import { filterQuery, readFilters } from '../strict-filters.ts';
import type { Endpoint } from './endpoint.ts';
import { problem, type Problem } from './problem.ts';
import { refuseUnchosenTag } from './refuse-unchosen-tag.ts';

/**
 * Asks an endpoint what an address or a tool's arguments say. What a page would pass over in silence is refused by name, because a
 * program would take another figure for the one it asked for.
 */
export async function callEndpoint({
	endpoint,
	search,
	params,
	access,
	client,
	settings
}: {
	endpoint: Endpoint;
	search: URLSearchParams;
	params: Record<string, string | undefined>;
	access: Access;
	client: () => Promise<ClickHouseClient>;
	settings: () => Promise<Settings>;
}): Promise<{ answer: unknown } | { problem: Problem }> {
	const path = endpoint.params.safeParse(params);
	if (!path.success) return { problem: notFound(path.error) };
	const read = readSearch(endpoint, search, access);
	if ('problem' in read) return read;
	const { project } = read.filters;
	if (endpoint.filters !== 'none' && !access.may(endpoint.action, project))
		return {
			problem: problem(
				403,
				'not_allowed',
				`This needs “${endpoint.action}” in the project “${project}”.`
			)
		};
	const unchosen = await refuseUnchosenTag(settings, read.filters);
	if (unchosen) return { problem: unchosen };
	const refused = endpoint.refuse?.({ query: read.query, params: path.data });
	if (refused) return refuse('invalid_parameter', refused.field, refused.message);
	try {
		const answer = await endpoint.ask({
			...{ client: await client(), settings: await settings(), access },
			...{ ...read, params: path.data }
		});
		return answer === undefined
			? { problem: problem(404, 'not_found', 'There is no such thing in this project.') }
			: { answer };
	} catch (error) {
		const reason = explainDatabaseError(error);
		if (reason) return { problem: problem(503, 'database', reason) };
		throw error;
	}
}

function readSearch(
	{ filters: takes, query }: Endpoint,
	search: URLSearchParams,
	access: Access
): { filters: Filters; query: Record<string, unknown> } | { problem: Problem } {
	const own = Object.keys(query.shape);
	const filterNames: readonly string[] = {
		all: Object.keys(filterQuery.shape),
		project: ['project'],
		none: []
	}[takes];
	for (const name of search.keys())
		if (!filterNames.includes(name) && !own.includes(name)) {
			const known = [...filterNames, ...own];
			const there = known.length > 0 ? `There are: ${known.join(', ')}.` : 'There are none.';
			return refuse('unknown_parameter', name, `No such parameter. ${there}`);
		}
	const read =
		takes === 'none'
			? { filters: parseFilters(new URLSearchParams(), access) }
			: readFilters(search, { projects: access.projects, own });
	if ('refusal' in read) {
		const { code, field, message } = read.refusal;
		return refuse(code, field, message);
	}
	const given = [...search].filter(([name]) => own.includes(name));
	const parsed = query.safeParse(Object.fromEntries(given));
	if (parsed.success) return { filters: read.filters, query: parsed.data };
	const [issue] = parsed.error.issues;
	return refuse('invalid_parameter', String(issue?.path[0] ?? ''), issue?.message ?? '');
}

const refuse = (code: string, field: string, detail: string) => ({
	problem: problem(code === 'unknown_project' ? 404 : 400, code, detail, field)
});

function notFound({ issues: [issue] }: z.ZodError): Problem {
	return problem(404, 'not_found', issue?.message ?? '', String(issue?.path[0] ?? ''));
}
