import { z } from 'zod';
import { listFailureTriage, TRIAGE_DECISIONS } from '../../../../settings/failure-triage.ts';
import { countStarted, FAILURE_VIEWS, isInView } from '../../failures/failure-list.ts';
import { failureReleases } from '../../failures/failure-releases.ts';
import { TRIAGE_STATES, triageState } from '../../failures/triage-state.ts';
import { readDifferences } from '../differences.ts';
import { queryStarted, readFailures } from '../failures/read-failures.ts';
import { failureGroupRow } from '../queries/failure-groups.ts';
import { queryFailureIdentity } from '../queries/failure-identity.ts';
import { defineEndpoint } from './endpoint.ts';
import { NOTHING, searchLine } from './parameters.ts';
import { answeredFilters, components, filtersSchema } from './schemas.ts';

const count = z.number();
const moment = z.iso.datetime();

const usersLost = z.object({
	estimate: count,
	low: count,
	high: count,
	compared: count,
	uncompared: count,
	baseline: z.enum(['compared_period', 'rest']),
	people: count,
	succeeded: count
});

const state = z
	.enum(TRIAGE_STATES)
	.describe(
		'new: not seen before the period; ongoing: seen before it, too; of both nobody decided'
	);

const failureGroup = failureGroupRow
	.omit({ trend: true, first_at: true, last_at: true })
	.extend({
		first_at: moment.describe('Over all that is kept, whatever the period'),
		last_at: moment,
		trend: z.array(count).describe('Ceremonies, bucket by bucket of the period'),
		before: count.optional().describe('Ceremonies of the compared days'),
		first_release: z.string().describe('The release it began in; empty: it named none'),
		state,
		owner: z.string(),
		back_in: z.string().optional().describe('Of a regressed group: the release it came back in'),
		lost: usersLost
			.optional()
			.describe(
				'How many more users would have succeeded with the success of the baseline, with a 95 % interval'
			)
	})
	.describe('Ceremonies that ended in the same way, for the same cause, with the same error')
	.register(components, { id: 'FailureGroup' });

const listFailures = defineEndpoint({
	id: 'list_failures',
	path: '/failures',
	tag: 'Failures',
	summary: 'Groups of failures',
	description:
		'What went wrong in the period, grouped by cause and error, the commonest first: ceremonies, users hit, first and last seen, the release it began in, how it stands, and users lost.',
	action: 'view',
	filters: 'all',
	query: z.object({
		view: z
			.enum(FAILURE_VIEWS)
			.default('all')
			.describe('open: new and regressed; expected: what ends without success and is no error'),
		q: searchLine
	}),
	params: NOTHING,
	answer: z.object({
		filters: filtersSchema,
		view: z.enum(FAILURE_VIEWS),
		started: count.describe('Ceremonies that the groups are a share of'),
		buckets: z.array(z.iso.date()).describe('First days of the buckets of each trend'),
		failures: z.array(failureGroup)
	}),
	ask: async ({ client, settings, filters, query: { view, q } }) => {
		const kind = view === 'expected' ? ('expected' as const) : ('errors' as const);
		const [{ groups, buckets }, outcomes] = await Promise.all([
			readFailures({ client, settings, filters, kind, line: q }),
			queryStarted(client, { filters, line: q })
		]);
		return {
			...{
				filters: answeredFilters(filters),
				view,
				buckets,
				started: countStarted(outcomes, view)
			},
			failures: groups.filter(({ state }) => isInView(state, view))
		};
	}
});

const difference = z.object({
	dimension: z.string(),
	value: z.string(),
	selected: count,
	selected_of: count,
	rest: count,
	rest_of: count,
	difference: count,
	q: count.describe('Probability by chance, adjusted for everything that was compared')
});

const getFailure = defineEndpoint({
	id: 'get_failure',
	path: '/failures/{id}',
	tag: 'Failures',
	summary: 'One group of failures',
	description:
		'What it is, how it stands in the period, in which releases it was seen, what was decided about it, and what is different about its ceremonies, the greatest difference first.',
	action: 'view',
	filters: 'all',
	query: z.object({ q: searchLine }),
	params: z.object({
		id: z
			.string()
			.regex(/^[0-9a-f]{10}$/)
			.describe('group_id of /failures')
	}),
	answer: z.object({
		filters: filtersSchema,
		id: z.string(),
		identity: queryFailureIdentity.row,
		state,
		group: failureGroup.nullable().describe('null: not seen in the period under these filters'),
		buckets: z.array(z.iso.date()),
		releases: z.array(
			z.object({
				release: z.string(),
				appeared_at: moment,
				ceremonies: count,
				of: count,
				first_at: moment.optional(),
				last_at: moment.optional()
			})
		),
		decisions: z.array(
			z.object({
				groupId: z.string(),
				decision: z.enum(TRIAGE_DECISIONS),
				afterRelease: z.string(),
				owner: z.string(),
				note: z.string(),
				author: z.string(),
				decidedAt: count.describe('Unix epoch in milliseconds')
			})
		),
		differences: z.array(difference)
	}),
	ask: async ({ client, settings, filters, query: { q }, params: { id } }) => {
		const { project } = filters;
		const [identity] = await queryFailureIdentity(client, { project, group: id });
		if (!identity) return undefined;
		const isError = identity.outcome === 'failed' || identity.outcome === 'rejected';
		const kind = isError ? ('errors' as const) : ('expected' as const);
		const [{ groups, buckets, releases, history }, decisions, { ranked }] = await Promise.all([
			readFailures({ client, settings, filters, kind, group: id, line: q }),
			listFailureTriage(settings, { projectId: project, groupId: id }),
			readDifferences({ client, filters, search: new URLSearchParams({ failure: id, q }) })
		]);
		const seen = history.filter(({ group_id }) => group_id === id);
		return {
			...{
				filters: answeredFilters(filters),
				id,
				identity,
				buckets,
				decisions,
				differences: ranked
			},
			state: groups[0]?.state ?? triageState(decisions[0], seen, releases, filters),
			group: groups[0] ?? null,
			releases: failureReleases(id, history, releases)
		};
	}
});

/** Groups of failures. */
export const FAILURE_ENDPOINTS = [listFailures, getFailure];
