import { parseFilters } from '$lib/filters.ts';
import { toCsv } from '$lib/format/csv.ts';
import { database } from '$lib/server/database.ts';
import { EXPORTS, mayExport } from '$lib/server/queries/exports.ts';
import { error } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** The numbers of a chart as CSV, under the filters of its page. */
export const GET: RequestHandler = async ({ params, url, locals }) => {
	const wanted = Object.hasOwn(EXPORTS, params.query) ? EXPORTS[params.query] : undefined;
	if (!wanted) error(404, `There is no export "${params.query}".`);
	const filters = parseFilters(url.searchParams, locals.access);
	if (!mayExport(wanted, { access: locals.access, project: filters.project }))
		error(404, `There is no export "${params.query}".`);
	const client = await database();
	const rows = await wanted.run({ client, filters, search: url.searchParams });
	const file = `passlens-${filters.project}-${params.query}-${filters.from}-to-${filters.to}.csv`;
	return new Response(toCsv(rows), {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="${file}"`,
			'cache-control': 'no-store'
		}
	});
};
