import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
	createSoftwareAuthenticator,
	type SoftwareAuthenticatorOptions
} from '../../../../sdk/server/testing/software-authenticator.ts';
import { listCredentials } from './credentials.ts';
import { finishRegistration } from './registration.ts';
import { register } from './testing/answer-options.ts';
import { openSite, type TestSite } from './testing/open-site.ts';

let site: TestSite;
beforeEach(async () => void (site = await openSite()));
afterEach(() => site.close());

const APPLE = 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd';
const authenticatorWith = (options: Partial<SoftwareAuthenticatorOptions> = {}) =>
	createSoftwareAuthenticator({
		rpId: 'localhost',
		origin: 'http://localhost:7300',
		aaguid: APPLE,
		...options
	});
const DEVICE_BOUND = { backupEligible: false, backupState: false, transports: ['internal'] };

test('a synced passkey is kept with its flags, and the verdict says verified', async () => {
	const { answer, credential, ceremonyId } = await register(site, {
		authenticator: authenticatorWith()
	});

	expect(answer).toMatchObject({ ok: true, replaced: [] });
	expect(await listCredentials(site.store, site.account.id)).toMatchObject([
		{ id: credential.id, backupEligible: true, backupState: true, legacy: false, aaguid: APPLE }
	]);
	expect(await site.arrived()).toMatchObject([
		{
			type: 'ceremony.verdict',
			ceremony_type: 'registration',
			ceremony_id: ceremonyId,
			verified: true,
			credential: { backup_eligible: true, aaguid: APPLE }
		}
	]);
});

test('what leaves for Passlens names neither credential, challenge, user handle nor user name', async () => {
	const { credential, options } = await register(site, { authenticator: authenticatorWith() });
	const sent = JSON.stringify(await site.arrived());

	expect(sent).toContain('user_ref');
	for (const secret of [
		credential.id,
		options.challenge,
		site.account.user_handle,
		site.account.id,
		'"ada"'
	])
		expect(sent).not.toContain(secret);
});

describe('a response that must not be taken', () => {
	test.each([
		['another origin', { origin: 'http://localhost:9' }, {}, 'origin_mismatch'],
		['another relying party', { rpId: 'example.com' }, {}, 'rp_id_hash_mismatch'],
		['no user presence', { userPresent: false }, {}, 'user_presence_missing'],
		[
			'no user verification where it was required',
			{ userVerified: false },
			{ userVerification: 'required' as const },
			'user_verification_missing'
		],
		[
			'backed up without being eligible',
			{ backupEligible: false, backupState: true },
			{},
			'backup_flags_invalid'
		],
		['a challenge of its own', { challenge: 'bm90LW91cnM' }, {}, 'challenge_mismatch']
	])('%s is refused, not kept, and reported', async (_title, changes, wish, reason) => {
		const { answer } = await register(site, {
			authenticator: authenticatorWith(),
			wish,
			changes
		});

		expect(answer).toMatchObject({ ok: false, code: reason, verdict: { verified: false, reason } });
		expect(await listCredentials(site.store, site.account.id)).toEqual([]);
		expect(await site.arrived()).toMatchObject([{ verified: false, reason }]);
	});

	test('a response sent twice is refused the second time', async () => {
		const { response, ceremonyId } = await register(site, { authenticator: authenticatorWith() });
		const again = await finishRegistration({ ...site, ceremonyId, response });

		expect(again).toMatchObject({ ok: false, code: 'challenge_mismatch' });
	});
});

test('missing user verification is no reason to refuse where it was only preferred', async () => {
	const { answer } = await register(site, {
		authenticator: authenticatorWith(),
		changes: { userVerified: false }
	});
	expect(answer).toMatchObject({ ok: true });
});

describe('options', () => {
	test('exclude syncable credentials alone, so that a legacy one can be overwritten', async () => {
		const legacy = await register(site, { authenticator: authenticatorWith(DEVICE_BOUND) });
		const synced = await register(site, {
			authenticator: authenticatorWith({ aaguid: '531126d6-e717-415c-9320-3d9aa6981239' })
		});
		const all = await register(site, {
			authenticator: authenticatorWith({ aaguid: 'bada5566-a7aa-401f-bd96-45619a55120d' }),
			wish: { excludeAll: true }
		});
		const upgrade = await register(site, {
			authenticator: authenticatorWith(),
			wish: { purpose: 'upgrade', residentKey: 'discouraged' }
		});

		const excludedIds = ({ options }: typeof upgrade) =>
			options.excludeCredentials?.map(({ id }) => id);
		expect(excludedIds(upgrade)).toEqual([synced.credential.id, all.credential.id]);
		expect(excludedIds(all)).toContain(legacy.credential.id);
		expect(upgrade.options.authenticatorSelection?.residentKey).toBe('required');
		expect(upgrade.options.user.id).toBe(legacy.options.user.id);
	});
});

describe('a registration on the same authenticator', () => {
	test('supersedes the discoverable credential it overwrote', async () => {
		const legacy = await register(site, { authenticator: authenticatorWith(DEVICE_BOUND) });
		const upgraded = await register(site, {
			authenticator: authenticatorWith(),
			wish: { purpose: 'upgrade' }
		});

		expect(legacy.answer).toMatchObject({ ok: true, credential: { legacy: true } });
		expect(upgraded.answer).toMatchObject({ ok: true, replaced: [{ id: legacy.credential.id }] });
		expect(await listCredentials(site.store, site.account.id)).toMatchObject([
			{ id: upgraded.credential.id }
		]);
		expect((await site.arrived()).at(-1)).toMatchObject({
			type: 'credential.revoked',
			reason: 'superseded'
		});
	});

	test('supersedes nothing when its model is unknown: that may be another device', async () => {
		const unknown = { aaguid: '00000000-0000-0000-0000-000000000000' };
		await register(site, { authenticator: authenticatorWith({ ...DEVICE_BOUND, ...unknown }) });
		const { answer } = await register(site, { authenticator: authenticatorWith(unknown) });

		expect(answer).toMatchObject({ ok: true, replaced: [] });
	});

	test('supersedes nothing on a security key: there may be two of a model', async () => {
		const key = { ...DEVICE_BOUND, attachment: 'cross-platform' as const, transports: ['usb'] };
		await register(site, { authenticator: authenticatorWith(key) });
		const { answer } = await register(site, { authenticator: authenticatorWith(key) });

		expect(answer).toMatchObject({ ok: true, replaced: [], credential: { legacy: false } });
	});
});
