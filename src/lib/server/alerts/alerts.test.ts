import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
	addAlertChannel,
	listAlertChannels,
	type AlertChannel
} from '../../../../settings/alert-channels.ts';
import { listAlertDeliveries, listAlertFirings } from '../../../../settings/alert-firings.ts';
import {
	listAlertRules,
	saveAlertRule,
	silenceAlertRule,
	type AlertRule
} from '../../../../settings/alert-rules.ts';
import { holdLease, releaseLease } from '../../../../settings/leases.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { createProject } from '../../../../settings/projects.ts';
import { startMailServer, type MailServer } from '../testing/mail-server.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, later, type RawEvent } from '../testing/sample-events.ts';
import { settingsStores } from '../testing/settings-stores.ts';
import { deliverAlerts } from './deliver-alerts.ts';
import { evaluateAlerts } from './evaluate-alerts.ts';
import { SUGGESTED_RULE } from './parse-rule.ts';
import type { AlertOutlets } from './send-alert.ts';

interface Received {
	path: string;
	headers: IncomingHttpHeaders;
	body: string;
}

const stores = settingsStores();
let database: TemporaryDatabase;
let receiver: Server;
let address: string;
let mail: MailServer;
let outlets: AlertOutlets;
const received: Received[] = [];
/** What the receiver answers next; 200 when there is nothing. */
const answers: number[] = [];

