import type { Filters } from '$lib/filters.ts';
import { readBreakdownChoice } from '$lib/server/breakdown/page-breakdowns.ts';
import { readBreakdown, type BreakdownAsked } from '$lib/server/breakdown/read-breakdown.ts';
import { database } from '$lib/server/database.ts';
import { follow } from '$lib/server/follow.ts';
import { answerKpis } from '$lib/server/kpis/answer-kpis.ts';
import { toParameters } from '$lib/server/queries/filter-sql.ts';
import { querySuspectedMoves, readFlagChanges } from '$lib/server/queries/ledger-counts.ts';
import { readProviderCourse } from '$lib/server/queries/provider-course.ts';
import {
	querySyncStateChanges,
	statesByBucket
} from '$lib/server/queries/sync-states-over-time.ts';
import { readSyncInventory } from '$lib/server/queries/sync-inventory.ts';
import { queryStrandedUsers } from '$lib/server/queries/stranded-users.ts';
import type { PageServerLoad } from './$types';

const CARDS = [
	'sync_coverage',
	'synced_share',
	'backed_up_share',
	'lockout_risk',
	'reach',
	'password_removal_ready'
] as const;

export const load: PageServerLoad = async ({ parent, url, isDataRequest }) => {
	const { filters, firstDay, projects } = await parent();
	const coverage = readCoverage(filters, firstDay, {
		...{ page: 'sync-coverage', url: new URL(url), defaultProject: projects[0]?.id ?? '' },
		tags: [],
		...readBreakdownChoice('sync-coverage', url.searchParams)
	});
	return follow({ url, isDataRequest }, { coverage });
};

async function readCoverage(
	filters: Filters,
	firstDay: string,
	asked: Omit<BreakdownAsked, 'client' | 'filters'>
) {
	const client = await database();
	const parameters = toParameters(filters);
	const [
		{ kpis, rows },
		changes,
		inventory,
		stranded,
		providerCourse,
		flagChanges,
		moves,
		breakdown
	] = await Promise.all([
		answerKpis({ client, ids: CARDS, filters }),
		querySyncStateChanges(client, parameters),
		readSyncInventory(client, parameters),
		queryStrandedUsers(client, parameters),
		readProviderCourse(client, parameters, { range: filters, firstDay }),
		readFlagChanges(client, parameters),
		querySuspectedMoves(client, parameters),
		readBreakdown({ client, filters, ...asked })
	]);
	return {
		kpis: CARDS.map((id) => kpis[id]),
		// An aggregate without groups is one row, whatever there is.
		counts: rows.sync!,
		course: statesByBucket({ changes, range: filters, firstDay }),
		...inventory,
		...{ stranded, providerCourse, flagChanges, moves, breakdown }
	};
}
