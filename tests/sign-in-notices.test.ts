import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSoftwareAuthenticator } from '../sdk/server/testing/software-authenticator.ts';
import { invite } from '../settings/access/invitations.ts';
import { listPeople } from '../settings/access/people.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import {
	readMail,
	startMailServer,
	type MailServer
} from '../src/lib/server/testing/mail-server.ts';
import { expectAnswerHeaders } from './support/answer-headers.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { somebodyAt, type Somebody } from './support/sign-in.ts';
import { until } from './support/until.ts';

describe('whoever’s ways in change is told by e-mail', () => {
	const ADDRESS = 'kim@example.com';
	let passlens: Passlens;
	let settings: Settings;
	let mail: MailServer;
	let kim: Somebody;
	beforeAll(async () => {
		mail = await startMailServer();
		vi.stubEnv('PASSLENS_SMTP_URL', mail.url);
		vi.stubEnv('PASSLENS_ALERTS_EVERY_S', '1');
		passlens = await startPasslens();
		settings = await openSettings({ dataDir: passlens.dataDir });
		kim = somebodyAt(passlens.url);
		const roles = [{ projectId: '*', role: 'admin' as const }];
		const link = await invite(settings, { name: 'Kim', roles, by: 'test' });
		expect(await kim.welcome(`/welcome/${link}`, { name: 'Kim' })).toMatchObject({ status: 200 });
		await send('/account?/subscribe', { project: 'playground', email: ADDRESS });
	});
	afterAll(async () => {
		vi.unstubAllEnvs();
		await settings?.destroy();
		await passlens?.stop();
		await mail?.close();
	});
	beforeEach(() => {
		mail.mails.length = 0;
		printOutputOnFailure(passlens);
	});

	const send = (path: string, fields: Record<string, string>) =>
		kim.fetch(path, {
			...{ method: 'POST', body: new URLSearchParams(fields) },
			headers: { origin: passlens.url, 'x-sveltekit-action': 'true', accept: 'application/json' }
		});
	const post = async (path: string, body: object) =>
		(
			await kim.fetch(path, {
				...{ method: 'POST', body: JSON.stringify(body) },
				headers: { origin: passlens.url, 'content-type': 'application/json' }
			})
		).json() as Promise<{ challenge: string; name?: string }>;
	const told = async () => {
		const mailed = await until(async () => {
			expect(mail.mails).toHaveLength(1);
			return mail.mails[0]!;
		});
		const { headers, parts } = readMail(mailed);
		expect(headers).toContain(`To: ${ADDRESS}`);
		return `${headers}\n${Object.values(parts).join()}`;
	};

	it('of another passkey, and of one that is removed', async () => {
		const { challenge } = await post('/account/passkeys/options', {});
		const another = createSoftwareAuthenticator({ rpId: 'localhost', origin: passlens.url });
		const { credential, response } = another.register({ challenge });
		expect(await post('/account/passkeys/verify', { response })).toMatchObject({ name: 'Passkey' });
		expect(await told()).toContain('Subject: Passlens: a passkey was added to your account');
		mail.mails.length = 0;
		const id = credential.id;
		expect((await send('/account?/removePasskey', { id })).status).toBe(200);
		expect(await told()).toContain('Subject: Passlens: a passkey was removed from your account');
	});

	it('of an API key made in their name', async () => {
		await send('/api-keys?/add&project=playground', { name: 'Warehouse', days: '30', may: 'view' });
		expect(await told()).toMatch(/an API key was made in your name[^]*Warehouse/);
	});

	it('of a link for a new passkey, when somebody used it', async () => {
		const person = (await listPeople(settings)).find(({ name }) => name === 'Kim')!;
		const link = { kind: 'recovery', name: 'Kim', personId: person.id, by: 'Eve Admin' } as const;
		const stranger = somebodyAt(passlens.url);
		const path = `/welcome/${await invite(settings, link)}`;
		expect(await stranger.welcome(path, { name: 'Kim' })).toMatchObject({ status: 200 });
		expect(await told()).toMatch(/a link for a new passkey of yours was used[^]*Eve Admin/);
	});

	it('and nobody is who is refused', async () => {
		expect((await send('/account?/removePasskey', { id: 'AAAA' })).status).toBe(200);
		await send('/api-keys?/add&project=playground', { name: '', days: '30', may: 'view' });
		const waiting = await settings.selectFrom('person_notice').select('id').execute();
		expect([waiting, mail.mails]).toEqual([[], []]);
	});
});

describe('who fails to sign in too often', () => {
	const NAME = 'passlens.example';
	const LIMITS = {
		...{ PASSLENS_ORIGIN: `https://${NAME}`, ADDRESS_HEADER: 'x-forwarded-for' },
		PASSLENS_FAILED_SIGN_INS: '5'
	};
	let passlens: Passlens;
	beforeAll(async () => {
		const first = await startPasslens();
		await first.end('SIGTERM');
		for (const [name, value] of Object.entries(LIMITS)) vi.stubEnv(name, value);
		passlens = await startPasslens({ dataDir: first.dataDir });
	});
	afterAll(async () => {
		vi.unstubAllEnvs();
		await passlens?.stop();
	});
	beforeEach(() => printOutputOnFailure(passlens));

	const authenticator = createSoftwareAuthenticator({ rpId: NAME, origin: `https://${NAME}` });
	const { credential } = authenticator.register({ challenge: 'AAAA' });
	const response = authenticator.authenticate({
		...{ challenge: 'AAAA', credential, userHandle: 'AAAA' }
	});
	const passkey = { path: '/sign-in/verify', body: JSON.stringify({ response }) };
	async function ask(
		client: string,
		{ path, body, headers = {} }: { path: string; body?: string; headers?: Record<string, string> }
	) {
		const sent = request(new URL(path, passlens.url), {
			method: body === undefined ? 'GET' : 'POST',
			headers: {
				...{ host: NAME, origin: `https://${NAME}`, connection: 'close', accept: 'text/html' },
				...{ 'x-forwarded-for': client, 'content-type': 'application/json', ...headers }
			}
		});
		sent.end(body);
		const [answer] = (await once(sent, 'response')) as [IncomingMessage];
		const chunks: Buffer[] = [];
		for await (const chunk of answer) chunks.push(chunk as Buffer);
		const { statusCode: status, headers: told } = answer;
		return { status, headers: told, text: Buffer.concat(chunks).toString() };
	}

	it.each([
		['links', { path: '/welcome/AAAA' }, 404],
		['links, by what a page asks', { path: '/welcome/AAAA/options', body: '{"name":"Kim"}' }, 404],
		['API keys', { path: '/api/v1/kpis', headers: { authorization: 'Bearer plk_AAAA' } }, 401],
		['passkeys', passkey, 400]
	])('waits, of %s, and nobody else does', async (of, asked, status) => {
		const client = `203.0.113.${of.length}`;
		for (let tried = 0; tried < 5; tried++)
			expect((await ask(`6.6.6.${tried}, ${client}`, asked)).status).toBe(status);
		const refused = await ask(client, asked);
		expect(refused.status).toBe(429);
		expect(refused.text).toMatch(/Too many sign-ins from your network failed|too_many_tries/);
		expect(Number(refused.headers['retry-after'])).toBeGreaterThan(800);
		expectAnswerHeaders(refused.headers, { of });
		expect((await ask('198.51.100.1', asked)).status).toBe(status);
	});
});
