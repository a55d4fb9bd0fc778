import { z } from 'zod';
import { queryCeremonyDetail } from '../queries/ceremony-detail.ts';
import { ceremonyFilterParameters } from '../queries/ceremony-filter-sql.ts';
import { ceremonyParameters } from '../queries/ceremony-parameters.ts';
import { ceremonyRow, queryCeremonyList } from '../queries/ceremony-list.ts';
import { cutPage, parseCursor } from '../queries/list-cursor.ts';
import { defineEndpoint } from './endpoint.ts';
import { next, NOTHING, pageQuery, searchLine } from './parameters.ts';
import { answeredFilters, components, filtersSchema } from './schemas.ts';

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
		return { filters: answeredFilters(filters), ceremonies: page.rows, next: page.next ?? null };
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

/** Single ceremonies. */
export const CEREMONY_ENDPOINTS = [listCeremonies, getCeremony];
