import { database } from '$lib/server/database.ts';
import { DAYS_COMPARED, queryEnrolmentCohorts } from '$lib/server/queries/enrolment-cohorts.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { toFunnelParameters } from '$lib/server/queries/funnel-parameters.ts';
import { readCollected } from '$lib/server/queries/kpi-collected.ts';
import { readRetention } from '$lib/server/queries/passkey-retention.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const client = await database();
	const collected = await readCollected(client, filters.project);
	const asked = {
		...toFunnelParameters(filters, url.searchParams),
		offers_reported: collected.offers
	};
	const [week, release, retention] = await Promise.all([
		queryEnrolmentCohorts(client, { ...asked, cohort: 'week' }),
		queryEnrolmentCohorts(client, { ...asked, cohort: 'release' }),
		readRetention(client, toParameters(filters))
	]);
	return {
		week,
		release,
		retention,
		signinsReported: collected.signins,
		offersReported: collected.offers,
		daysCompared: asked.window_days || DAYS_COMPARED
	};
};
