import { isCountedPasskeys } from '../../breakdown/counted-passkeys.ts';
import { parseDay, today, type Filters } from '../../filters.ts';
import { SYNC_STATES } from '../../format/names.ts';
import {
	CREDENTIAL_STATUSES,
	FLAG_TROUBLES,
	MODEL_STANDINGS,
	type CredentialFilterParameters
} from './credential-filter-sql.ts';
import { toParameters } from './filter-sql.ts';
import { toOnePart } from './part-sql.ts';

/** The inventory's own filters beside the common ones, as they stand in its URL. Anything unknown falls back to its default. */
export function credentialParameters(
	filters: Filters,
	search: URLSearchParams
): CredentialFilterParameters {
	const text = (name: string, max: number) => (search.get(name) ?? '').trim().slice(0, max);
	const oneOf = <T extends string>(name: string, list: readonly T[]): T | '' =>
		list.find((item) => item === search.get(name)) ?? '';
	const on = parseDay(search.get('on'), today(filters.zone));
	const unused = /^\d{1,4}$/.exec(search.get('unused') ?? '')?.[0];
	const userTag = text('tag', 161);
	const counted = text('counted', 32);
	return {
		...toParameters(filters),
		...(on && { to: on, as_of: true }),
		...(isCountedPasskeys(counted) && { counted, as_of: true, ...toOnePart(search) }),
		user_tag: userTag.includes('=') ? userTag : '',
		unused_days: Number(unused ?? 0),
		model: oneOf('model', MODEL_STANDINGS),
		used_on: text('used_on', 64),
		sync_state: oneOf('sync_state', SYNC_STATES),
		status: oneOf('status', CREDENTIAL_STATUSES),
		flags: oneOf('flags', FLAG_TROUBLES),
		legacy_class: text('legacy_class', 32),
		search: text('q', 16).toLowerCase()
	};
}
