import { z } from 'zod';
import { ceremonyRow } from '../queries/ceremony-list.ts';
import { queryCeremonyNeighbours } from '../queries/ceremony-neighbours.ts';
import { parseHash } from '../queries/column-types.ts';
import { queryCredentialDetail } from '../queries/credential-detail.ts';
import { credentialFilterParameters } from '../queries/credential-filter-sql.ts';
import { queryCredentialHistory } from '../queries/credential-history.ts';
import {
	CREDENTIAL_SORTS,
	parseCredentialOrder,
	queryCredentialList,
	rankOf
} from '../queries/credential-list.ts';
import { cutPage, parseOrderCursor } from '../queries/list-cursor.ts';
import { toParameters } from '../queries/filter-sql.ts';
import { defineEndpoint } from './endpoint.ts';
import { next, NOTHING, pageQuery, providerQuery } from './parameters.ts';
import { answeredFilters, components, filtersSchema } from './schemas.ts';

const credentialSchema = queryCredentialList.row
	.describe('One passkey or other credential, by its keyed hash')
	.register(components, { id: 'Credential' });

const { sync_state, status, flags, legacy_class, model } = credentialFilterParameters.shape;

const listCredentials = defineEndpoint({
	id: 'list_credentials',
	path: '/credentials',
	tag: 'Credentials',
	summary: 'Credentials, the lately active first unless sorted otherwise',
	description: 'Pages of the credential ledger as of the period’s last day.',
	action: 'see-users',
	filters: 'all',
	query: z.object({
		sync_state: sync_state.default(''),
		status: status.default(''),
		flags: flags.default('').describe('Trouble with the flags BE and BS'),
		...providerQuery,
		legacy_class: legacy_class.max(32).default(''),
		model: model.describe('What FIDO reported of its model; "unlisted": nothing'),
		on: z.iso
			.date()
			.optional()
			.describe(
				'As everything stood at the end of this day: flags, uses, revocations and what FIDO reported of the models. Left out: newest flags and today’s reports'
			),
		q: z
			.string()
			.regex(/^[0-9a-f]{0,16}$/)
			.default('')
			.describe('Beginning of a credential’s or user’s hash'),
		sort: z
			.enum(CREDENTIAL_SORTS)
			.optional()
			.describe(
				'By its registration, its last use or its number of uses; with "-" the greatest first. What is not known comes last'
			),
		...pageQuery
	}),
	params: NOTHING,
	answer: z.object({ filters: filtersSchema, credentials: z.array(credentialSchema), next }),
	ask: async ({ client, filters, query: { q, on, cursor, limit, sort, ...own } }) => {
		const { before, before_id } = parseOrderCursor(cursor ?? null);
		const order = parseCredentialOrder(sort ?? null);
		const found = await queryCredentialList(client, {
			...{ ...toParameters(filters), ...own, search: q },
			...(on && { to: on, as_of: true }),
			...{ ...order, before, before_hash: before_id, limit: limit + 1 }
		});
		const page = cutPage(found, {
			size: limit,
			cursorOf: (row) => ({ at: rankOf(row, order), id: row.credential_hash })
		});
		return { filters: answeredFilters(filters), credentials: page.rows, next: page.next ?? null };
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

/** The credential ledger. */
export const CREDENTIAL_ENDPOINTS = [listCredentials, getCredential];
