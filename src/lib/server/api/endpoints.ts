import { z } from 'zod';
import { listFailureTriage, TRIAGE_DECISIONS } from '../../../../settings/failure-triage.ts';
import { countStarted, FAILURE_VIEWS, isInView } from '../../failures/failure-list.ts';
import { failureReleases } from '../../failures/failure-releases.ts';
import { TRIAGE_STATES, triageState } from '../../failures/triage-state.ts';
import { ADOPTION_DIMENSIONS } from '../../format/adoption-dimensions.ts';
import { LONGEST_SEARCH, parseSearch } from '../../search/parse-search.ts';
import { SEARCH_FIELDS } from '../../search/search-fields.ts';
import { readDifferences } from '../differences.ts';
import { queryStarted, readFailures } from '../failures/read-failures.ts';
import { answerKpis } from '../kpis/answer-kpis.ts';
import { describeKpi } from '../kpis/describe-kpi.ts';
import { KPI_GROUPS, KPI_IDS } from '../kpis/registry.ts';
import { queriesOf } from '../kpis/sources.ts';
import { queryAdoptionBreakdown } from '../queries/adoption-breakdown.ts';
import { queryCeremonyDetail } from '../queries/ceremony-detail.ts';
import { ceremonyFilterParameters } from '../queries/ceremony-filter-sql.ts';
import { ceremonyRow, queryCeremonyList } from '../queries/ceremony-list.ts';
import { queryCeremonyNeighbours } from '../queries/ceremony-neighbours.ts';
import { ceremonyParameters } from '../queries/ceremony-parameters.ts';
import { parseHash } from '../queries/column-types.ts';
import { queryCredentialDetail } from '../queries/credential-detail.ts';
import { credentialFilterParameters } from '../queries/credential-filter-sql.ts';
import { queryCredentialHistory } from '../queries/credential-history.ts';
import { queryCredentialList } from '../queries/credential-list.ts';
import { failureGroupRow } from '../queries/failure-groups.ts';
import { queryFailureIdentity } from '../queries/failure-identity.ts';
import { toParameters } from '../queries/filter-sql.ts';
import { cutPage, parseCursor } from '../queries/list-cursor.ts';
import { defineEndpoint, type Endpoint } from './endpoint.ts';
import { FUNNEL_ENDPOINT } from './funnel-endpoint.ts';
import { next, pageQuery } from './paging.ts';
import { components, definitionSchema, filtersSchema, kpiSchema } from './schemas.ts';
import { USER_ENDPOINT } from './user-endpoint.ts';

const NOTHING = z.object({});
const count = z.number();
const moment = z.iso.datetime();

const listProjects = defineEndpoint({
	id: 'list_projects',
	path: '/projects',
	tag: 'Projects',
	summary: 'Projects',
	description: 'The projects that whoever asks may see, oldest first.',
	action: 'view',
	filters: 'none',
	query: NOTHING,
	params: NOTHING,
	answer: z.object({ projects: z.array(z.object({ id: z.string(), name: z.string() })) }),
	ask: async ({ access }) => ({ projects: access.projects.map(({ id, name }) => ({ id, name })) })
});

const listDefinitions = defineEndpoint({
	id: 'list_definitions',
	path: '/definitions',
	tag: 'Figures',
	summary: 'What every figure means',
	description:
		'Each figure of the registry with its fraction in words, window, grain, caveats, source, competing definitions and the names of the questions it is counted by.',
	action: 'view',
	filters: 'none',
	query: NOTHING,
	params: NOTHING,
	answer: z.object({
		groups: z.array(
			z.object({
				title: z.string(),
				definitions: z.array(
					z.object({ definition: definitionSchema, queries: z.array(z.string()) })
				)
			})
		)
	}),
	ask: async () => ({
		groups: KPI_GROUPS.map(({ title, kpis }) => ({
			title,
			definitions: kpis.map(({ definition, sources }) => ({
				definition,
				queries: queriesOf(sources)
			}))
		}))
	})
});

const kpisAnswer = () => z.object({ filters: filtersSchema, kpis: z.array(kpiSchema) });

const listKpis = defineEndpoint({
	id: 'list_kpis',
	path: '/kpis',
	tag: 'Figures',
	summary: 'All figures',
	description: 'Every figure of the registry under the filters.',
	action: 'view',
	filters: 'all',
	query: NOTHING,
	params: NOTHING,
	answer: kpisAnswer(),
	ask: async ({ client, filters }) => {
		const { kpis } = await answerKpis({ client, ids: KPI_IDS, filters, trend: false });
		return { filters, kpis: KPI_IDS.map((id) => describeKpi(kpis[id]!)) };
	}
});

