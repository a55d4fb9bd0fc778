import { failureReleases } from '$lib/failures/failure-releases.ts';
import { newestRelease, triageState } from '$lib/failures/triage-state.ts';
import { parseFilters, today } from '$lib/filters.ts';
import { readLine } from '$lib/search/read-line.ts';
import { database } from '$lib/server/database.ts';
import { readDifferences } from '$lib/server/differences.ts';
import { readEarlierDecisions } from '$lib/server/failures/read-earlier-decisions.ts';
import { readFailures, releaseOrder } from '$lib/server/failures/read-failures.ts';
import { ceremonyParameters } from '$lib/server/queries/ceremony-parameters.ts';
import { queryCeremonyList } from '$lib/server/queries/ceremony-list.ts';
import { queryFailureHistory } from '$lib/server/queries/failure-history.ts';
import { queryFailureIdentity } from '$lib/server/queries/failure-identity.ts';
import { parseCursor } from '$lib/server/queries/list-cursor.ts';
import { querySearchValues } from '$lib/server/queries/search-values.ts';
import { settings } from '$lib/server/settings.ts';
import { error, fail } from '@sveltejs/kit';
import {
	decideFailure,
	listFailureTriage,
	TRIAGE_DECISIONS
} from '../../../../settings/failure-triage.ts';
import type { Actions, PageServerLoad } from './$types';

const UNKNOWN =
	'No ceremony of this project failed in this way. Its data may have been removed, or its cause is another since the rules changed.';
const GROUP = /^[0-9a-f]{10}$/;
const EXAMPLES = 10;
const LONGEST_NOTE = 500;
const LONGEST_OWNER = 80;

export const load: PageServerLoad = async ({ parent, params, url, locals: { access } }) => {
	const { filters } = await parent();
	const { project } = filters;
	const client = await database();
	const [identity] = GROUP.test(params.id)
		? await queryFailureIdentity(client, { project, group: params.id })
		: [];
	if (!identity) error(404, UNKNOWN);
	const expected = identity.outcome !== 'failed' && identity.outcome !== 'rejected';
	const line = readLine(url.searchParams);
	const search = new URLSearchParams({ failure: params.id, q: line.text });
	const { from, to } = filters;
	const [{ groups, buckets, releases, history }, decisions, examples, comparison, [values]] =
		await Promise.all([
			readFailures({
				...{ client, filters, group: params.id, line: line.text },
				settings: await settings(),
				kind: expected ? 'expected' : 'errors'
			}),
			listFailureTriage(await settings(), { projectId: project, groupId: params.id }),
			access.may('see-users', project)
				? queryCeremonyList(client, {
						...ceremonyParameters(filters, search),
						...parseCursor(null),
						limit: EXAMPLES
					})
				: [],
			readDifferences({ client, filters, search }),
			querySearchValues(client, { project, from, to })
		]);
	const seen = history.filter(({ group_id }) => group_id === params.id);
	const earlier =
		decisions.length > 0
			? []
			: await readEarlierDecisions({ client, settings: await settings(), project, identity });
	return {
		id: params.id,
		identity,
		expected,
		group: groups[0],
		state: groups[0]?.state ?? triageState(decisions[0], seen, releases, filters),
		buckets,
		releases: failureReleases(params.id, history, releases),
		newestRelease: newestRelease(releases) ?? '',
		decisions,
		earlier,
		examples,
		comparison,
		search: { ...line, values: values! },
		incompleteLast: filters.to >= today(filters.zone),
		askedAt: new Date().toISOString()
	};
};

export const actions: Actions = {
	triage: async ({ params, request, url, locals }) => {
		const form = await request.formData();
		const text = (name: string) => String(form.get(name) ?? '').trim();
		const [note, owner, chosen] = [text('note'), text('owner'), text('decision')];
		const decision = TRIAGE_DECISIONS.find((item) => chosen === item);
		const next = chosen === 'resolved_next';
		if (!decision && !next)
			return fail(400, { field: 'decision', message: 'Choose what is to become of it.' });
		if (note.length > LONGEST_NOTE)
			return fail(400, {
				field: 'note',
				message: `The note has ${note.length} characters; ${LONGEST_NOTE} are kept.`
			});
		if (owner.length > LONGEST_OWNER)
			return fail(400, {
				field: 'owner',
				message: `The owner’s name has ${owner.length} characters; ${LONGEST_OWNER} are kept.`
			});
		const { project } = parseFilters(url.searchParams, {
			projects: locals.access.projects
		});
		await decideFailure(await settings(), {
			projectId: project,
			groupId: params.id,
			decision: decision ?? 'resolved',
			afterRelease: next ? await newestReleaseOf(project, params.id) : '',
			...{ owner, note, author: locals.access.author }
		});
	}
};

/** The release that a repair follows. @throws 404 when the project has no such group */
async function newestReleaseOf(project: string, group: string): Promise<string> {
	const history = await queryFailureHistory(await database(), { project });
	if (!history.some(({ group_id }) => group_id === group)) error(404, UNKNOWN);
	return newestRelease(releaseOrder(history)) ?? '';
}
