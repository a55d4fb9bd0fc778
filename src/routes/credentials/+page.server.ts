import { readDimension } from '$lib/breakdown/dimensions.ts';
import { database } from '$lib/server/database.ts';
import {
	parseCredentialOrder,
	queryCredentialList,
	rankOf
} from '$lib/server/queries/credential-list.ts';
import { credentialParameters } from '$lib/server/queries/credential-parameters.ts';
import { queryCredentialSummary } from '$lib/server/queries/credential-summary.ts';
import { queryUserTags } from '$lib/server/queries/user-tags.ts';
import { cutPage, parseOrderCursor } from '$lib/server/queries/list-cursor.ts';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 50;

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const client = await database();
	const parameters = credentialParameters(filters, url.searchParams);
	const { before, before_id } = parseOrderCursor(url.searchParams.get('page'));
	const sort = url.searchParams.get('sort');
	const order = parseCredentialOrder(sort);
	const [found, summary, tags] = await Promise.all([
		queryCredentialList(client, {
			...parameters,
			...order,
			before,
			before_hash: before_id,
			limit: PAGE_SIZE + 1
		}),
		// The tabs count what each would show, so the state itself does not narrow them.
		queryCredentialSummary(client, { ...parameters, sync_state: '' }),
		queryUserTags(client, { project: filters.project })
	]);
	const { sync_state, status, flags, legacy_class, search, user_tag, model, used_on } = parameters;
	const unused = parameters.unused_days ? String(parameters.unused_days) : '';
	const on = parameters.as_of ? parameters.to : '';
	const { counted = '', part = '' } = parameters;
	const by = parameters.by ? readDimension(parameters.by) : undefined;
	return {
		list: cutPage(found, {
			size: PAGE_SIZE,
			cursorOf: (row) => ({ at: rankOf(row, order), id: row.credential_hash })
		}),
		/** The order as the address has it; empty: the lately active first. */
		sort: order.order && sort ? sort : '',
		summary,
		tags,
		/** The day the list is of: `on` where one is asked for, else the period's last. */
		day: parameters.to,
		chosen: {
			...{ sync_state, status, flags, legacy_class, search },
			...{ tag: user_tag ?? '', model: model ?? '', used_on: used_on ?? '', unused, on },
			...{ counted, by, part }
		},
		askedAt: new Date().toISOString()
	};
};