const getKpi = defineEndpoint({
	id: 'get_kpi',
	path: '/kpis/{id}',
	tag: 'Figures',
	summary: 'One figure',
	description: 'One figure of the registry under the filters. /definitions lists the ids.',
	action: 'view',
	filters: 'all',
	query: NOTHING,
	params: z.object({ id: z.enum(KPI_IDS as [string, ...string[]]).describe('As in /definitions') }),
	answer: kpisAnswer(),
	ask: async ({ client, filters, params: { id } }) => {
		const { kpis } = await answerKpis({ client, ids: [id], filters, trend: false });
		return { filters, kpis: [describeKpi(kpis[id]!)] };
	}
});

const getAdoption = defineEndpoint({
	id: 'get_adoption',
	path: '/adoption',
	tag: 'Figures',
	summary: 'Adoption by one dimension',
	description:
		'Users seen, able, offered and with a new passkey, and sign-ins, by platform, browser, country, application, environment or release. A user with two values is in both rows.',
	action: 'view',
	filters: 'all',
	query: z.object({
		by: z.enum(ADOPTION_DIMENSIONS).default('platform').describe('What to tell apart')
	}),
	params: NOTHING,
	answer: z.object({
		filters: filtersSchema,
		by: z.enum(ADOPTION_DIMENSIONS),
		rows: z.array(queryAdoptionBreakdown.row)
	}),
	ask: async ({ client, filters, query: { by } }) => ({
		filters,
		by,
		rows: await queryAdoptionBreakdown(client, { ...toParameters(filters), by })
	})
});

const searchLine = z
	.string()
	.max(LONGEST_SEARCH)
	.superRefine((line, context) => {
		const parsed = parseSearch(line);
		if ('mistake' in parsed) context.addIssue({ code: 'custom', message: parsed.mistake.message });
	})
	.default('')
	.describe(
		`Search line: field:value with alternatives after commas, -field:value, release:>=2.4, and the beginning of a ceremony id or of a user’s or credential’s hash. Fields: ${Object.keys(SEARCH_FIELDS).join(', ')}`
	);

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

const failureGroup = failureGroupRow
	.omit({ trend: true, first_at: true, last_at: true })
	.extend({
		first_at: moment.describe('Over all that is kept, whatever the period'),
		last_at: moment,
		trend: z.array(count).describe('Ceremonies, bucket by bucket of the period'),
		before: count.optional().describe('Ceremonies of the compared days'),
		first_release: z.string().describe('The release it began in; empty: it named none'),
		state: z.enum(TRIAGE_STATES),
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
			...{ filters, view, buckets, started: countStarted(outcomes, view) },
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
		state: z.enum(TRIAGE_STATES),
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
			...{ filters, id, identity, buckets, decisions, differences: ranked },
			state: groups[0]?.state ?? triageState(decisions[0], seen, releases),
			group: groups[0] ?? null,
			releases: failureReleases(id, history, releases)
		};
	}
});

const ceremonySchema = ceremonyRow
	.describe('One WebAuthn ceremony. Users and credentials are keyed hashes; empty: not known')
	.register(components, { id: 'Ceremony' });

const { outcome, cause, type, mediation } = ceremonyFilterParameters.shape;

const listCeremonies = defineEndpoint({
	id: 'list_ceremonies',
	path: '/ceremonies',
	tag: 'Ceremonies',
	summary: 'Ceremonies, newest first',
	description:
		'Pages of single ceremonies. A cursor keeps its place while newer ones arrive. Nobody is known by name: users are keyed hashes of the site’s own references.',
	action: 'see-users',
	filters: 'all',
	query: z.object({
		outcome: outcome.default('').describe('Left out: all but untouched autofill requests'),
		cause: cause.max(64).default('').describe('Probable cause, such as timed_out'),
		type: type.default(''),
		mediation: mediation.max(32).default(''),
		failure: z
			.string()
			.regex(/^([0-9a-f]{10})?$/)
			.default('')
			.describe('A group of /failures'),
		q: searchLine,
		...pageQuery
	}),
	params: NOTHING,
	answer: z.object({ filters: filtersSchema, ceremonies: z.array(ceremonySchema), next }),
	ask: async ({ client, filters, query: { cursor, limit, ...own } }) => {
		const found = await queryCeremonyList(client, {
			...ceremonyParameters(filters, new URLSearchParams(own)),
			...{ ...parseCursor(cursor ?? null), limit: limit + 1 }
		});
		const page = cutPage(found, {
			size: limit,
			cursorOf: (row) => ({ at: row.occurred_at, id: row.ceremony_id })
		});
		return { filters, ceremonies: page.rows, next: page.next ?? null };
	}
});

