import type { IncomingMessage } from 'node:http';
import type { Authenticator } from '../ingest/authenticate.ts';
import { pseudonymise } from '../../settings/pseudonymise.ts';
import type { RateLimiter } from '../limit-rate.ts';
import { isProblem, type Problem } from '../problem.ts';
import { jsonAnswer, problemAnswer, type Answer } from '../protocol.ts';
import type { People } from './people.ts';

export const PEOPLE_PATH = '/v1/users/';

/** A request waits this long for an erasure; it goes on without it. */
const PATIENCE_MS = 20_000;

/** base64url of a SHA-256, as in the contract. */
const ONE_WAY_REFERENCE = /^[A-Za-z0-9_-]{43}$/;

/**
 * `DELETE /v1/users/{user_ref}` erases a person, `GET` gives out what is kept of them: with a server key alone. The reference
 * is the one-way one that events carry, so that the site's own never leaves the site.
 */
export async function answerAboutPerson(
	request: IncomingMessage,
	{
		authenticator,
		limiter,
		people
	}: { authenticator: Authenticator; limiter: RateLimiter; people: People }
): Promise<Answer> {
	const sender = await authenticator.authenticate(request);
	if (isProblem(sender)) return problemAnswer(sender);
	if (sender.kind !== 'server') return problemAnswer(SERVER_KEY_REQUIRED);
	const limited = limiter.take(request, sender);
	if (limited) return problemAnswer(limited);
	const ref = (request.url ?? '').split('?', 1)[0]!.slice(PEOPLE_PATH.length);
	if (!ONE_WAY_REFERENCE.test(ref)) return problemAnswer(REFERENCE_INVALID);
	const person = {
		projectId: sender.projectId,
		userHash: pseudonymise({ key: sender.pseudonymKey }).user(ref)
	};
	if (request.method === 'GET') return jsonAnswer(200, await people.export(person));
	if (request.method !== 'DELETE') return problemAnswer(WRONG_METHOD);
	const erasure = await people.erase({ ...person, patienceMs: PATIENCE_MS });
	const done = erasure.erasedAt !== undefined;
	return jsonAnswer(done ? 200 : 202, {
		status: done ? 'erased' : 'under way',
		requested_unix_ms: erasure.requestedAt,
		...(done && { erased_unix_ms: erasure.erasedAt, events_deleted: erasure.events })
	});
}

const SERVER_KEY_REQUIRED: Problem = {
	status: 403,
	code: 'server_key_required',
	title: 'Server key required',
	detail: 'What is kept of a person is given out, and erased, with a server key (sk_…) only.'
};

const REFERENCE_INVALID: Problem = {
	status: 400,
	code: 'user_ref_invalid',
	title: 'Not a reference',
	detail:
		"The address must end in the one-way user reference of 43 characters that events carry as user_ref, not in the site's own."
};

const WRONG_METHOD: Problem = {
	status: 405,
	code: 'method_not_allowed',
	title: 'Method not allowed',
	detail: 'A person is asked for with GET and erased with DELETE.'
};
