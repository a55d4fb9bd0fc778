import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
	addCredentialNotice,
	addressesOf
} from '../../../../../settings/access/credential-notices.ts';
import { keepIdentity } from '../../../../../settings/access/identities.ts';
import { addPerson, removePerson } from '../../../../../settings/access/people.ts';
import { subscribeToDigest } from '../../../../../settings/digests.ts';
import type { Settings } from '../../../../../settings/open-settings.ts';
import { createProject } from '../../../../../settings/projects.ts';
import { readMail, startMailServer, type MailServer } from '../../testing/mail-server.ts';
import { settingsStores } from '../../testing/settings-stores.ts';
import { sendNotices } from './send-notices.ts';

const ORIGIN = 'https://passlens.example.com';
const NOW = Date.UTC(2026, 10, 28, 9, 30);
const stores = settingsStores();
let mail: MailServer;
beforeAll(async () => {
	await stores.start();
	mail = await startMailServer();
});
afterAll(async () => {
	await mail?.close();
	await stores.stop();
});

describe.each(stores.each)('notices of changed credentials, in %s', (_name, open) => {
	let settings: Settings;
	let personId: string;
	const said: unknown[] = [];
	beforeAll(async () => {
		settings = await open();
		await createProject(settings, { id: 'shop', name: 'Shop' });
		const admin = { projectId: '*', role: 'admin' } as const;
		await addPerson(settings, { name: 'Ada', roles: [admin] });
	});
	afterAll(() => settings?.destroy());
	beforeEach(async () => {
		mail.mails.length = 0;
		mail.refuse(0);
		personId = (await addPerson(settings, { name: 'Kim Lee', roles: [] })).id;
		const identity = { issuer: 'https://login.example', subject: personId, personId };
		await keepIdentity(settings, { ...identity, email: 'kim@example.com' });
		await subscribeToDigest(settings, {
			...{ personId, projectId: 'shop', email: 'Kim@Example.com', monday: '2026-11-23' }
		});
	});

	const add = async (addresses: readonly string[]) =>
		addCredentialNotice(settings, {
			...{ personId, change: 'passkey-added', subject: 'iCloud Keychain', addresses, now: NOW }
		});
	const send = (now: number) =>
		sendNotices({
			...{ settings, origin: ORIGIN, now, onError: (error: unknown) => void said.push(error) },
			outlet: { smtpUrl: mail.url, smtpFrom: 'Passlens <passlens@example.com>' }
		});

	it('tell each address of the person once, with what, when, where and what to do', async () => {
		const addresses = await addressesOf(settings, personId);
		expect(addresses).toEqual(['kim@example.com']);
		await add(addresses);
		await Promise.all([send(NOW), send(NOW)]);
		await send(NOW + 86_400_000);
		expect(mail.mails).toHaveLength(1);
		const { headers, parts } = readMail(mail.mails[0]!);
		expect(headers).toMatch(/^Subject: Passlens: a passkey was added to your account$/m);
		expect(headers).toMatch(/^To: kim@example.com$/m);
		const text = Object.values(parts).join();
		for (const words of ['Hello Kim Lee', 'iCloud Keychain', '09:30', `${ORIGIN}/account`])
			expect(text).toContain(words);
	});

	it('are tried again when the mail server refuses them, and given up after a day', async () => {
		await add(['kim@example.com']);
		mail.refuse(1);
		await send(NOW);
		await send(NOW + 30_000);
		expect(mail.mails).toEqual([]);
		await send(NOW + 60_000);
		expect(mail.mails).toHaveLength(1);
		mail.refuse(100);
		await add(['kim@example.com']);
		for (let hour = 1; hour <= 40; hour++) await send(NOW + hour * 3_600_000);
		expect(said).toEqual([expect.stringContaining('given up after 28 attempts')]);
		expect(await settings.selectFrom('person_notice').select('id').execute()).toEqual([]);
	});

	it('are about nobody who was removed', async () => {
		await add(['kim@example.com']);
		await removePerson(settings, personId);
		await send(NOW);
		expect(mail.mails).toEqual([]);
	});
});
