import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkPassword, countPromptShowing, createAccount, deleteAccount } from './accounts.ts';
import { openSession, readSession } from './sessions.ts';
import { openSite, type TestSite } from './testing/open-site.ts';

let site: TestSite;
beforeEach(async () => void (site = await openSite()));
afterEach(() => site.close());

test('a password signs in to its own account alone, and stands nowhere in clear', async () => {
	const password = 'correct horse';
	await createAccount(site.store, { username: 'bob', password });

	expect(await checkPassword(site.store, { username: 'bob', password })).toMatchObject({
		ok: true
	});
	for (const wrong of [
		{ username: 'bob', password: 'Correct horse' },
		{ username: 'ada', password },
		{ username: 'nobody', password }
	])
		expect(await checkPassword(site.store, wrong)).toMatchObject({ code: 'password_wrong' });
	const rows = await site.store.selectFrom('account').selectAll().execute();
	expect(JSON.stringify(rows)).not.toContain(password);
});

test('a name is taken once someone can sign in with it, and free while nobody can', async () => {
	const again = await createAccount(site.store, { username: 'ada', password: 'correct horse' });
	expect(again).toMatchObject({ ok: true });
	expect(again.ok && again.account.user_handle).not.toBe(site.account.user_handle);

	expect(await createAccount(site.store, { username: 'ada' })).toMatchObject({
		ok: false,
		code: 'username_taken'
	});
});

test('showings of an offer are counted for each account and purpose', async () => {
	const accountId = site.account.id;
	expect(await countPromptShowing(site.store, { accountId, purpose: 'enroll' })).toBe(1);
	expect(await countPromptShowing(site.store, { accountId, purpose: 'enroll' })).toBe(2);
	expect(await countPromptShowing(site.store, { accountId, purpose: 'upgrade' })).toBe(1);
});

test('deleting an account ends its sessions', async () => {
	const { token } = await openSession(site.store, { accountId: site.account.id });
	await deleteAccount(site.store, site.account.id);
	expect(await readSession(site.store, { token })).toBeUndefined();
});

test('a session found by its token is not found by what the database keeps, and ends in time', async () => {
	const now = Date.now();
	const { token, hash } = await openSession(site.store, { accountId: site.account.id, now });

	expect(await readSession(site.store, { token })).toEqual({ hash, accountId: site.account.id });
	expect(await readSession(site.store, { token: hash })).toBeUndefined();
	expect(await readSession(site.store, { token, now: now + 13 * 3_600_000 })).toBeUndefined();
});

test('a new session replaces the one before sign-in', async () => {
	const before = await openSession(site.store);
	await openSession(site.store, { accountId: site.account.id, replaces: before });
	expect(await readSession(site.store, { token: before.token })).toBeUndefined();
});
