import { database } from '$lib/server/database.ts';
import {
	COHORTS,
	DAYS_COMPARED,
	queryEnrolmentCohorts
} from '$lib/server/queries/enrolment-cohorts.ts';
import { toFunnelParameters } from '$lib/server/queries/funnel-parameters.ts';
import { readCollected } from '$lib/server/queries/kpi-collected.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const client = await database();
	const collected = await readCollected(client, filters.project);
	const asked = {
		...toFunnelParameters(filters, url.searchParams),
		offers_reported: collected.offers
	};
	const [week, release] = await Promise.all(
		COHORTS.map((cohort) => queryEnrolmentCohorts(client, { ...asked, cohort }))
	);
	return {
		week: week!,
		release: release!,
		offersReported: collected.offers,
		daysCompared: asked.window_days || DAYS_COMPARED
	};
};
