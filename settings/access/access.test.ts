import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSettings, type Settings } from '../open-settings.ts';
import { createProject, deleteProject } from '../projects.ts';
import { readSettings } from '../copy-settings.ts';
import { addApiKey, findApiKey, removeApiKey } from './api-keys.ts';
import { noteAudit, readAuditLog, verifyAuditLog } from './audit-log.ts';
import { keepChallenge, takeChallenge } from './challenges.ts';
import {
	findByIdentity,
	groupRolesOf,
	keepIdentity,
	listIdentities,
	removeIdentities,
	setGroupRoles
} from './identities.ts';
import {
	endInvitation,
	findInvitation,
	findInvitationFor,
	invite,
	inviteFirst,
	LINK_DAYS,
	listInvitations
} from './invitations.ts';
import {
	addPasskey,
	addPerson,
	EVERY_PROJECT,
	findPasskey,
	listPasskeys,
	listPeople,
	recordPasskeyUse,
	removePasskey,
	removePerson,
	rolesOf,
	setRole,
	type RoleIn
} from './people.ts';
import {
	endSessions,
	IDLE_MS,
	listSessions,
	LONGEST_MS,
	openSession,
	readSession,
	refreshSession
} from './sessions.ts';
import { makeDataDir } from '../testing/make-data-dir.ts';

let dataDir: string;
let postgres: PGlite;
let socket: PGLiteSocketServer;
beforeAll(async () => {
	dataDir = await makeDataDir();
	postgres = await PGlite.create();
	socket = new PGLiteSocketServer({ db: postgres, port: 0, host: '127.0.0.1', maxConnections: 8 });
	await socket.start();
});
afterAll(async () => {
	await socket.stop();
	await postgres.close();
	await rm(dataDir, { recursive: true, force: true });
});

const passkey = (personId: string, id: string) => ({
	...{ id, personId, name: 'Passkey', aaguid: '00000000-0000-0000-0000-000000000000' },
	...{ publicKey: new Uint8Array([1, 2, 250]), counter: 3, transports: ['internal'] },
	...{ backupEligible: true, backupState: false }
});
const ADMIN = [{ projectId: EVERY_PROJECT, role: 'admin' as const }];

