import { parseDay, today } from '$lib/filters.ts';
import { fingerprintOf } from '$lib/server/evidence/layout.ts';
import { settings } from '$lib/server/settings.ts';
import { evidenceKey, listEvidence } from '../../../settings/evidence.ts';
import { listPolicies } from '../../../settings/policies.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const store = await settings();
	const { publicKey } = await evidenceKey(store);
	const [version] = await listPolicies(store, filters.project);
	return {
		on: parseDay(url.searchParams.get('on'), today()) ?? today(),
		exports: await listEvidence(store, filters.project),
		policyRevision: version?.revision,
		fingerprint: fingerprintOf(publicKey)
	};
};
