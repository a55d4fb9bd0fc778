import type { ClickHouseClient } from '@clickhouse/client';
import { listFailureTriage, type FailureTriage } from '../../../../settings/failure-triage.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import {
	returned,
	triageState,
	type ReleaseOrder,
	type TriageState
} from '../../failures/triage-state.ts';
import { usersLost, type UsersLost } from '../../failures/users-lost.ts';
import { bucketOf, comparisonRange, listBuckets, type Filters } from '../../filters.ts';
import { dayOf } from '../../format/date.ts';
import {
	queryFailureGroups,
	type FailureGroupRow,
	type FailureKind
} from '../queries/failure-groups.ts';
import { queryFailureHistory, type FailureSighting } from '../queries/failure-history.ts';
import { queryFailureImpact, type ImpactCell } from '../queries/failure-impact.ts';
import { ceremonyParameters } from '../queries/ceremony-parameters.ts';
import { queryCeremonyOutcomes } from '../queries/ceremony-facets.ts';
import { toParameters } from '../queries/filter-sql.ts';
import { toLineParameters, withoutEnd, type LineParameters } from '../queries/search-sql.ts';

/** A group of failures as the list shows it. */
export interface FailureGroup extends Omit<FailureGroupRow, 'trend' | 'first_at' | 'last_at'> {
	/** Ceremonies, bucket by bucket of the period. */
	trend: number[];
	/** Ceremonies of the compared days; undefined when nothing is compared, or when not all of those days were collected. */
	before: number | undefined;
	/** Over all that is kept, whatever the period: first and last seen, and the release it began in (empty: it named none). */
	first_at: string;
	last_at: string;
	first_release: string;
	state: TriageState;
	/** Who takes care of it; empty: nobody. */
	owner: string;
	/** Of a regressed one: the release it came back in. */
	back_in: string | undefined;
	/** Undefined: nobody met it by an act of theirs, or nobody can be compared. */
	lost: UsersLost | undefined;
}

export interface Failures {
	groups: FailureGroup[];
	/** First days of the buckets of `trend`. */
	buckets: string[];
	releases: ReleaseOrder;
	history: FailureSighting[];
}

/** The groups of one kind in the period, with what is known of each beyond it, and how it stands. */
export async function readFailures({
	client,
	settings,
	filters,
	kind,
	group = '',
	line = ''
}: {
	client: ClickHouseClient;
	settings: Settings;
	filters: Filters;
	kind: FailureKind;
	/** One group alone. */
	group?: string;
	/** A search line: those ceremonies alone that it asks for. When a group was seen, and how it stands, is told whatever it says. */
	line?: string;
}): Promise<Failures> {
	const bucket = bucketOf(filters);
	const asked = toLineParameters(line);
	const parameters = { ...toParameters(filters), ...asked };
	const compared = comparisonRange(filters);
	const { project, without_synthetic, without_tests } = parameters;
	const [rows, before, history, triage, impact] = await Promise.all([
		queryFailureGroups(client, { ...parameters, kind, bucket, group }),
		compared &&
			queryFailureGroups(client, {
				...{ ...toParameters(filters, compared), ...asked },
				kind,
				bucket: 'all',
				group
			}),
		queryFailureHistory(client, { project, without_synthetic, without_tests }),
		listFailureTriage(settings, { projectId: project }),
		kind === 'errors' ? readImpact(client, filters, asked) : undefined
	]);
	const buckets = listBuckets(filters, bucket);
	const releases = releaseOrder(history);
	const sightings = Map.groupBy(history, ({ group_id }) => group_id);
	const earlier =
		compared && history.some(({ first_at }) => dayOf(first_at, filters.zone) <= compared.from)
			? new Map(before?.map((row) => [row.group_id, row.ceremonies]))
			: undefined;
	const decisions = newestByGroup(triage);
	const lost = impact && usersLost(impact.cells, impact.compared);
	const groups = rows.map((row): FailureGroup => {
		const seen = sightings.get(row.group_id) ?? [];
		const decision = decisions.get(row.group_id);
		const state = triageState(decision, seen, releases, filters);
		return {
			...row,
			trend: buckets.map((day) => row.trend[day] ?? 0),
			before: earlier && (earlier.get(row.group_id) ?? 0),
			first_at: seen[0]?.first_at ?? row.first_at,
			last_at: seen.reduce((last, { last_at }) => (last_at > last ? last_at : last), row.last_at),
			first_release: seen[0]?.release ?? '',
			state,
			owner: decision?.owner ?? '',
			back_in: state === 'regressed' ? returned(decision!, seen, releases) : undefined,
			lost: lost?.get(row.group_id)
		};
	});
	return { groups, buckets, releases, history };
}

/** How many ceremonies of each outcome the groups are a share of: all that a search line leaves, whatever it asks of their end. */
export function queryStarted(
	client: ClickHouseClient,
	{ filters, line = '' }: { filters: Filters; line?: string }
) {
	return queryCeremonyOutcomes(client, {
		...ceremonyParameters(filters, new URLSearchParams()),
		...withoutEnd(toLineParameters(line))
	});
}

/** When each release first appeared. */
export function releaseOrder(history: readonly FailureSighting[]): ReleaseOrder {
	const order = new Map<string, string>();
	for (const { release, first_at } of history)
		if (first_at < (order.get(release) ?? '9')) order.set(release, first_at);
	return order;
}

async function readImpact(
	client: ClickHouseClient,
	filters: Filters,
	asked: LineParameters
): Promise<{ cells: ImpactCell[]; compared: ImpactCell[] }> {
	const range = comparisonRange(filters);
	const [cells, compared] = await Promise.all([
		queryFailureImpact(client, { ...toParameters(filters), ...asked }),
		range ? queryFailureImpact(client, { ...toParameters(filters, range), ...asked }) : []
	]);
	return { cells, compared };
}

/** `triage` is ordered from the newest on. */
function newestByGroup(triage: readonly FailureTriage[]): Map<string, FailureTriage> {
	const newest = new Map<string, FailureTriage>();
	for (const decision of triage)
		if (!newest.has(decision.groupId)) newest.set(decision.groupId, decision);
	return newest;
}
