import { serve } from '$lib/server/api/serve.ts';
import { askedProject } from '$lib/server/access/access.ts';
import { settings } from '$lib/server/settings.ts';
import { hashOfOneWay } from '$lib/server/users/find-user.ts';
import { redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

const answer = serve('/users/{user}');
const ONE_WAY_REFERENCE = /^[\w-]{43}$/;

/** A one-way reference is led to the hash, so that it stands in no audit log and in no further address. */
export const GET: RequestHandler = async (event) => {
	const { params, url, locals } = event;
	const project = askedProject(url.searchParams, locals.access);
	if (!ONE_WAY_REFERENCE.test(params.user) || project === undefined) return answer(event);
	const hash = await hashOfOneWay(await settings(), { project, oneWay: params.user });
	redirect(307, `/api/v1/users/${hash}${url.search}`);
};
