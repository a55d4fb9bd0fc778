import { toCsv } from '$lib/format/csv.ts';
import { database } from '$lib/server/database.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import { describeKpi } from '$lib/server/kpis/describe-kpi.ts';
import { toKpiLine } from '$lib/server/kpis/kpi-exports.ts';
import { KPI_IDS } from '$lib/server/kpis/registry.ts';
import { readFilters } from '$lib/server/strict-filters.ts';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

const HEADERS = { 'cache-control': 'no-store' };

/**
 * `GET /api/kpis`: every figure of the registry under the filters of the address, which are those of the pages;
 * `/api/kpis/<id>`: one; `format=csv`: a line a figure. Mistakes are answered by 4xx with `code`, `field` and `message`.
 */
export const GET: RequestHandler = async ({ params, url, locals }) => {
	const { id } = params;
	if (id !== undefined && !KPI_IDS.includes(id))
		return refuse(404, {
			code: 'unknown_kpi',
			field: 'id',
			message: `There is no such figure. There are: ${KPI_IDS.join(', ')}.`
		});
	const format = url.searchParams.get('format') ?? 'json';
	if (format !== 'json' && format !== 'csv')
		return refuse(400, {
			code: 'invalid_parameter',
			field: 'format',
			message: 'format is "json" or "csv".'
		});
	const read = readFilters(url.searchParams, {
		projects: locals.access.projects.map((project) => project.id),
		own: ['format']
	});
	if ('refusal' in read)
		return refuse(read.refusal.code === 'unknown_project' ? 404 : 400, read.refusal);
	const { filters } = read;
	const ids = id === undefined ? KPI_IDS : [id];
	const { kpis } = await answerKpis({ client: await database(), ids, filters, trend: false });
	const results = ids.map((one) => kpis[one]!);
	if (format === 'csv')
		return new Response(toCsv(results.map(toKpiLine)), {
			headers: { ...HEADERS, 'content-type': 'text/csv; charset=utf-8' }
		});
	return json({ filters, kpis: results.map(describeKpi) }, { headers: HEADERS });
};

const refuse = (status: number, error: { code: string; field: string; message: string }) =>
	json({ error }, { status, headers: HEADERS });
