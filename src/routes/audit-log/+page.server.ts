import { settings } from '$lib/server/settings.ts';
import { AUDIT_ACTIONS, readAuditLog } from '../../../settings/access/audit-log.ts';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 100;

export const load: PageServerLoad = async ({ url }) => {
	const search = url.searchParams;
	const action = AUDIT_ACTIONS.find((known) => known === search.get('action'));
	const actor = search.get('who')?.trim().slice(0, 80) || undefined;
	const projectId = search.get('in') || undefined;
	const before = /^\d{1,12}$/.test(search.get('page') ?? '')
		? Number(search.get('page'))
		: undefined;
	const filter = { action, actor, projectId, before, limit: PAGE_SIZE + 1 };
	const found = await readAuditLog(await settings(), filter);
	const entries = found.slice(0, PAGE_SIZE);
	return {
		entries,
		next: found.length > PAGE_SIZE ? String(entries.at(-1)?.number) : undefined,
		chosen: { action: action ?? '', who: actor ?? '', in: projectId ?? '' }
	};
};
