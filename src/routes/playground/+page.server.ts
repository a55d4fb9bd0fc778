import { viewAccount } from '$lib/server/playground/account-view';
import { relyingPartyOf, sessionOf } from '$lib/server/playground/endpoint';
import { findIngestKey, openPlayground } from '$lib/server/playground/playground';
import type { PageServerLoad } from './$types';

/** Who is signed in, and where this page's telemetry goes. */
export const load: PageServerLoad = async (event) => {
	const party = relyingPartyOf(event);
	if (!party.ok)
		return { refusal: party.message, relyingParty: null, telemetry: null, signedIn: null };
	const { store, settings, collectorUrl } = await openPlayground();
	const session = await sessionOf(store, event);
	const key = await findIngestKey({ settings, origin: party.relyingParty.origin });
	return {
		refusal: null,
		relyingParty: party.relyingParty,
		telemetry: key ? { endpoint: collectorUrl, ...key } : null,
		signedIn: await viewAccount(store, session?.accountId)
	};
};
