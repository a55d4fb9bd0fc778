import { openApi } from '$lib/server/api/openapi.ts';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** The read API's description: the same for everybody, with nothing of any project in it. */
export const GET: RequestHandler = () => json(openApi());
