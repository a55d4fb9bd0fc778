import { EXPORT_ROWS } from './ceremony-exports.ts';
import { parseCredentialOrder, queryCredentialList } from './credential-list.ts';
import { credentialParameters } from './credential-parameters.ts';
import { queryCredentialSummary } from './credential-summary.ts';
import type { Export } from './exports.ts';
import { parseOrderCursor } from './list-cursor.ts';

export const CREDENTIAL_EXPORTS: Record<string, Export> = {
	credentials: {
		ofPasskeys: true,
		ofPeople: true,
		run: ({ client, filters, search }) => {
			const { before, before_id } = parseOrderCursor(search.get('page'));
			return queryCredentialList(client, {
				...credentialParameters(filters, search),
				...parseCredentialOrder(search.get('sort')),
				before,
				before_hash: before_id,
				limit: EXPORT_ROWS
			});
		}
	},
	'credential-summary': {
		ofPasskeys: true,
		run: ({ client, filters, search }) =>
			queryCredentialSummary(client, credentialParameters(filters, search))
	}
};
