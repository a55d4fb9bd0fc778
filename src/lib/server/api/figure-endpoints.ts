import { z } from 'zod';
import { DIMENSIONS } from '../../breakdown/dimensions.ts';
import { answerKpis } from '../kpis/answer-kpis.ts';
import { describeKpi } from '../kpis/describe-kpi.ts';
import { OF_PASSKEYS } from '../kpis/of-passkeys.ts';
import { KPI_GROUPS, KPI_IDS } from '../kpis/registry.ts';
import { queriesOf } from '../kpis/sources.ts';
import { queryAdoptionBreakdown } from '../queries/adoption-breakdown.ts';
import { toParameters } from '../queries/filter-sql.ts';
import { defineEndpoint } from './endpoint.ts';
import { FUNNEL_ENDPOINT } from './funnel-endpoint.ts';
import { NOTHING, providerQuery } from './parameters.ts';
import { answeredFilters, definitionSchema, filtersSchema, kpiSchema } from './schemas.ts';

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
		return { filters: answeredFilters(filters), kpis: KPI_IDS.map((id) => describeKpi(kpis[id]!)) };
	}
});

const getKpi = defineEndpoint({
	id: 'get_kpi',
	path: '/kpis/{id}',
	tag: 'Figures',
	summary: 'One figure',
	description:
		'One figure of the registry under the filters. /definitions lists the ids. Those of passkeys alone can be narrowed by provider, too.',
	action: 'view',
	filters: 'all',
	query: z.object(providerQuery),
	params: z.object({ id: z.enum(KPI_IDS as [string, ...string[]]).describe('As in /definitions') }),
	answer: kpisAnswer(),
	refuse: ({ query: { provider }, params: { id } }) =>
		provider && !OF_PASSKEYS.includes(id)
			? {
					field: 'provider',
					message: `Only figures of passkeys have a provider: ${OF_PASSKEYS.join(', ')}.`
				}
			: undefined,
	ask: async ({ client, filters, params: { id } }) => {
		const { kpis } = await answerKpis({ client, ids: [id], filters, trend: false });
		return { filters: answeredFilters(filters), kpis: [describeKpi(kpis[id]!)] };
	}
});

const getAdoption = defineEndpoint({
	id: 'get_adoption',
	path: '/adoption',
	tag: 'Figures',
	summary: 'Adoption by one dimension',
	description:
		'Users seen, able, offered and with a new passkey, and sign-ins, by platform, ecosystem, browser, country, application, environment or release. A user with two values is in both rows.',
	action: 'view',
	filters: 'all',
	query: z.object({
		by: z.enum(DIMENSIONS).default('platform').describe('What to tell apart')
	}),
	params: NOTHING,
	answer: z.object({
		filters: filtersSchema,
		by: z.enum(DIMENSIONS),
		rows: z.array(queryAdoptionBreakdown.row)
	}),
	ask: async ({ client, filters, query: { by } }) => ({
		filters: answeredFilters(filters),
		by,
		rows: await queryAdoptionBreakdown(client, { ...toParameters(filters), by })
	})
});

/** What figures mean, their values and what they are made of. */
export const FIGURE_ENDPOINTS = [listDefinitions, listKpis, getKpi, getAdoption, FUNNEL_ENDPOINT];
