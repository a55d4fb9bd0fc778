import type { Cookies, RequestEvent } from '@sveltejs/kit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createAccount } from './accounts.ts';
import { accountEndpoint, endpoint } from './endpoint.ts';
import { openPlayground } from './playground.ts';

let dataDir: string;
beforeAll(() => {
	dataDir = mkdtempSync(join(tmpdir(), 'playground-'));
	process.env.PASSLENS_DATA_DIR = dataDir;
	delete process.env.ORIGIN;
});
afterAll(async () => {
	const { store, settings } = await openPlayground();
	await Promise.all([store.destroy(), settings.destroy()]);
	rmSync(dataDir, { recursive: true });
});

const signUp = endpoint({
	body: z.object({ username: z.string().min(1, 'Choose a name.') }),
	async handle({ store, body, signInAs }) {
		const created = await createAccount(store, body);
		if (!created.ok) return created;
		await signInAs(created.account);
		return { ok: true };
	}
});
const whoAmI = accountEndpoint({
	body: z.object({}),
	handle: ({ account }) => Promise.resolve({ ok: true, name: account.username })
});

test('the first call opens a session, and a sign-in replaces its token', async () => {
	const visitor = newVisitor();
	expect(await visitor.post(whoAmI, {})).toMatchObject({ status: 401, code: 'signed_out' });
	const before = visitor.token();

	expect(await visitor.post(signUp, { username: 'ada' })).toMatchObject({
		status: 200,
		ok: true,
		account: { username: 'ada', credentials: [], hasPassword: false }
	});
	expect(visitor.token()).not.toBe(before);
	expect(await visitor.post(whoAmI, {})).toMatchObject({ name: 'ada' });
	expect(visitor.cookieOptions()).toMatchObject({
		httpOnly: true,
		sameSite: 'strict',
		path: '/playground'
	});
});

test('a body that does not fit is refused in the words of its schema', async () => {
	expect(await newVisitor().post(signUp, { username: '' })).toMatchObject({
		status: 400,
		code: 'body_invalid',
		message: 'Choose a name.'
	});
});

test('a form of another site, which can send no JSON type, is refused', async () => {
	const answer = await newVisitor().post(signUp, { username: 'eve' }, { type: 'text/plain' });
	expect(answer).toMatchObject({ status: 400, code: 'body_invalid' });
});

test('a host that is not this machine is refused', async () => {
	const answer = await newVisitor().post(signUp, { username: 'eve' }, { host: 'evil.example' });
	expect(answer).toMatchObject({ status: 403, code: 'host_not_local' });
});

/** One browser, as far as these endpoints see it: its cookie jar. */
function newVisitor() {
	let token: string | undefined;
	let options: Parameters<Cookies['set']>[2] | undefined;
	const cookies = {
		get: () => token,
		set: (_name: string, value: string, given: Parameters<Cookies['set']>[2]) => {
			token = value;
			options = given;
		}
	};
	return {
		token: () => token,
		cookieOptions: () => options,
		async post(
			handler: typeof signUp,
			body: object,
			{ host = 'localhost:7300', type = 'application/json' } = {}
		): Promise<object> {
			const request = new Request('http://localhost:7300/playground/api/test', {
				method: 'POST',
				headers: { host, 'content-type': type },
				body: JSON.stringify(body)
			});
			const event = { request, cookies, url: new URL(request.url) };
			const response = await handler(event as unknown as RequestEvent);
			return { status: response.status, ...((await response.json()) as object) };
		}
	};
}
