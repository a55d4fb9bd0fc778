import { ownOrigin } from '$lib/server/access/own-address.ts';
import { watchedFor } from '$lib/server/access/own-sign-ins.ts';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** Where and with which public key this page tells of its ceremonies; null: nobody wants to know. */
export const GET: RequestHandler = async (event) =>
	json((await watchedFor(ownOrigin(event).origin)) ?? null, {
		headers: { 'cache-control': 'no-store' }
	});
