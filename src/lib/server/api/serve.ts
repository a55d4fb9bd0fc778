import { json, type RequestEvent } from '@sveltejs/kit';
import { database } from '../database.ts';
import { settings } from '../settings.ts';
import { callEndpoint } from './call-endpoint.ts';
import { findEndpoint } from './endpoints.ts';
import { problemResponse } from './problem.ts';
import { countRequest } from './rate-limit.ts';

/** The handler of an endpoint's route. @param path as the endpoint has it: `/failures/{id}` */
export function serve(path: string) {
	const endpoint = findEndpoint(path);
	return async ({
		url,
		params,
		locals: { access }
	}: Pick<RequestEvent, 'url' | 'params' | 'locals'>): Promise<Response> => {
		const { headers, problem } = await countRequest(access);
		if (problem) return problemResponse(problem, headers);
		const called = await callEndpoint({
			...{ endpoint, search: url.searchParams, params, access },
			...{ client: database, settings }
		});
		if ('problem' in called) return problemResponse(called.problem, headers);
		return json(called.answer, { headers: { ...headers, 'cache-control': 'no-store' } });
	};
}
