import { database } from '$lib/server/database.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { readRiskCourse, readSharedCourse } from '$lib/server/queries/read-risk-course.ts';
import { readRemovalCourse } from '$lib/server/queries/removal-course.ts';
import { queryRisk, querySharedVisits } from '$lib/server/queries/risk.ts';
import type { PageServerLoad } from './$types';

const CARDS = ['lockout_risk', 'sync_coverage', 'reach', 'password_removal_ready'] as const;

export const load: PageServerLoad = async ({ parent }) => {
	const { filters, firstDay } = await parent();
	const client = await database();
	const parameters = toParameters(filters);
	const asked = { client, filters, firstDay };
	const [{ kpis }, risks, course, removal, shared, sharedCourse] = await Promise.all([
		answerKpis({ client, ids: CARDS, filters }),
		queryRisk(client, parameters),
		readRiskCourse(asked),
		readRemovalCourse(asked),
		querySharedVisits(client, parameters),
		readSharedCourse(asked)
	]);
	return {
		kpis: CARDS.map((id) => kpis[id]),
		// An aggregate without groups is one row, whatever there is.
		risks: risks[0]!,
		shared: shared[0]!,
		...{ course, removal, sharedCourse }
	};
};
