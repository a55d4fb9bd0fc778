import { askedDifferently, optionsOf } from '$lib/ceremony/asked-differently.ts';
import { reproduction } from '$lib/ceremony/reproduction.ts';
import { requestNotes } from '$lib/ceremony/request-notes.ts';
import { shiftDay, WITHOUT_OWN } from '$lib/filters.ts';
import { pageAddress } from '$lib/page-link.ts';
import { database } from '$lib/server/database.ts';
import { findModel } from '$lib/server/find-model.ts';
import { parseHash } from '$lib/server/queries/column-types.ts';
import { queryCeremonyDetail, type CeremonyDetail } from '$lib/server/queries/ceremony-detail.ts';
import { queryCeremonyEvents } from '$lib/server/queries/ceremony-events.ts';
import { queryComparableCeremonies } from '$lib/server/queries/comparable-ceremonies.ts';
import { queryCeremonyNeighbours } from '$lib/server/queries/ceremony-neighbours.ts';
import { queryCeremonyPrompt } from '$lib/server/queries/ceremony-prompt.ts';
import { queryFlowEvents } from '$lib/server/queries/flow-events.ts';
import { queryCredentialDetail } from '$lib/server/queries/credential-detail.ts';
import { readTrace } from '$lib/server/read-trace.ts';
import { settings } from '$lib/server/settings.ts';
import { tracesTable } from '$lib/server/traces-table.ts';
import { env } from '$env/dynamic/private';
import { error, redirect } from '@sveltejs/kit';
import { findTraceUrl, traceAddress } from '../../../../settings/trace-link.ts';
import { listTraceServices } from '../../../../settings/trace-services.ts';
import type { PageServerLoad } from './$types';
import { timeline } from './timeline.ts';
import { waterfall } from './waterfall.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DAY_MS = 86_400_000;
const COMPARED_DAYS = 15;
/** As many are asked how they asked, and so many are listed. */
const COMPARABLES_ASKED = 50;
const COMPARABLES_SHOWN = 5;
const ZERO_UUID = '00000000-0000-0000-0000-000000000000';

export const load: PageServerLoad = async ({ parent, params, depends }) => {
	depends('passlens:ceremonies');
	const { filters, projects } = await parent();
	const ceremony_id = params.id.toLowerCase();
	if (!UUID.test(ceremony_id)) error(404, `“${params.id}” is no ceremony id: those are UUIDs.`);
	const client = await database();
	const { project } = filters;
	const [ceremony] = await queryCeremonyDetail(client, { project, ceremony_id });
	if (!ceremony) {
		// An id names one ceremony whatever the project; a link without its project should still open.
		for (const other of projects.filter(({ id }) => id !== project))
			if ((await queryCeremonyDetail(client, { project: other.id, ceremony_id })).length > 0)
				redirect(
					307,
					pageAddress({
						path: `/ceremonies/${ceremony_id}`,
						filters,
						defaultProject: projects[0]?.id ?? '',
						changes: { ...WITHOUT_OWN, project: other.id }
					})
				);
		error(
			404,
			'There is no ceremony of this id. It may not have arrived yet, or its data was removed.'
		);
	}

	const user_hash = parseHash(ceremony.user_hash) ?? '0';
	const credential_hash = parseHash(ceremony.credential_hash) ?? '0';
	const days = daysOf(ceremony);
	const [prompts, events, flow, neighbours, credentials, comparables, trace] = await Promise.all([
		ceremony.prompt_id === ZERO_UUID
			? []
			: queryCeremonyPrompt(client, { project, prompt_id: ceremony.prompt_id }),
		queryCeremonyEvents(client, { project, ceremony_id, ...days }),
		ceremony.flow_id === ZERO_UUID
			? []
			: queryFlowEvents(client, { project, flow_id: ceremony.flow_id, ...days }),
		user_hash === '0' && credential_hash === '0'
			? []
			: queryCeremonyNeighbours(client, {
					project,
					ceremony_id,
					at: ceremony.occurred_at,
					user_hash,
					credential_hash,
					limit: 12
				}),
		credential_hash === '0' ? [] : queryCredentialDetail(client, { project, credential_hash }),
		readComparables(client, project, ceremony),
		ceremony.trace_id === ''
			? undefined
			: readTrace({
					...{ client, days, traceId: ceremony.trace_id, table: tracesTable(env) },
					services: await listTraceServices(await settings(), project)
				})
	]);
	const [credential] = credentials;
	const told = timeline({ ceremony, prompt: prompts[0], events, flow });
	return {
		ceremony,
		model: credential && (await findModel(credential.aaguid)),
		timeline: told,
		trace: trace && { ...trace, ...waterfall({ timeline: told, events, spans: trace.spans }) },
		events,
		neighbours,
		credential,
		comparables: comparables.slice(0, COMPARABLES_SHOWN),
		comparablesFound: comparables[0]?.found ?? 0,
		notes: requestNotes(ceremony, { promptPurpose: prompts[0]?.purpose ?? '' }),
		differences: askedDifferently(
			optionsOf(ceremony),
			comparables.map(({ options }) => options)
		),
		reproduction: reproduction(ceremony),
		traceHref: await traceHref(project, ceremony.trace_id),
		askedAt: new Date().toISOString()
	};
};

/** Where the project's traces are looked at, if it says so and the ceremony has one. */
async function traceHref(project: string, traceId: string | null): Promise<string | undefined> {
	const traceUrl = traceId ? await findTraceUrl(await settings(), project) : undefined;
	return traceUrl && traceAddress(traceUrl, traceId!);
}

/** What succeeded on the same system and browser, asked in the same way, in the month around it; of a success, and of an unknown client, nothing. */
function readComparables(
	client: Awaited<ReturnType<typeof database>>,
	project: string,
	{ outcome, occurred_at, ...ceremony }: CeremonyDetail
) {
	if (outcome === 'succeeded' || !ceremony.os_name || !ceremony.browser_name) return [];
	const day = occurred_at.slice(0, 10);
	const { ceremony_type, mediation, os_name, browser_name, synthetic } = ceremony;
	return queryComparableCeremonies(client, {
		...{ project, from: shiftDay(day, -COMPARED_DAYS), to: shiftDay(day, COMPARED_DAYS) },
		...{ ceremony_type, mediation, os_name, browser_name, synthetic },
		limit: COMPARABLES_ASKED
	});
}

/** The days its parts fell on, the one before and the one after: a flow begins earlier, a sign-in is reported when all is over. */
function daysOf(ceremony: CeremonyDetail): { from: string; to: string } {
	const times = [ceremony.started_at, ceremony.finished_at, ceremony.verdict_at]
		.filter((time) => time !== null)
		.map((time) => Date.parse(time));
	const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
	return { from: day(Math.min(...times) - DAY_MS), to: day(Math.max(...times) + DAY_MS) };
}
