import {
	countStarted,
	failuresByBucket,
	isInView,
	parseFailureView
} from '$lib/failures/failure-list.ts';
import { TRIAGE_STATES } from '$lib/failures/triage-state.ts';
import { today } from '$lib/filters.ts';
import { readLine } from '$lib/search/read-line.ts';
import { database } from '$lib/server/database.ts';
import { queryStarted, readFailures } from '$lib/server/failures/read-failures.ts';
import { querySearchValues } from '$lib/server/queries/search-values.ts';
import { settings } from '$lib/server/settings.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters, hasData } = await parent();
	if (!hasData) return { failures: undefined, search: undefined };
	const client = await database();
	const view = parseFailureView(url.searchParams);
	const line = readLine(url.searchParams);
	const { project, from, to } = filters;
	const [{ groups, buckets }, outcomes, [values]] = await Promise.all([
		readFailures({
			...{ client, filters, line: line.text },
			settings: await settings(),
			kind: view === 'expected' ? 'expected' : 'errors'
		}),
		queryStarted(client, { filters, line: line.text }),
		querySearchValues(client, { project, from, to })
	]);
	const shown = groups.filter(({ state }) => isInView(state, view));
	return {
		failures: {
			view,
			groups: shown,
			any: groups.length > 0,
			/** How many groups of errors each state has; unknown on the page of expected outcomes. */
			states:
				view === 'expected'
					? undefined
					: Object.fromEntries(
							TRIAGE_STATES.map((state) => [
								state,
								groups.filter((group) => group.state === state).length
							])
						),
			trend: failuresByBucket(shown, buckets),
			buckets,
			started: countStarted(outcomes, view),
			incompleteLast: filters.to >= today(filters.zone)
		},
		search: { ...line, values: values! },
		askedAt: new Date().toISOString()
	};
};