const getCeremony = defineEndpoint({
	id: 'get_ceremony',
	path: '/ceremonies/{id}',
	tag: 'Ceremonies',
	summary: 'One ceremony',
	description:
		'Everything known of a ceremony: what was asked for, how it went, the probable cause with confidence and evidence, and the server’s verdict.',
	action: 'see-users',
	filters: 'project',
	query: NOTHING,
	params: z.object({ id: z.uuid() }),
	answer: z.object({ ceremony: queryCeremonyDetail.row }),
	ask: async ({ client, filters: { project }, params: { id } }) => {
		const [ceremony] = await queryCeremonyDetail(client, {
			project,
			ceremony_id: id.toLowerCase()
		});
		return ceremony && { ceremony };
	}
});

const credentialSchema = queryCredentialList.row
	.describe('One passkey or other credential, by its keyed hash')
	.register(components, { id: 'Credential' });

const { sync_state, status, flags, provider, legacy_class } = credentialFilterParameters.shape;

const listCredentials = defineEndpoint({
	id: 'list_credentials',
	path: '/credentials',
	tag: 'Credentials',
	summary: 'Credentials, the lately active first',
	description: 'Pages of the credential ledger as of the period’s last day.',
	action: 'see-users',
	filters: 'all',
	query: z.object({
		sync_state: sync_state.default(''),
		status: status.default(''),
		flags: flags.default('').describe('Trouble with the flags BE and BS'),
		provider: provider
			.max(64)
			.default('')
			.describe('By name; "unknown": those without a known one'),
		legacy_class: legacy_class.max(32).default(''),
		q: z
			.string()
			.regex(/^[0-9a-f]{0,16}$/)
			.default('')
			.describe('Beginning of a credential’s or user’s hash'),
		...pageQuery
	}),
	params: NOTHING,
	answer: z.object({ filters: filtersSchema, credentials: z.array(credentialSchema), next }),
	ask: async ({ client, filters, query: { q, cursor, limit, ...own } }) => {
		const { before_at, before_id } = parseCursor(cursor ?? null);
		const found = await queryCredentialList(client, {
			...{ ...toParameters(filters), ...own, search: q },
			...{ before_at, before_hash: before_id, limit: limit + 1 }
		});
		const page = cutPage(found, {
			size: limit,
			cursorOf: (row) => ({ at: row.last_activity_at, id: row.credential_hash })
		});
		return { filters, credentials: page.rows, next: page.next ?? null };
	}
});

/** Of one credential; more is in /ceremonies, searched by its hash. */
const CEREMONIES_SHOWN = 50;

const getCredential = defineEndpoint({
	id: 'get_credential',
	path: '/credentials/{hash}',
	tag: 'Credentials',
	summary: 'One credential',
	description:
		'Everything the ledger knows of it, each change of its flags with the verdict on it, and its latest ceremonies.',
	action: 'see-users',
	filters: 'project',
	query: NOTHING,
	params: z.object({ hash: z.string().regex(/^[0-9a-f]{16}$/) }),
	answer: z.object({
		credential: queryCredentialDetail.row,
		history: queryCredentialHistory.row.nullable().describe('null: no ceremony showed it'),
		ceremonies: z.array(
			ceremonyRow.extend({ same_user: z.boolean(), same_credential: z.boolean() })
		)
	}),
	ask: async ({ client, filters: { project }, params: { hash } }) => {
		const credential_hash = parseHash(hash)!;
		const [credential] = await queryCredentialDetail(client, { project, credential_hash });
		if (!credential) return undefined;
		const [[history], ceremonies] = await Promise.all([
			queryCredentialHistory(client, { project, credential_hash }),
			queryCeremonyNeighbours(client, {
				...{ project, credential_hash, ceremony_id: '', user_hash: '0' },
				...{ at: new Date().toISOString(), limit: CEREMONIES_SHOWN }
			})
		]);
		return { credential, history: history ?? null, ceremonies };
	}
});

/** Every question of the read API, in the order they are documented. */
export const ENDPOINTS: readonly Endpoint[] = [
	listProjects,
	listDefinitions,
	listKpis,
	getKpi,
	getAdoption,
	FUNNEL_ENDPOINT,
	listFailures,
	getFailure,
	listCeremonies,
	getCeremony,
	listCredentials,
	getCredential,
	USER_ENDPOINT
];

/** An endpoint by its path. @throws RangeError where there is none, which is a mistake in a route */
export function findEndpoint(path: string): Endpoint {
	const found = ENDPOINTS.find((endpoint) => endpoint.path === path);
	if (!found) throw new RangeError(`No endpoint ${path}`);
	return found;
}
