import { json, type RequestEvent } from '@sveltejs/kit';
import type { z } from 'zod';
import { PeopleError } from '../../../../settings/access/people.ts';

/** Why somebody is not let in, in words for them. */
export class SignInError extends Error {
	readonly status: number;
	readonly code: string;
	constructor(status: number, code: string, message: string, options?: ErrorOptions) {
		super(message, options);
		this.status = status;
		this.code = code;
	}
}

/** Answers a page's own request as JSON: what `act` gives, or why not as `{ code, message }`. Only JSON is read, which no form of another site can send. */
export async function answerPage<Body extends z.ZodType>(
	{ request }: Pick<RequestEvent, 'request'>,
	body: Body,
	act: (body: z.output<Body>) => Promise<object>
): Promise<Response> {
	const headers = { 'cache-control': 'no-store' };
	const read = body.safeParse(await readJson(request));
	if (!read.success)
		return json(
			{ code: 'body_invalid', message: 'The page sent something unreadable: reload it.' },
			{ status: 400, headers }
		);
	try {
		return json(await act(read.data), { headers });
	} catch (error) {
		const status = error instanceof SignInError ? error.status : 400;
		if (!(error instanceof SignInError) && !(error instanceof PeopleError)) throw error;
		return json({ code: error.code, message: error.message }, { status, headers });
	}
}

async function readJson(request: Request): Promise<unknown> {
	if (!request.headers.get('content-type')?.startsWith('application/json')) return undefined;
	return request.json().catch(() => undefined) as Promise<unknown>;
}
