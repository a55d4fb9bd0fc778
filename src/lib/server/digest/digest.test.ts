import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addPerson } from '../../../../settings/access/people.ts';
import {
	endDigest,
	findDigest,
	listDigests,
	subscribeToDigest
} from '../../../../settings/digests.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { createProject } from '../../../../settings/projects.ts';
import { setTimeZone } from '../../../../settings/time-zone.ts';
import { readMail, startMailServer, type MailServer } from '../testing/mail-server.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, later, type RawEvent } from '../testing/sample-events.ts';
import { settingsStores } from '../testing/settings-stores.ts';
import { digestMail } from './digest-mail.ts';
import { readDigest } from './read-digest.ts';
import { sendDigests } from './send-digests.ts';

const ORIGIN = 'https://passlens.example.com';
const WEEK = { from: '2026-11-16', to: '2026-11-22' };
const NAME = 'Shop & <b>Co</b>';

const stores = settingsStores();
let database: TemporaryDatabase;
let mail: MailServer;

beforeAll(async () => {
	database = await openTemporaryDatabase();
	await stores.start();
	mail = await startMailServer();
});
afterAll(async () => {
	await mail?.close();
	await database?.close();
	await stores.stop();
});
beforeEach(() => {
	mail.mails.length = 0;
	mail.refuse(0);
});

/** Sign-ins at ten o'clock of a day, of which some fail. */
function signIns(project: string, day: string, [count, failing]: [number, number]): RawEvent[] {
	const error = {
		error_name: 'NotAllowedError',
		cause: 'not_focused',
		cause_confidence: 'certain'
	};
	return Array.from({ length: count }, (_, index) =>
		ceremony(
			{ project_id: project, user_hash: index + 1, synthetic: true },
			{
				at: later(`${day} 10:00`, index * 1_000),
				type: 'authentication',
				...(index < failing
					? { end: error, verdict: { verified: false } }
					: { verdict: { verified: true } })
			}
		)
	).flat();
}

let made = 0;
async function prepare(settings: Settings) {
	const projectId = `digest-${(made += 1)}`;
	await createProject(settings, { id: projectId, name: NAME });
	await database.insert([
		...signIns(projectId, '2026-11-09', [40, 4]),
		...signIns(projectId, '2026-11-18', [50, 20])
	]);
	await database.rollUp(projectId);
	const { id: personId } = await addPerson(settings, {
		name: 'Kim',
		roles: [{ projectId, role: 'viewer' }]
	});
	const subscribe = () =>
		subscribeToDigest(settings, {
			...{ personId, projectId, email: 'kim@example.com', monday: '2026-11-16' }
		});
	expect(await subscribe()).toBeUndefined();
	const round = (moment: string, through = settings) =>
		sendDigests({
			...{ client: database.client, settings: through, origin: ORIGIN },
			outlet: { smtpUrl: mail.url, smtpFrom: 'Passlens <passlens@example.com>' },
			now: new Date(`${moment}:00Z`)
		});
	return { projectId, personId, subscribe, round };
}