describe.each(['SQLite', 'PostgreSQL'])('who may see the dashboard, kept in %s', (kind) => {
	let settings: Settings;
	let ada: { id: string };
	beforeAll(async () => {
		const settingsUrl =
			kind === 'SQLite' ? '' : `postgres://postgres:postgres@${socket.getServerConn()}/postgres`;
		settings = await openSettings({ dataDir, settingsUrl });
		ada = await addPerson(settings, { name: ' Ada  Admin ', roles: ADMIN });
	});
	afterAll(() => settings.destroy());

	test('a person is listed with roles, passkeys and their last visit', async () => {
		await addPasskey(settings, passkey(ada.id, 'first'));
		const now = Date.now();
		await openSession(settings, { personId: ada.id, device: 'Chrome', now });
		expect(await listPeople(settings)).toMatchObject([
			{ name: 'Ada Admin', roles: ADMIN, passkeys: 1, seenAt: now }
		]);
	});

	test.each(['', ' ', 'x'.repeat(81)])('the name %j is refused', async (name) => {
		await expect(addPerson(settings, { name, roles: [] })).rejects.toMatchObject({
			code: 'invalid_name'
		});
	});

	test('a passkey comes back as it was kept, with what its use told, and the last one stays', async () => {
		await addPasskey(settings, passkey(ada.id, 'second'));
		await recordPasskeyUse(settings, { id: 'second', counter: 9, backupState: true });
		const found = await findPasskey(settings, 'second');
		expect(found).toMatchObject({ ...passkey(ada.id, 'second'), counter: 9, backupState: true });
		expect(found?.lastUsedAt).toBeGreaterThan(0);
		const kim = await addPerson(settings, { name: 'Kim', roles: [] });
		await expect(removePasskey(settings, { personId: kim.id, id: 'second' })).rejects.toMatchObject(
			{ code: 'not_found' }
		);
		await removePasskey(settings, { personId: ada.id, id: 'second' });
		await expect(removePasskey(settings, { personId: ada.id, id: 'first' })).rejects.toMatchObject({
			code: 'last_passkey'
		});
		expect(await listPasskeys(settings, ada.id)).toHaveLength(1);
		await removePerson(settings, kim.id);
	});

	test('the last administrator of everything can be neither removed nor demoted', async () => {
		const act = [
			() => removePerson(settings, ada.id),
			() => setRole(settings, { personId: ada.id, projectId: EVERY_PROJECT, role: 'viewer' }),
			() => setRole(settings, { personId: ada.id, projectId: EVERY_PROJECT, role: undefined })
		];
		for (const change of act) await expect(change()).rejects.toMatchObject({ code: 'last_admin' });
		expect(await rolesOf(settings, ada.id)).toEqual(ADMIN);
		const kim = await addPerson(settings, { name: 'Kim', roles: ADMIN });
		await setRole(settings, { personId: ada.id, projectId: EVERY_PROJECT, role: 'viewer' });
		await setRole(settings, { personId: ada.id, projectId: EVERY_PROJECT, role: 'admin' });
		await removePerson(settings, kim.id);
	});

	test('who is removed has no session any more, and no link', async () => {
		const kim = await addPerson(settings, { name: 'Kim', roles: [] });
		const token = await openSession(settings, { personId: kim.id, device: '' });
		const link = await invite(settings, {
			...{ kind: 'recovery', name: 'Kim', personId: kim.id, by: 'Ada' }
		});
		await removePerson(settings, kim.id);
		expect(await readSession(settings, { token })).toBeUndefined();
		expect(await findInvitation(settings, { token: link })).toBeUndefined();
	});

	test('a project made again under a deleted one’s id is nobody’s', async () => {
		await createProject(settings, { id: 'shop', name: 'Shop' });
		const kim = await addPerson(settings, {
			name: 'Kim',
			roles: [{ projectId: 'shop', role: 'viewer' }]
		});
		await deleteProject(settings, 'shop');
		expect(await rolesOf(settings, kim.id)).toEqual([]);
		await removePerson(settings, kim.id);
	});

	test('a session is found by its token alone, ends when it is not used, and ends in any case', async () => {
		const now = Date.now();
		const token = await openSession(settings, { personId: ada.id, device: 'Firefox', now });
		const [{ id } = { id: '' }] = await listSessions(settings, { personId: ada.id, now });
		expect(await readSession(settings, { token: id, now })).toBeUndefined();
		expect(await readSession(settings, { token, now: now + IDLE_MS - 1 })).toMatchObject({
			...{ personId: ada.id, name: 'Ada Admin' }
		});
		// Used until then, it goes on for as long again.
		const used = now + IDLE_MS - 1;
		expect(await readSession(settings, { token, now: used + IDLE_MS - 1 })).toBeDefined();
		expect(await readSession(settings, { token, now: used + 3 * IDLE_MS })).toBeUndefined();
		let at = used + IDLE_MS - 1;
		for (; at < now + LONGEST_MS; at += IDLE_MS / 2)
			expect(await readSession(settings, { token, now: at })).toBeDefined();
		expect(await readSession(settings, { token, now: at })).toBeUndefined();
	});

	test('a session shown anew is fresh from then on, and ends when it would have', async () => {
		const now = Date.now();
		const session = { personId: ada.id, device: '', freshAt: now - 60_000, now };
		const token = await openSession(settings, { ...session, way: 'provider' });
		const before = (await readSession(settings, { token, now }))!;
		expect(before).toMatchObject({ way: 'provider', freshAt: now - 60_000 });
		await refreshSession(settings, { id: before.id, freshAt: now });
		expect(await readSession(settings, { token, now })).toEqual({ ...before, freshAt: now });
	});

	test('an identity is one person’s for good, whatever address it has', async () => {
		const kim = await addPerson(settings, { name: 'Kim', roles: [] });
		const identity = { issuer: 'https://login.example', subject: 'k1' };
		await keepIdentity(settings, { ...identity, personId: kim.id, email: 'kim@a.example' });
		await keepIdentity(settings, { ...identity, personId: kim.id, email: 'kim@b.example' });
		expect(await findByIdentity(settings, identity)).toEqual({ id: kim.id, name: 'Kim' });
		for (const other of [{ subject: 'K1' }, { issuer: 'https://other.example' }])
			expect(await findByIdentity(settings, { ...identity, ...other })).toBeUndefined();
		await expect(
			keepIdentity(settings, { ...identity, personId: ada.id, email: '' })
		).rejects.toMatchObject({ code: 'taken' });
		expect(await listIdentities(settings, kim.id)).toMatchObject([{ email: 'kim@b.example' }]);
		expect((await listPeople(settings)).find(({ id }) => id === kim.id)?.identities).toEqual([
			{ issuer: identity.issuer, email: 'kim@b.example' }
		]);
		// Without a passkey it is the only way in; with one, either may go.
		await expect(removeIdentities(settings, kim.id)).rejects.toMatchObject({
			code: 'last_passkey'
		});
		await addPasskey(settings, passkey(kim.id, 'of kim'));
		await removePasskey(settings, { personId: kim.id, id: 'of kim' });
		await removePerson(settings, kim.id);
		expect(await findByIdentity(settings, identity)).toBeUndefined();
	});

	test('roles by group are replaced as a whole, and go with the project', async () => {
		await createProject(settings, { id: 'bank', name: 'Bank' });
		const kim = await addPerson(settings, { name: 'Kim', roles: [] });
		const set = (...roles: RoleIn[]) => setGroupRoles(settings, { personId: kim.id, roles });
		const viewer: RoleIn = { projectId: 'bank', role: 'viewer' };
		const auditor: RoleIn = { projectId: 'bank', role: 'auditor' };
		const admin: RoleIn = { projectId: EVERY_PROJECT, role: 'admin' };
		expect(await set(viewer, auditor)).toBe(true);
		expect(await set(auditor, viewer)).toBe(false);
		expect(await groupRolesOf(settings, kim.id)).toEqual([auditor, viewer]);
		expect(await set(admin, auditor)).toBe(true);
		// They are nobody's own: an administrator by group is no last administrator.
		expect(await rolesOf(settings, kim.id)).toEqual([]);
		await expect(removePerson(settings, ada.id)).rejects.toMatchObject({ code: 'last_admin' });
		await deleteProject(settings, 'bank');
		expect(await groupRolesOf(settings, kim.id)).toEqual([admin]);
		await removePerson(settings, kim.id);
	});

	test('an invitation is found by its address, however that is written, until it is too old', async () => {
		const now = Date.now();
		await invite(settings, { name: 'Kim', email: ' Kim@Acme.example', by: 'Ada', now });
		const find = (email: string, at = now) => findInvitationFor(settings, { email, now: at });
		const found = await find('kim@acme.EXAMPLE');
		expect(found).toMatchObject({ name: 'Kim', email: 'kim@acme.example' });
		expect(await find('kim')).toBeUndefined();
		expect(await find('kim@acme.example', now + LINK_DAYS.invite * 86_400_000)).toBeUndefined();
		await endInvitation(settings, found!.id);
		expect(await find('kim@acme.example')).toBeUndefined();
		for (const email of ['kim', 'a@b, c@d', 'a@b\nc'])
			await expect(invite(settings, { name: 'Kim', email, by: 'Ada' })).rejects.toMatchObject({
				field: 'email'
			});
	});

	test('signing in again ends the session before it; signing out everywhere ends all', async () => {
		const before = await openSession(settings, { personId: ada.id, device: '' });
		const after = await openSession(settings, { personId: ada.id, device: '', replaces: before });
		expect(await readSession(settings, { token: before })).toBeUndefined();
		expect(await readSession(settings, { token: after })).toBeDefined();
		await endSessions(settings, ada.id);
		expect(await listSessions(settings, { personId: ada.id })).toEqual([]);
	});

	test('a link works once, until it is too old, and stands nowhere in clear', async () => {
		const now = Date.now();
		const token = await invite(settings, { name: 'Kim', roles: ADMIN, by: 'Ada', now });
		expect(await findInvitation(settings, { token, now })).toMatchObject({ roles: ADMIN });
		expect(JSON.stringify(await readSettings(settings))).not.toContain(token);
		const late = now + LINK_DAYS.invite * 86_400_000;
		expect(await findInvitation(settings, { token, now: late })).toBeUndefined();
		const [{ id } = { id: '' }] = await listInvitations(settings);
		expect(await Promise.all([endInvitation(settings, id), endInvitation(settings, id)])).toEqual(
			expect.arrayContaining([true, false])
		);
		expect(await findInvitation(settings, { token, now })).toBeUndefined();
	});

	test('of set-up links the newest works', async () => {
		const [first, second] = [await inviteFirst(settings), await inviteFirst(settings)];
		expect(await findInvitation(settings, { token: first })).toBeUndefined();
		expect(await findInvitation(settings, { token: second })).toMatchObject({ kind: 'set-up' });
	});

	test('a challenge is taken once, by the browser and for the purpose it was given for, within five minutes', async () => {
		const now = Date.now();
		const given = { browser: 'mine', purpose: 'welcome', subject: 'kim', userHandle: 'h' } as const;
		const keep = (challenge: string) => keepChallenge(settings, { ...given, challenge, now });
		const take = (challenge: string, changes: object = {}) =>
			takeChallenge(settings, { ...given, challenge, now, ...changes });
		for (const challenge of ['a', 'b', 'c', 'd']) await keep(challenge);
		expect(await take('a')).toEqual({ subject: 'kim', userHandle: 'h', givenAt: now });
		expect(await take('a')).toBeUndefined();
		expect(await take('b', { browser: 'yours' })).toBeUndefined();
		expect(await take('c', { purpose: 'add' })).toBeUndefined();
		expect(await take('d', { now: now + 300_000 })).toBeUndefined();
	});

	test('who asks for many challenges pushes out the oldest of that purpose, and nobody’s of another', async () => {
		const now = Date.now();
		const ask = (challenge: string, purpose: 'sign-in' | 'add', after: number) =>
			keepChallenge(settings, {
				...{ challenge, purpose, browser: 'mine' },
				...{ now: now + after, most: 2 }
			});
		await ask('mine', 'add', 0);
		for (const after of [1, 2, 3, 4]) await ask(`asked-${after}`, 'sign-in', after);
		const taken = async (challenge: string, purpose: 'sign-in' | 'add') =>
			(await takeChallenge(settings, { challenge, purpose, browser: 'mine' })) !== undefined;
		expect(await taken('mine', 'add')).toBe(true);
		const left = ['asked-1', 'asked-2', 'asked-3', 'asked-4'].map((one) => taken(one, 'sign-in'));
		expect(await Promise.all(left)).toEqual([false, false, true, true]);
	});

	test('an API key is found by itself alone, until it is too old or revoked', async () => {
		const now = Date.now();
		const given = { name: 'Warehouse', projectId: 'shop', actions: ['view'], by: 'Ada' };
		const key = await addApiKey(settings, { ...given, days: 30, now });
		expect(JSON.stringify(await readSettings(settings))).not.toContain(key);
		const found = await findApiKey(settings, { key, now });
		expect(found).toMatchObject({ name: 'Warehouse', projectId: 'shop', actions: ['view'] });
		expect(await findApiKey(settings, { key: found!.id, now })).toBeUndefined();
		expect(await findApiKey(settings, { key, now: now + 30 * 86_400_000 })).toBeUndefined();
		await expect(
			removeApiKey(settings, { id: found!.id, projectId: 'other' })
		).rejects.toMatchObject({ code: 'not_found' });
		await removeApiKey(settings, { id: found!.id, projectId: 'shop' });
		expect(await findApiKey(settings, { key, now })).toBeUndefined();
		for (const days of [0, 1.5, 367, NaN])
			await expect(addApiKey(settings, { ...given, days })).rejects.toMatchObject({
				code: 'invalid_days'
			});
	});

	test('the audit log takes entries of many at once into one chain, and refuses every change', async () => {
		const note = (number: number) =>
			noteAudit(settings, {
				actor: { kind: 'person', id: ada.id, name: 'Ada' },
				action: 'changed',
				projectId: number % 2 ? 'shop' : 'other',
				subject: '/people',
				detail: { number }
			});
		await Promise.all(Array.from({ length: 12 }, (_, number) => note(number)));
		const { entries, head, broken } = await verifyAuditLog(settings);
		expect(broken).toBeUndefined();
		expect(entries).toBe(12);
		expect(
			await readAuditLog(settings, { projectId: 'shop', actor: 'ADA', limit: 3 })
		).toHaveLength(3);
		expect(await readAuditLog(settings, { actor: '%' })).toHaveLength(12);
		expect(await readAuditLog(settings, { action: 'erased' })).toEqual([]);
		expect(await readAuditLog(settings, { before: 3 })).toMatchObject([
			{ number: 2 },
			{ number: 1 }
		]);
		expect(await verifyAuditLog(settings, { number: 12, hash: head })).toMatchObject({ head });
		for (const wrong of [
			{ number: 12, hash: 'f' },
			{ number: 13, hash: head }
		])
			expect((await verifyAuditLog(settings, wrong)).broken).toBeDefined();
		await expect(
			settings.updateTable('audit_entry').set({ actor: 'Kim' }).execute()
		).rejects.toThrow('only ever added to');
		await expect(settings.deleteFrom('audit_entry').execute()).rejects.toThrow(
			'only ever added to'
		);
		expect(await verifyAuditLog(settings)).toMatchObject({ entries: 12, head });
	});

	test('a copy of the settings has no sign-ins of the moment in it', async () => {
		await openSession(settings, { personId: ada.id, device: '' });
		const copy = await readSettings(settings);
		expect(Object.keys(copy)).toContain('person_passkey');
		expect(Object.keys(copy)).not.toContain('person_session');
	});
});
