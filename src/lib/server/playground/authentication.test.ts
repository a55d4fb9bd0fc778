import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
	createSoftwareAuthenticator,
	type SoftwareCredential
} from '../../../../sdk/server/testing/software-authenticator.ts';
import { createAccount } from './accounts.ts';
import { finishAuthentication, startAuthentication } from './authentication.ts';
import { findCredential, removeCredential } from './credentials.ts';
import { openSession } from './sessions.ts';
import { authenticate, register } from './testing/answer-options.ts';
import { openSite, type TestSite } from './testing/open-site.ts';
import { authenticationWish } from './wire.ts';

const authenticator = createSoftwareAuthenticator({
	rpId: 'localhost',
	origin: 'http://localhost:7300'
});

let site: TestSite;
let credential: SoftwareCredential;
beforeEach(async () => {
	site = await openSite();
	({ credential } = await register(site, { authenticator }));
});
afterEach(() => site.close());

test('a good signature signs its account in, and the verdict says verified for that account', async () => {
	const { answer, ceremonyId } = await authenticate(site, { authenticator, credential });

	expect(answer).toMatchObject({ ok: true, account: { id: site.account.id } });
	const [registered, verdict] = await site.arrived();
	expect(verdict).toMatchObject({
		type: 'ceremony.verdict',
		ceremony_type: 'authentication',
		ceremony_id: ceremonyId,
		verified: true,
		user_ref: registered?.user_ref
	});
});

test('a passkey that was not backed up at first is known as backed up once it says so', async () => {
	const fresh = await register(site, { authenticator, changes: { backupState: false } });
	expect(await findCredential(site.store, fresh.credential.id)).toMatchObject({
		backupState: false
	});

	await authenticate(site, { authenticator, credential: fresh.credential });
	expect(await findCredential(site.store, fresh.credential.id)).toMatchObject({
		backupState: true
	});
});

describe('a response that must not be taken', () => {
	test.each([
		['a spoiled signature', { spoilSignature: true }, 'signature_invalid'],
		['another origin', { origin: 'http://localhost:9' }, 'origin_mismatch'],
		['another relying party', { rpId: 'example.com' }, 'rp_id_hash_mismatch'],
		['no user presence', { userPresent: false }, 'user_presence_missing'],
		['no user verification', { userVerified: false }, 'user_verification_missing'],
		['a challenge of its own', { challenge: 'bm90LW91cnM' }, 'challenge_mismatch'],
		['another account’s user handle', { userHandle: 'c29tZW9uZQ' }, 'user_handle_mismatch'],
		[
			'backed up without being eligible',
			{ backupEligible: false, backupState: true },
			'backup_flags_invalid'
		],
		[
			'an eligibility that changed',
			{ backupEligible: false, backupState: false },
			'backup_flags_invalid'
		]
	])('%s signs nobody in, and is reported with its reason', async (_title, changes, reason) => {
		const { answer } = await authenticate(site, {
			authenticator,
			credential,
			userVerification: 'required',
			changes
		});

		expect(answer).toMatchObject({ ok: false, code: reason, verdict: { verified: false, reason } });
		expect((await site.arrived()).at(-1)).toMatchObject({ verified: false, reason });
	});

	test('a counter that went back is refused', async () => {
		await authenticate(site, { authenticator, credential, changes: { signCount: 5 } });
		const { answer } = await authenticate(site, {
			authenticator,
			credential,
			changes: { signCount: 4 }
		});
		expect(answer).toMatchObject({ ok: false, code: 'counter_regressed' });
	});

	test('a removed passkey is told apart from one never seen', async () => {
		const stranger = authenticator.register({ challenge: 'eA' }).credential;
		await removeCredential(site.store, credential.id);

		const removed = await authenticate(site, { authenticator, credential });
		const unknown = await authenticate(site, { authenticator, credential: stranger });

		expect(removed.answer).toMatchObject({ ok: false, code: 'credential_revoked' });
		expect(unknown.answer).toMatchObject({ ok: false, code: 'credential_unknown' });
		const [, revokedVerdict, unknownVerdict] = await site.arrived();
		expect(revokedVerdict).toHaveProperty('user_ref');
		expect(unknownVerdict).not.toHaveProperty('user_ref');
	});

	test('a response of another session is refused', async () => {
		const { ceremonyId, response } = await respond();
		const session = await openSession(site.store);
		const answer = await finishAuthentication({ ...site, session, ceremonyId, response });

		expect(answer).toMatchObject({ ok: false, code: 'challenge_mismatch' });
	});

	test('a challenge of more than five minutes ago has expired', async () => {
		const { ceremonyId, response } = await respond();
		await site.store
			.updateTable('challenge')
			.set({ expires_unix_ms: Date.now() - 1 })
			.execute();
		const answer = await finishAuthentication({ ...site, ceremonyId, response });

		expect(answer).toMatchObject({ ok: false, code: 'challenge_expired' });
	});

	test('bytes that are no response at all are refused without an exception', async () => {
		const { response } = await respond();
		const broken = { ...response, response: { ...response.response, authenticatorData: 'AAAA' } };
		const answer = await finishAuthentication({
			...site,
			ceremonyId: undefined,
			response: broken
		});
		expect(answer).toMatchObject({ ok: false });
	});
});

describe('options', () => {
	test('without a name leave the choice to the authenticator', async () => {
		const started = await startAuthentication({ ...site, wish: authenticationWish.parse({}) });
		expect(started).toMatchObject({ ok: true, options: { rpId: 'localhost' } });
		expect(started.ok && started.options.allowCredentials).toBeUndefined();
	});

	test('with a name list that account’s passkeys alone', async () => {
		const wish = authenticationWish.parse({ username: 'ada' });
		const started = await startAuthentication({ ...site, wish });
		expect(started.ok && started.options.allowCredentials).toMatchObject([{ id: credential.id }]);
	});

	test('for an account without a passkey are refused in plain words', async () => {
		await createAccount(site.store, { username: 'bob', password: 'correct horse' });
		const wish = authenticationWish.parse({ username: 'bob' });
		expect(await startAuthentication({ ...site, wish })).toMatchObject({
			ok: false,
			code: 'no_passkey'
		});
	});
});

async function respond() {
	const started = await startAuthentication({ ...site, wish: authenticationWish.parse({}) });
	if (!started.ok) throw new Error(started.message);
	const { challenge } = started.options;
	return { ceremonyId: undefined, response: authenticator.authenticate({ challenge, credential }) };
}
