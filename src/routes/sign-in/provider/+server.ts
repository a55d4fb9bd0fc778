import { isFresh } from '$lib/server/access/guard-route.ts';
import { ownPath } from '$lib/server/access/own-address.ts';
import { explainProviderError } from '$lib/server/access/provider/provider-refusal.ts';
import { startProvider, type ProviderPurpose } from '$lib/server/access/provider/start-provider.ts';
import { settings } from '$lib/server/settings.ts';
import { redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** To the identity provider: to sign in, or, of somebody who is signed in, by `?for=anew` or `?for=connect`. */
export const GET: RequestHandler = async (event) => {
	const { url, locals } = event;
	const next = ownPath(url.searchParams.get('next'));
	const asked = `provider-${url.searchParams.get('for')}`;
	const purpose = OF_A_PERSON.find((one) => one === asked) ?? 'provider-sign-in';
	const personId = locals.access.person?.id ?? '';
	if ((purpose === 'provider-sign-in') !== (personId === '')) redirect(303, next);
	// A further way in is as sensitive as a form that wants it.
	if (purpose === 'provider-connect' && !isFresh(locals.access))
		redirect(303, '/sign-in/provider/done?refused=stale');
	event.setHeaders({ 'cache-control': 'no-store' });
	const begun = { purpose, personId, next };
	const target = await startProvider(event, await settings(), begun).catch((error: unknown) => {
		const { code } = explainProviderError(error);
		return new URL(`/sign-in?refused=${code}&next=${encodeURIComponent(next)}`, url);
	});
	redirect(303, target.origin === url.origin ? `${target.pathname}${target.search}` : target);
};

const OF_A_PERSON: ProviderPurpose[] = ['provider-anew', 'provider-connect'];
