import { noteSignInRefused } from '$lib/server/access/note-request.ts';
import { finishProvider } from '$lib/server/access/provider/finish-provider.ts';
import { explainProviderError } from '$lib/server/access/provider/provider-refusal.ts';
import { useVouched } from '$lib/server/access/provider/use-vouched.ts';
import { settings } from '$lib/server/settings.ts';
import { redirect, type RequestEvent } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** Where the identity provider sends people back to. */
export const GET: RequestHandler = async (event) => {
	event.setHeaders({ 'cache-control': 'no-store' });
	redirect(303, await finish(event));
};

/** @returns where to go on */
async function finish(event: RequestEvent): Promise<string> {
	const store = await settings();
	try {
		return await useVouched(event, store, await finishProvider(event, store));
	} catch (error) {
		const refusal = explainProviderError(error);
		await noteSignInRefused(event, refusal);
		// The sign-in page is for those who are signed out.
		const page = event.locals.access.person ? '/sign-in/provider/done' : '/sign-in';
		return `${page}?refused=${refusal.code}`;
	}
}