beforeAll(async () => {
	database = await openTemporaryDatabase();
	await stores.start();
	receiver = createServer(async (request, response) => {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		received.push({ path: request.url!, headers: request.headers, body });
		response.writeHead(answers.shift() ?? 200).end();
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
	mail = await startMailServer();
	outlets = {
		smtpUrl: mail.url,
		smtpFrom: 'Passlens <passlens@example.com>',
		allowPrivate: true
	};
});
afterAll(async () => {
	receiver?.close();
	await mail?.close();
	await database?.close();
	await stores.stop();
});
beforeEach(() => {
	received.length = 0;
	mail.mails.length = 0;
	answers.length = 0;
});

/** Sign-ins at ten o'clock of a day, of which some fail. */
function signIns(
	project: string,
	day: string,
	{ count, failing, cause = 'not_focused' }: { count: number; failing: number; cause?: string }
): RawEvent[] {
	const error = { error_name: 'NotAllowedError', cause, cause_confidence: 'certain' };
	return Array.from({ length: count }, (_, index) =>
		ceremony(
			{ project_id: project, user_hash: index + 1, release: '2.4' },
			{
				at: later(`${day} 10:00`, index * 1_000),
				type: 'authentication',
				...(index < failing ? { end: error } : { verdict: { verified: true } })
			}
		)
	).flat();
}

const FAILS: AlertRule = {
	...SUGGESTED_RULE,
	...{ measure: 'failure_share', condition: 'above', threshold: 10, minimum: 20 }
};
const at = (moment: string) => new Date(`${moment}:00Z`);

let made = 0;
/** A project of its own, with a rule and the given channels. */
async function prepare({
	settings,
	rule = FAILS,
	kinds = ['webhook'],
	since = '2026-11-01 00:00'
}: {
	settings: Settings;
	rule?: AlertRule;
	kinds?: AlertChannel['kind'][];
	since?: string;
}) {
	const projectId = `shop-${(made += 1)}`;
	await createProject(settings, { id: projectId, name: 'Shop' });
	const channels: AlertChannel[] = [];
	for (const kind of kinds) {
		const added = await addAlertChannel(settings, {
			...{ projectId, name: kind, kind, secret: kind === 'pagerduty' ? 'R0123456789' : '' },
			target: kind === 'email' ? 'oncall@example.com' : `${address}/${kind}`
		});
		if ('mistake' in added) throw new Error(added.mistake.message);
		channels.push(added.channel);
	}
	const saved = await saveAlertRule(settings, {
		...{ projectId, name: 'Failures', rule, author: 'Kim' },
		channels: channels.map(({ id }) => id),
		now: at(since).getTime()
	});
	if ('mistake' in saved) throw new Error(saved.mistake.message);
	const round = async (moment: string, through = settings) => {
		const now = at(moment);
		await evaluateAlerts({ client: database.client, settings: through, now });
		await deliver(moment, through);
	};
	const deliver = (moment: string, through = settings) =>
		deliverAlerts({
			...{ settings: through, outlets, now: at(moment).getTime() },
			origin: 'https://passlens.example.com'
		});
	return { projectId, ruleId: saved.id, channels, round, deliver };
}

describe.each(stores.each)('alerts kept in %s', (_name, open) => {
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

	it('two processes that evaluate at once tell each channel once, that it began and that it is over', async () => {
		const { projectId, round } = await prepare({ settings });
		await database.insert([
			...signIns(projectId, '2026-11-20', { count: 40, failing: 12 }),
			...signIns(projectId, '2026-11-21', { count: 40, failing: 1 })
		]);
		await Promise.all([round('2026-11-20 12:00'), round('2026-11-20 12:00', another)]);
		await Promise.all([round('2026-11-20 13:00', another), round('2026-11-20 13:00')]);
		expect(received).toHaveLength(1);
		await Promise.all([round('2026-11-21 12:00'), round('2026-11-21 12:00', another)]);
		expect(received.map(({ body }) => JSON.parse(body))).toMatchObject([
			{
				type: 'alert.fired',
				data: {
					...{ project: 'Shop', rule: 'Failures', bucket: '2026-11-20' },
					title: 'Share of ceremonies that failed: 30\u202f%, above 10\u202f%',
					text: expect.stringContaining('12 of 40'),
					url: `https://passlens.example.com/failures?project=${projectId}&period=custom&from=2026-11-07&to=2026-11-20&view=all`
				}
			},
			{ type: 'alert.resolved' }
		]);
		const [firing, ...others] = await listAlertFirings(settings, { projectId });
		expect(others).toEqual([]);
		expect(firing).toMatchObject({ resolvedAt: at('2026-11-21 12:00').getTime() });
	});

	it('a lease is one holder’s until it is over or given back', async () => {
		const lease = { name: `test-${made}`, forMs: 1_000 };
		expect(
			await Promise.all([
				holdLease(settings, { ...lease, holder: 'a', now: 0 }),
				holdLease(another, { ...lease, holder: 'a', now: 0 })
			])
		).toEqual([true, true]);
		expect(await holdLease(another, { ...lease, holder: 'b', now: 999 })).toBe(false);
		expect(await holdLease(settings, { ...lease, holder: 'a', now: 999 })).toBe(true);
		expect(await holdLease(another, { ...lease, holder: 'b', now: 1_999 })).toBe(true);
		await releaseLease(another, { ...lease, holder: 'b' });
		expect(await holdLease(settings, { ...lease, holder: 'a', now: 2_000 })).toBe(true);
	});
});

describe('alerts', () => {
	let settings: Settings;
	beforeAll(async () => {
		settings = await stores.openSqlite();
	});
	afterAll(() => settings.destroy());

	it('speak each channel’s own language', async () => {
		const kinds = ['email', 'slack', 'pagerduty'] as const;
		const { projectId, round } = await prepare({ settings, kinds: [...kinds] });
		await database.insert([
			...signIns(projectId, '2026-11-20', { count: 40, failing: 12 }),
			...signIns(projectId, '2026-11-21', { count: 40, failing: 1 })
		]);
		await round('2026-11-20 12:00');
		await round('2026-11-21 12:00');
		const of = (path: string) =>
			received.filter((one) => one.path === path).map(({ body }) => JSON.parse(body));
		expect(of('/slack')).toMatchObject([
			{ text: expect.stringMatching(/^\[Shop\] Share of/), blocks: [{ type: 'section' }, {}] },
			{ text: expect.stringMatching(/^\[Shop\] Resolved: /) }
		]);
		const [trigger, resolve] = of('/pagerduty');
		expect(trigger).toMatchObject({
			...{ routing_key: 'R0123456789', event_action: 'trigger' },
			payload: { severity: 'error', source: 'passlens', component: 'Shop' },
			links: [{ href: expect.stringContaining('/failures?') }]
		});
		expect(resolve).toEqual({
			...{ routing_key: 'R0123456789', event_action: 'resolve', dedup_key: trigger.dedup_key }
		});
		const { mails } = mail;
		expect(mails).toHaveLength(2);
		expect(mails[0]).toMatch(/^To: oncall@example.com/m);
		expect(mails[0]).toMatch(/^Auto-Submitted: auto-generated/m);
		expect(mails.join('')).toContain('/failures?project=3D');
	});

	it('are signed so that a receiver’s own library takes them, and nothing changed', async () => {
		const { projectId, channels, round } = await prepare({ settings });
		const today = new Date().toISOString().slice(0, 10);
		await database.insert(signIns(projectId, today, { count: 40, failing: 12 }));
		await round(`${today} 23:59`);
		const [{ body, headers }] = received as [Received];
		const check = new Webhook(channels[0]!.secret);
		const sent = headers as Record<string, string>;
		expect(check.verify(body, sent)).toMatchObject({ type: 'alert.fired' });
		expect(() => check.verify(body.replace('12 of', '1 of'), sent)).toThrow('No matching');
		const old = { ...sent, 'webhook-timestamp': String(Number(sent['webhook-timestamp']) - 600) };
		expect(() => check.verify(body, old)).toThrow('too old');
	});

	it('are tried again, later and later, and told once when they are taken', async () => {
		const { projectId, round, deliver } = await prepare({ settings });
		await database.insert(signIns(projectId, '2026-11-20', { count: 40, failing: 12 }));
		answers.push(503, 500);
		await round('2026-11-20 12:00');
		const [firing] = await listAlertFirings(settings, { projectId });
		const told = async () => (await listAlertDeliveries(settings, [firing!.id]))[0]!;
		expect(await told()).toMatchObject({
			attempts: 1,
			nextAt: at('2026-11-20 12:00').getTime() + 30_000,
			lastError: expect.stringContaining('answered 503')
		});
		await deliver('2026-11-20 12:00');
		expect(received).toHaveLength(1);
		await deliver('2026-11-20 12:01');
		expect(await told()).toMatchObject({
			attempts: 2,
			nextAt: at('2026-11-20 12:02').getTime()
		});
		await deliver('2026-11-20 12:02');
		await deliver('2026-11-20 14:00');
		expect(received).toHaveLength(3);
		expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
		expect(await told()).toMatchObject({ attempts: 3, lastError: '', sentAt: expect.any(Number) });
	});

	it('do not reach into a private network unless the operator allows it', async () => {
		const { projectId, round, deliver } = await prepare({ settings });
		await database.insert(signIns(projectId, '2026-11-20', { count: 40, failing: 12 }));
		outlets = { ...outlets, allowPrivate: false };
		await round('2026-11-20 12:00');
		outlets = { ...outlets, allowPrivate: true };
		expect(received).toEqual([]);
		const [firing] = await listAlertFirings(settings, { projectId });
		const [delivery] = await listAlertDeliveries(settings, [firing!.id]);
		expect(delivery!.lastError).toContain('PASSLENS_ALERTS_ALLOW_PRIVATE=1');
		await deliver('2026-11-20 12:01');
		expect(received).toHaveLength(1);
	});

	it('are noted and not told while silenced, and told after it when they still go on', async () => {
		const { projectId, ruleId: id, round } = await prepare({ settings });
		await database.insert(signIns(projectId, '2026-11-20', { count: 40, failing: 12 }));
		const until = at('2026-11-20 15:00').getTime();
		await silenceAlertRule(settings, { projectId, id, until, by: 'Kim' });
		await round('2026-11-20 12:00');
		expect(await listAlertFirings(settings, { projectId, open: true })).toHaveLength(1);
		expect(received).toEqual([]);
		await round('2026-11-20 15:30');
		expect(received).toHaveLength(1);
	});

	it('come of the absence of what usually comes', async () => {
		const rule: AlertRule = {
			...SUGGESTED_RULE,
			...{ measure: 'ceremonies', condition: 'absent', threshold: 1, bucket: 'hour', minimum: 20 }
		};
		const { projectId, round } = await prepare({ settings, rule });
		const weeks = ['2026-10-30', '2026-11-06', '2026-11-13'];
		await database.insert(
			weeks.flatMap((day) => signIns(projectId, day, { count: 30, failing: 0 }))
		);
		await round('2026-11-20 10:30');
		expect(await listAlertFirings(settings, { projectId })).toEqual([]);
		await round('2026-11-20 11:00');
		expect(await listAlertFirings(settings, { projectId })).toMatchObject([
			{ title: 'Ceremonies: none for 1 hour', text: expect.stringContaining('weeks before: 30.') }
		]);
	});

	it('come of a cause nobody met before, once, and not in a project’s first week', async () => {
		const rule: AlertRule = {
			...SUGGESTED_RULE,
			...{ measure: 'new_cause', condition: 'appears', threshold: 0, minimum: 5 }
		};
		const { projectId, round } = await prepare({ settings, rule });
		await database.insert([
			...signIns(projectId, '2026-11-10', { count: 20, failing: 8 }),
			...signIns(projectId, '2026-11-20', { count: 20, failing: 8, cause: 'rp_id_mismatch' }),
			...signIns(projectId, '2026-11-20', { count: 4, failing: 4, cause: 'timed_out' })
		]);
		await round('2026-11-20 12:00');
		await round('2026-11-20 13:00');
		await round('2026-11-23 13:00');
		expect(await listAlertRules(settings, projectId)).toMatchObject([{ lastError: '' }]);
		const firings = await listAlertFirings(settings, { projectId });
		expect(firings).toMatchObject([
			{ subject: 'rp_id_mismatch', title: expect.stringMatching(/^New cause: /) }
		]);
		expect(firings[0]!.resolvedAt).toBe(at('2026-11-23 13:00').getTime());
		expect(received).toHaveLength(2);
	});

	it('watch figures of the registry, also those without a course over time', async () => {
		const { projectId, round } = await prepare({
			settings,
			rule: { ...SUGGESTED_RULE, condition: 'above', threshold: 10, minimum: 20 }
		});
		const saved = await saveAlertRule(settings, {
			...{ projectId, name: 'Coverage', channels: [], author: '' },
			rule: { ...SUGGESTED_RULE, measure: 'sync_coverage', condition: 'below', minimum: 1 },
			now: at('2026-11-01 00:00').getTime()
		});
		await database.insert(signIns(projectId, '2026-11-20', { count: 40, failing: 12 }));
		await database.rollUp(projectId);
		await round('2026-11-20 12:00');
		expect(await listAlertFirings(settings, { projectId })).toMatchObject([
			{ title: 'Errors: 30\u202f%, above 10\u202f%' }
		]);
		const rules = await listAlertRules(settings, projectId);
		expect(rules.find(({ name }) => name === 'Coverage')).toMatchObject({
			evaluatedAt: expect.any(Number),
			lastError: ''
		});
		expect(saved).toHaveProperty('id');
	});

	it.each([
		['kind', { kind: 'pigeon', target: 'x' }],
		['target', { kind: 'email', target: 'a@example.com, b@example.com' }],
		['target', { kind: 'webhook', target: 'file:///etc/passwd' }],
		['target', { kind: 'slack', target: 'https://user:secret@example.com' }],
		['secret', { kind: 'webhook', target: 'https://example.com', secret: 'guess' }],
		['secret', { kind: 'pagerduty', target: '' }]
	])('a channel’s mistake in its %s is named', async (field, given) => {
		const { projectId } = await prepare({ settings, kinds: [] });
		expect(await addAlertChannel(settings, { projectId, name: 'On call', ...given })).toMatchObject(
			{ mistake: { field } }
		);
		expect(await listAlertChannels(settings, projectId)).toEqual([]);
	});
});
