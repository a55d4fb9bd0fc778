import type { VerdictSender } from '@passlens/sdk/server';
import { json, type Cookies, type RequestEvent, type RequestHandler } from '@sveltejs/kit';
import type { z } from 'zod';
import { viewAccount } from './account-view.ts';
import { findAccount, type Account } from './accounts.ts';
import type { Store } from './open-store.ts';
import { openPlayground, verdictsOf } from './playground.ts';
import { refuse, type Answer } from './refusal.ts';
import { relyingPartyFor, type RelyingParty } from './relying-party.ts';
import { openSession, readSession, SESSION_HOURS, type Session } from './sessions.ts';

const COOKIE = 'passlens_playground';

/** What an action of the playground has at hand. */
export interface Call<Body> {
	store: Store;
	relyingParty: RelyingParty;
	verdicts: VerdictSender;
	session: Session;
	/** The signed-in account. */
	account: Account | undefined;
	body: Body;
	/** Gives the visitor a new session as this account. */
	signInAs: (account: Account) => Promise<void>;
	/** Gives the visitor a new session as nobody. */
	signOut: () => Promise<void>;
}

/**
 * Makes a POST endpoint of an action: checks the body, finds (or opens) the session, and answers with JSON
 * `{ ok: true, account, … }`, or `{ ok: false, code, message }` with a fitting status.
 */
export function endpoint<Body extends z.ZodType>({
	body,
	handle
}: {
	body: Body;
	handle: (call: Call<z.output<Body>>) => Promise<Answer<object>>;
}): RequestHandler {
	return async (event) => {
		const parsed = body.safeParse(await readJson(event.request));
		if (!parsed.success) return answerWith(refuse(400, 'body_invalid', firstIssue(parsed.error)));
		const party = relyingPartyOf(event);
		if (!party.ok) return answerWith(party);

		const playground = await openPlayground();
		const { store } = playground;
		const { cookies } = event;
		let session = await sessionOf(store, event);
		const renew = async (accountId?: string) => {
			const opened = await openSession(store, {
				replaces: session,
				...(accountId && { accountId })
			});
			keepToken(cookies, { token: opened.token, secure: event.url.protocol === 'https:' });
			session = opened;
			return opened;
		};
		const current = session ?? (await renew());
		const answer = await handle({
			store,
			relyingParty: party.relyingParty,
			verdicts: await verdictsOf(playground),
			session: current,
			account: current.accountId ? await findAccount(store, current.accountId) : undefined,
			body: parsed.data,
			signInAs: async (account) => void (await renew(account.id)),
			signOut: async () => void (await renew())
		});
		if (!answer.ok) return answerWith(answer);
		return json({ ...answer, account: await viewAccount(store, session?.accountId) });
	};
}

/** Like `endpoint`, for what only a signed-in account may do. */
export function accountEndpoint<Body extends z.ZodType>({
	body,
	handle
}: {
	body: Body;
	handle: (call: Call<z.output<Body>> & { account: Account }) => Promise<Answer<object>>;
}): RequestHandler {
	return endpoint({
		body,
		handle: async (call) =>
			call.account
				? handle({ ...call, account: call.account })
				: refuse(401, 'signed_out', 'Sign in first.')
	});
}

export function relyingPartyOf({
	request
}: Pick<RequestEvent, 'request'>): ReturnType<typeof relyingPartyFor> {
	return relyingPartyFor({ host: request.headers.get('host'), configured: process.env.ORIGIN });
}

export function sessionOf(
	store: Store,
	{ cookies }: Pick<RequestEvent, 'cookies'>
): Promise<Session | undefined> {
	return readSession(store, { token: cookies.get(COOKIE) });
}

function keepToken(cookies: Cookies, { token, secure }: { token: string; secure: boolean }): void {
	cookies.set(COOKIE, token, {
		path: '/playground',
		httpOnly: true,
		sameSite: 'strict',
		secure,
		maxAge: SESSION_HOURS * 3600
	});
}

/** Only JSON is read: another site's form cannot send that type without asking first. */
async function readJson(request: Request): Promise<unknown> {
	if (!request.headers.get('content-type')?.startsWith('application/json')) return undefined;
	try {
		return await request.json();
	} catch {
		return undefined;
	}
}

function firstIssue(error: z.ZodError): string {
	const [issue] = error.issues;
	if (!issue || issue.path.length === 0) return 'The request must be a JSON object.';
	// A sentence is ours, for the visitor; anything else is the validator's and needs its field.
	return issue.message.endsWith('.') ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}

function answerWith(refusal: ReturnType<typeof refuse>): Response {
	const { status, ...told } = refusal;
	return json(told, { status });
}