describe.each(stores.each)('The weekly e-mail, asked for in %s', (_name, open) => {
	let settings: Settings;
	let another: Settings;
	beforeAll(async () => {
		settings = await open();
		another = await open();
	});
	afterAll(async () => {
		await settings.destroy();
		await another.destroy();
	});

	it('goes out on Monday from six o’clock on, once, however many processes look at once', async () => {
		const { personId, round } = await prepare(settings);
		await round('2026-11-22 23:59');
		await round('2026-11-23 05:59');
		expect(mail.mails).toEqual([]);
		await Promise.all([round('2026-11-23 06:00'), round('2026-11-23 06:00', another)]);
		await Promise.all([round('2026-11-23 09:00', another), round('2026-11-24 09:00')]);
		expect(mail.mails).toHaveLength(1);
		await round('2026-11-30 06:00');
		expect(mail.mails).toHaveLength(2);
		expect(await listDigests(settings, personId)).toMatchObject([
			{ sentOn: '2026-11-30', lastError: '' }
		]);
	});

	it('goes by the project’s clock: where Monday begins earlier it is sent earlier, of that Monday’s week', async () => {
		const { projectId, personId, round } = await prepare(settings);
		await setTimeZone(settings, { projectId, timeZone: 'Pacific/Auckland' });
		await round('2026-11-22 16:59');
		expect(mail.mails).toEqual([]);
		await round('2026-11-22 17:00');
		expect(mail.mails).toHaveLength(1);
		expect(mail.mails[0]!).toContain('16 Nov =E2=80=93 22 Nov 2026');
		expect(await listDigests(settings, personId)).toMatchObject([{ sentOn: '2026-11-23' }]);
		await round('2026-11-23 06:00');
		expect(mail.mails).toHaveLength(1);
	});

	it('is tried again when the mail server does not take it, until Tuesday is over', async () => {
		const { personId, round } = await prepare(settings);
		mail.refuse(2);
		await round('2026-11-23 06:00');
		expect(await listDigests(settings, personId)).toMatchObject([
			{ sentOn: '2026-11-16', lastError: expect.stringContaining('the mailbox is full') }
		]);
		await round('2026-11-23 06:14');
		await round('2026-11-23 06:15');
		expect(mail.mails).toEqual([]);
		await round('2026-11-25 00:00');
		expect(mail.mails).toEqual([]);
		await round('2026-11-24 23:59');
		expect(mail.mails).toHaveLength(1);
		expect(await listDigests(settings, personId)).toMatchObject([{ lastError: '' }]);
	});

	it('is not sent to who may not see the project any more, and ends with the person', async () => {
		const { projectId, personId, round } = await prepare(settings);
		await settings.deleteFrom('project_role').where('project_id', '=', projectId).execute();
		await round('2026-11-23 06:00');
		expect(mail.mails).toEqual([]);
		expect(await listDigests(settings, personId)).toEqual([]);
		const other = await prepare(settings);
		await settings.deleteFrom('person').where('id', '=', other.personId).execute();
		expect(await listDigests(settings, other.personId)).toEqual([]);
	});

	it('is asked for once a project, under one address, and ended by its link', async () => {
		const { personId, projectId, subscribe } = await prepare(settings);
		await subscribe();
		const [one, ...others] = await listDigests(settings, personId);
		expect(others).toEqual([]);
		const given = { personId, projectId, monday: '2026-11-16' };
		for (const email of ['', 'kim', 'kim@example.com, pat@example.com', 'kim@example.com\nBcc: x'])
			expect(await subscribeToDigest(settings, { ...given, email })).toMatchObject({
				mistake: { field: 'email' }
			});
		expect(await findDigest(settings, one!.id)).toEqual(one);
		await endDigest(settings, one!.id);
		expect(await findDigest(settings, one!.id)).toBeUndefined();
	});
});

describe('What the weekly e-mail says', () => {
	let settings: Settings;
	beforeAll(async () => {
		settings = await stores.openSqlite();
	});
	afterAll(() => settings.destroy());

	it('is each figure with what it is made of, its change, and a link to its page, the same in both forms', async () => {
		const { projectId, personId, round } = await prepare(settings);
		await round('2026-11-23 06:00');
		const { headers, parts } = readMail(mail.mails[0]!);
		expect(headers).toMatch(/^To: kim@example.com/m);
		const [{ id } = { id: '' }] = await listDigests(settings, personId);
		const end = `${ORIGIN}/unsubscribe/${id}`;
		expect(headers).toContain(`List-Unsubscribe: <${end}>`);
		expect(headers).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
		const { 'text/plain': text = '', 'text/html': html = '' } = parts;
		const link = `${ORIGIN}/?project=${projectId}&period=custom&from=2026-11-16&to=2026-11-22`;
		expect(text).toContain(
			`Ceremony success: 60.0\u202f% (30 of 50)\n  \u221230\u202fpp against the week before\n  ${link}`
		);
		expect(text).toContain('Ceremony success fell by 30\u202fpp to 60\u202f%.');
		// Nobody was shown an offer: nothing is known, which is not nought.
		expect(text).toMatch(/: – \(No cases in this period\)/);
		expect(text).not.toMatch(/NaN|undefined|null/);
		expect(text).toContain('made-up (synthetic)');
		expect(text).toContain(end);
		for (const words of ['60.0\u202f%', '30 of 50', '\u221230\u202fpp', 'made-up (synthetic)', end])
			expect(html).toContain(words);
		expect(html).toContain(link.replaceAll('&', '&#38;'));
		expect(html).not.toContain('<b>Co</b>');
		expect(text).toContain(NAME);
	});

	it('is nothing but “–” of a project that sent nothing', async () => {
		const project = { id: 'digest-empty', name: 'Empty', timeZone: 'UTC' };
		const digest = await readDigest({
			...{ client: database.client, project, week: WEEK, origin: ORIGIN }
		});
		for (const { value, change } of digest.figures)
			expect({ value, change }).toEqual({ value: '–', change: undefined });
		expect(digest).toMatchObject({ synthetic: false, changes: [] });
		const { subject, text } = digestMail(digest, { endUrl: `${ORIGIN}/account` });
		expect(subject).toBe('Empty: passkeys, 16 Nov – 22 Nov 2026');
		expect(text).toContain('Too little has been reported');
	});
});
