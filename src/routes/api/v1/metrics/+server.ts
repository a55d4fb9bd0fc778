import { kpiMetrics } from '$lib/server/api/kpi-metrics.ts';
import { problem, problemResponse } from '$lib/server/api/problem.ts';
import { countRequest } from '$lib/server/api/rate-limit.ts';
import { refuseUnchosenTag } from '$lib/server/api/refuse-unchosen-tag.ts';
import { parseFilters } from '$lib/filters.ts';
import { database } from '$lib/server/database.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import { KPI_IDS } from '$lib/server/kpis/registry.ts';
import { settings } from '$lib/server/settings.ts';
import { readFilters } from '$lib/server/strict-filters.ts';
import type { RequestHandler } from './$types';

/** Figures of a project, or of all that whoever asks may see, for Prometheus; the pages' filters narrow them. */
export const GET: RequestHandler = async ({ url, locals: { access } }) => {
	const counted = await countRequest(access);
	if (counted.problem) return problemResponse(counted.problem, counted.headers);
	const read = readFilters(url.searchParams, { projects: access.projects });
	if ('refusal' in read) {
		const { code, message, field } = read.refusal;
		const status = code === 'unknown_project' ? 404 : 400;
		return problemResponse(problem(status, code, message, field), counted.headers);
	}
	const client = await database();
	const wanted = access.projects.filter(
		({ id }) => !url.searchParams.has('project') || id === read.filters.project
	);
	for (const { id } of wanted) {
		const unchosen = await refuseUnchosenTag(settings, { ...read.filters, project: id });
		if (unchosen) return problemResponse(unchosen, counted.headers);
	}
	const answered = [];
	for (const project of wanted) {
		// Each of its own days.
		const filters = {
			...parseFilters(url.searchParams, { projects: [project] }),
			compare: 'none' as const
		};
		const { kpis } = await answerKpis({ client, ids: KPI_IDS, filters, trend: false });
		answered.push({ project: project.id, kpis: KPI_IDS.map((id) => kpis[id]!) });
	}
	const { text, contentType } = await kpiMetrics(answered);
	return new Response(text, {
		headers: { ...counted.headers, 'content-type': contentType, 'cache-control': 'no-store' }
	});
};
