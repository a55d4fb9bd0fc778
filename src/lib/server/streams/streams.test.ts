import {
	chmod,
	mkdtemp,
	readdir,
	readFile,
	rm,
	stat,
	writeFile,
	appendFile
} from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { noteAudit } from '../../../../settings/access/audit-log.ts';
import { decideFindings } from '../../../../settings/finding-triage.ts';
import { openSettings, type Settings } from '../../../../settings/open-settings.ts';
import { savePolicy } from '../../../../settings/policies.ts';
import { createProject } from '../../../../settings/projects.ts';
import {
	addStreamEvents,
	forgetStreamEvents,
	pruneStreamEvents
} from '../../../../settings/stream-events.ts';
import {
	addStream,
	listStreams,
	pauseStream,
	removeStream,
	STREAM_TOPICS,
	type Stream
} from '../../../../settings/streams.ts';
import { ocsfSchema, type OcsfEvent } from '../testing/ocsf-schema.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { insertReports } from '../testing/insert-reports.ts';
import { ceremony, later, revoked, type CeremonyScene } from '../testing/sample-events.ts';
import { settingsStores } from '../testing/settings-stores.ts';
import { deliverStreams, waitingFor } from './deliver-streams.ts';
import { auditEvent } from './find-audit-entries.ts';
import { findStreamEvents } from './find-events.ts';
import { queryLedgerFindings } from '../queries/ledger-findings.ts';
import type { StreamOutlets } from './send-events.ts';

const ROOT = join(import.meta.dirname, '../../../..');

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A SIEM over HTTP: what it took, and how it answers. */
function receiver() {
	const taken: { body: string; headers: IncomingHttpHeaders }[] = [];
	const state = { status: 200, answer: '{}', asked: 0 };
	const server: Server = createServer((request, response) => {
		void text(request).then((body) => {
			state.asked++;
			if (state.status === 200) taken.push({ body, headers: request.headers });
			response.writeHead(state.status, { 'content-type': 'application/json' }).end(state.answer);
		});
	});
	return {
		...{ taken, state },
		start: () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve())),
		url: (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
		stop: () => {
			server.closeAllConnections();
			server.close();
		}
	};
}

const stores = settingsStores();
const siem = receiver();
let database: TemporaryDatabase;
let home: string;
let outlets: StreamOutlets;

beforeAll(async () => {
	[database, home] = await Promise.all([
		openTemporaryDatabase(),
		mkdtemp(join(tmpdir(), 'passlens-streams-')),
		stores.start(),
		siem.start()
	]);
	outlets = { directory: join(home, 'siem'), fileBytes: 1_000_000, allowPrivate: true };
});
afterAll(async () => {
	siem.stop();
	await Promise.all([database.close(), stores.stop()]);
	await rm(home, { recursive: true, force: true });
});

const TIMES = { settledAfterMs: 0, slowEveryMs: 0 };
const look = (settings: Settings, now = new Date()) =>
	findStreamEvents({ client: database.client, settings, now, times: TIMES });
const deliver = (settings: Settings, now = Date.now()) =>
	deliverStreams({ settings, outlets, now: () => now });

/** What a receiver took, each event once by its uid, every one held to OCSF's own schema. */
function readEvents(bodies: readonly string[]): OcsfEvent[] {
	const all = bodies
		.flatMap((body) =>
			body.startsWith('[')
				? (JSON.parse(body) as unknown[])
				: body
						.split('\n')
						.filter(Boolean)
						.map((line) => JSON.parse(line) as unknown)
		)
		.map((event) => ocsfSchema.parse(event));
	return [...new Map(all.map((event) => [event.metadata.uid, event])).values()];
}
const taken = (from = 0) => readEvents(siem.taken.slice(from).map(({ body }) => body));
const told = (events: readonly OcsfEvent[]) =>
	events.map(({ class_uid, activity_id, message }) => `${class_uid}/${activity_id} ${message}`);

const ago = (ms: number) =>
	new Date(Date.now() - ms).toISOString().replace('T', ' ').replace('Z', '');
const HOUR = 3_600_000;

/** One that the server verified, of a user of this number, as it came just now. */
function sight(
	project_id: string,
	number: number,
	at: string,
	{ end, verdict, ...more }: Partial<CeremonyScene> & { of?: object } = {}
) {
	const of = { project_id, user_hash: 0x100 + number, received_at: later(at, 5_000), ...more.of };
	return ceremony(of, {
		...{ at, type: 'authentication', ...more },
		end: { credential_hash: number, backup_eligible: true, backup_state: true, ...end },
		verdict: { verified: true, ...verdict }
	});
}

const POLICY = `version: 1
rules:
  - { id: bound, title: Device-bound alone, who: everybody, kinds: [device_bound] }
`;

const add = async (settings: Settings, given: Partial<Parameters<typeof addStream>[1]> = {}) => {
	const added = await addStream(settings, {
		...{ name: 'SIEM', kind: 'webhook', target: siem.url('/in'), topics: [...STREAM_TOPICS] },
		...given
	});
	if ('mistake' in added) throw new Error(JSON.stringify(added.mistake));
	return added.stream;
};
const only = async (settings: Settings, id: string) =>
	(await listStreams(settings)).find((one) => one.id === id)!;

describe.each(stores.each)('Streams with settings in %s', (name, open) => {
	const project = `streams-${name.toLowerCase()}`;
	let settings: Settings;
	let stream: Stream;
	beforeAll(async () => {
		settings = await open();
		for (const id of [project, `${project}-other`]) await createProject(settings, { id, name: id });
	});
	afterAll(() => settings.destroy());

	it('tell nothing of what was there before them', async () => {
		const { asked } = siem.state;
		await savePolicy(settings, { projectId: project, document: POLICY, note: '', author: 'Kim' });
		await noteAudit(settings, { actor: { kind: 'nobody', name: '' }, action: 'signed-out' });
		await database.insert([
			...sight(project, 1, ago(5 * HOUR), { type: 'registration' }),
			...sight(project, 2, ago(5 * HOUR), { end: { backup_eligible: false } })
		]);
		stream = await add(settings);
		await look(settings);
		await look(settings);
		await deliver(settings);
		expect(siem.state.asked).toBe(asked);
		expect(stream.secret).toMatch(/^whsec_/);
	});

	it('tell each thing that matters once, as OCSF has it, signed, and nobody’s name', async () => {
		const from = siem.taken.length;
		const at = ago(-1_000);
		await database.insert([
			...sight(project, 3, at, { type: 'registration', end: { backup_state: false } }),
			// The ledger: BS without BE. A policy: synced, where device-bound alone is allowed.
			...sight(project, 4, at, { end: { backup_eligible: false } }),
			...sight(project, 5, at, {
				verdict: { verified: false, verdict_reason: 'signature_invalid' }
			}),
			...sight(project, 6, at, {
				type: 'registration',
				verdict: { verified: false, verdict_reason: 'attestation_rejected' }
			}),
			// Nothing to be told: an everyday refusal, one of a simulated user.
			...sight(project, 7, at, {
				verdict: { verified: false, verdict_reason: 'challenge_expired' }
			}),
			...sight(project, 8, at, { type: 'registration', of: { synthetic: true } }),
			{
				...revoked({ project_id: project, user_hash: 0x101 }, at, 1),
				received_at: later(at, 5_000)
			},
			...sight(project, 3, later(at, 60_000))
		]);
		await savePolicy(settings, {
			projectId: project,
			document: `${POLICY}# 2\n`,
			note: 'secret-note',
			author: 'Kim'
		});
		const kim = { kind: 'person', id: 'person-1', name: 'Kim Possible' } as const;
		await noteAudit(settings, { actor: kim, action: 'signed-in' });
		await noteAudit(settings, {
			...{ actor: kim, action: 'looked-up', projectId: project, subject: '/users' },
			detail: { query: 'anna@example.com' }
		});
		await look(settings, new Date(Date.now() + 2 * 60_000));
		await look(settings, new Date(Date.now() + 2 * 60_000));
		await deliver(settings);
		await deliver(settings);
		expect(told(taken(from)).sort()).toEqual([
			'2003/2 “Device-bound alone” is broken by 5 users',
			'2004/1 Backed up without being eligible: BE 0, BS 1 from the first',
			'3001/10 A passkey was registered',
			'3001/10 The server refused a new passkey: attestation_rejected',
			'3001/11 A passkey was revoked: superseded',
			'3001/99 Now backed up. The provider has synced it: losing the device no longer loses it.',
			'3002/1 Somebody signed in to Passlens',
			'3002/1 The server refused a sign-in by passkey: signature_invalid',
			'3004/2 Somebody looked at a single user or at rows of single people',
			'3004/3 Version 2 of the policy was put in force'
		]);
		const everything = siem.taken.map(({ body }) => body).join();
		for (const word of ['Kim', 'Possible', 'anna', 'secret-note', stream.secret])
			expect(everything).not.toContain(word);
		const { body, headers } = siem.taken.at(-1)!;
		const key = Buffer.from(stream.secret.slice(6), 'base64');
		const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
		expect(headers['webhook-signature']).toBe(
			`v1,${createHmac('sha256', key).update(signed).digest('base64')}`
		);
		expect(await only(settings, stream.id)).toMatchObject({ sent: 10, failures: 0, lastError: '' });
	});

	it('tell what was decided about a finding', async () => {
		const from = siem.taken.length;
		const day = new Date().toISOString().slice(0, 10);
		const [finding] = await queryLedgerFindings(database.client, {
			...{ project, from: '2020-01-01', to: day, ecosystem: '', platform: '', application: '' }
		});
		await decideFindings(settings, {
			...{
				projectId: project,
				findingIds: [finding!.id],
				decision: 'ignored',
				note: '',
				author: ''
			}
		});
		await look(settings);
		await deliver(settings);
		expect(taken(from)).toMatchObject([
			{
				...{ class_uid: 2004, activity_name: 'Close', status: 'Suppressed' },
				finding_info: { uid: finding!.id }
			}
		]);
	});

	it('tell what a receiver refuses once it takes it: later each time, and as it was', async () => {
		const from = siem.taken.length;
		siem.state.status = 500;
		await noteAudit(settings, { actor: { kind: 'nobody', name: '' }, action: 'sign-in-refused' });
		await look(settings);
		const now = Date.now();
		await deliver(settings, now);
		await deliver(settings, now + 1_000);
		const before = await only(settings, stream.id);
		expect(before).toMatchObject({ failures: 1, nextAt: now + 5_000 });
		expect(before.lastError).toContain('answered 500');
		expect(await waitingFor(settings, before)).toMatchObject({ events: 1, more: false });
		await deliver(settings, now + 5_000);
		expect(await only(settings, stream.id)).toMatchObject({ failures: 2, nextAt: now + 15_000 });
		siem.state.status = 200;
		await deliver(settings, now + 15_000);
		expect(told(taken(from))).toEqual(['3002/1 Somebody could not sign in to Passlens']);
		expect(await only(settings, stream.id)).toMatchObject({ failures: 0, lastError: '' });
	});

	it('hold what comes while they are paused, and go on where they were', async () => {
		const from = siem.taken.length;
		await pauseStream(settings, { id: stream.id, paused: true });
		await noteAudit(settings, { actor: { kind: 'nobody', name: '' }, action: 'signed-out' });
		await look(settings);
		await deliver(settings);
		expect(siem.taken).toHaveLength(from);
		await pauseStream(settings, { id: stream.id, paused: false });
		await deliver(settings);
		expect(told(taken(from))).toEqual(['3002/2 Somebody signed out of Passlens']);
	});

	it('tell only of the topics and projects that were chosen', async () => {
		const from = siem.taken.length;
		await removeStream(settings, stream.id);
		const narrow = await add(settings, {
			...{ name: 'Narrow', format: 'lines', authorization: 'Splunk of-the-operator' },
			...{ projects: [project], topics: ['credentials'] }
		});
		await look(settings);
		const at = ago(-1_000);
		await database.insert([
			...sight(project, 30, at, { type: 'registration' }),
			...sight(`${project}-other`, 31, at, { type: 'registration' }),
			...sight(project, 32, at, {
				verdict: { verified: false, verdict_reason: 'signature_invalid' }
			})
		]);
		await noteAudit(settings, { actor: { kind: 'nobody', name: '' }, action: 'signed-out' });
		await look(settings, new Date(Date.now() + 60_000));
		await deliver(settings);
		expect(taken(from)).toMatchObject([
			{
				class_uid: 3001,
				user: { credential_uid: '000000000000001e' },
				metadata: { tenant_uid: project }
			}
		]);
		const { headers } = siem.taken.at(-1)!;
		expect(headers).toMatchObject({
			...{ authorization: 'Splunk of-the-operator', 'content-type': 'application/x-ndjson' }
		});
		await removeStream(settings, narrow.id);
	});

	it('tell nothing more of somebody who is erased, and leave out what is a week old', async () => {
		const from = siem.taken.length;
		const wide = await add(settings, { projects: [project], topics: ['credentials'] });
		await look(settings);
		const at = ago(-1_000);
		await database.insert(
			[40, 41, 42].flatMap((one) => sight(project, one, at, { type: 'registration' }))
		);
		await look(settings, new Date(Date.now() + 60_000));
		await forgetStreamEvents(settings, { projectId: project, userHash: String(0x100 + 41) });
		await settings
			.updateTable('stream_event')
			.set({ found_unix_ms: Date.now() - 8 * 86_400_000 })
			.where('user_hash', '=', (0x100 + 42).toString(16).padStart(16, '0'))
			.execute();
		await pruneStreamEvents(settings);
		await deliver(settings);
		expect(taken(from)).toMatchObject([{ user: { credential_uid: '0000000000000028' } }]);
		expect(await only(settings, wide.id)).toMatchObject({ sent: 1, leftOut: 1 });
		await removeStream(settings, wide.id);
	});
});

it('A stream tells another status of a model of authenticators, once, and nothing at the first look', async () => {
	const settings = await stores.openSqlite();
	const from = siem.taken.length;
	const stream = await add(settings, { name: 'Models', topics: ['authenticators'] });
	const says = async (generation: number, status: string) => {
		const model = { aaguid: '11111111-1111-4111-8111-111111111111', description: 'Key 5' };
		await database.client.insert({
			...{ table: 'authenticators_state_v1', format: 'JSONEachRow' },
			values: [{ ...model, generation, name: 'Key', mds_number: 7 }]
		});
		const effective_date = `2026-01-0${generation}`;
		await insertReports(database.client, [{ aaguid: model.aaguid, status, effective_date }]);
		await look(settings);
		await deliver(settings);
	};
	await says(1, 'FIDO_CERTIFIED_L2');
	await says(2, 'FIDO_CERTIFIED_L2');
	await says(3, 'REVOKED');
	await says(4, 'REVOKED');
	expect(taken(from)).toMatchObject([
		{ class_uid: 3004, severity: 'High', message: 'Key 5: FIDO_CERTIFIED_L2 → REVOKED' }
	]);
	await removeStream(settings, stream.id);
	await settings.destroy();
});

describe('A stream into a file', () => {
	let settings: Settings;
	let stream: Stream;
	const path = (name = 'siem') => join(home, 'siem', `${name}.ndjson`);
	const happen = async (times = 1) => {
		for (let one = 0; one < times; one++)
			await noteAudit(settings, { actor: { kind: 'nobody', name: '' }, action: 'signed-out' });
		await look(settings);
	};
	beforeAll(async () => {
		settings = await stores.openSqlite();
		stream = await add(settings, {
			...{ name: 'File', kind: 'file', target: 'siem', topics: ['dashboard_sign_ins'] }
		});
		await look(settings);
	});
	afterAll(() => settings.destroy());

	it('appends a line each, for its owner alone, and takes away what a killed process left of one', async () => {
		await happen(2);
		await deliver(settings);
		expect((await stat(path())).mode & 0o777).toBe(0o600);
		expect(readEvents([await readFile(path(), 'utf8')])).toHaveLength(2);
		// Killed after a whole line and a part of the next, before the position was written.
		await happen(2);
		const { position } = await only(settings, stream.id);
		const [next] = await settings
			.selectFrom('stream_event')
			.selectAll()
			.where('number', '>', position)
			.orderBy('number')
			.execute();
		await appendFile(path(), `${next!.body}\n{"activity_id":1,"activity_na`);
		await chmod(path(), 0o644);
		await deliver(settings);
		const lines = (await readFile(path(), 'utf8')).trim().split('\n');
		expect(lines).toHaveLength(5);
		expect(readEvents(lines)).toHaveLength(4);
		expect((await stat(path())).mode & 0o777).toBe(0o600);
	});

	it('sets the file aside when it is full', async () => {
		await happen(3);
		await deliverStreams({ settings, outlets: { ...outlets, fileBytes: 2_000 } });
		const files = await readdir(join(home, 'siem'));
		expect(files.filter((file) => file.startsWith('siem.'))).toHaveLength(2);
		expect(readEvents([await readFile(path(), 'utf8')])).toHaveLength(3);
	});

	it('says what is missing, and writes into nothing but a file of its own', async () => {
		await happen();
		await deliverStreams({ settings, outlets: { ...outlets, directory: undefined } });
		expect((await only(settings, stream.id)).lastError).toContain('PASSLENS_STREAMS_DIR=');
		await writeFile(join(home, 'elsewhere'), 'kept');
		await rm(path());
		const { symlink } = await import('node:fs/promises');
		await symlink(join(home, 'elsewhere'), path());
		await deliver(settings, Date.now() + 10_000);
		expect((await only(settings, stream.id)).lastError).toContain('ELOOP');
		expect(await readFile(join(home, 'elsewhere'), 'utf8')).toBe('kept');
		await rm(path());
		await deliver(settings, Date.now() + 60_000);
		expect(readEvents([await readFile(path(), 'utf8')])).toHaveLength(1);
	});
});

describe('A stream to OpenTelemetry', () => {
	it('tells each event as a log record whose body it is, and leaves alone what was refused in part', async () => {
		const settings = await stores.openSqlite();
		const from = siem.taken.length;
		const stream = await add(settings, {
			...{ name: 'OTel', kind: 'otlp', target: siem.url('/v1/logs'), authorization: 'Bearer x' },
			topics: ['dashboard_sign_ins']
		});
		await look(settings);
		await noteAudit(settings, {
			actor: { kind: 'person', id: 'p', name: 'Kim' },
			action: 'signed-in'
		});
		await noteAudit(settings, {
			actor: { kind: 'person', id: 'p', name: 'Kim' },
			action: 'signed-out'
		});
		await look(settings);
		siem.state.answer = '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"too old"}}';
		await deliver(settings);
		await deliver(settings);
		const [only_one, ...more] = siem.taken.slice(from);
		expect(more).toEqual([]);
		const { resourceLogs } = JSON.parse(only_one!.body) as {
			resourceLogs: { scopeLogs: { logRecords: LogRecord[] }[] }[];
		};
		const records = resourceLogs[0]!.scopeLogs[0]!.logRecords;
		expect(records.map(({ eventName, severityNumber }) => [eventName, severityNumber])).toEqual([
			['ocsf.authentication', 9],
			['ocsf.authentication', 9]
		]);
		const events = records.map(({ body }) => ocsfSchema.parse(plain(body)));
		expect(told(events)).toEqual([
			'3002/1 Somebody signed in to Passlens',
			'3002/2 Somebody signed out of Passlens'
		]);
		expect(records[0]!.timeUnixNano).toBe(`${events[0]!.time}000000`);
		// All of them refused is a failure.
		await noteAudit(settings, {
			actor: { kind: 'person', id: 'p', name: 'Kim' },
			action: 'signed-in'
		});
		await look(settings);
		await deliver(settings);
		expect((await only(settings, stream.id)).lastError).toContain('refused all of them: too old');
		siem.state.answer = '{}';
		await removeStream(settings, stream.id);
		await settings.destroy();
	});
});

interface LogRecord {
	eventName: string;
	severityNumber: number;
	timeUnixNano: string;
	body: Any;
}
type Any = Record<string, unknown>;

/** OTLP's AnyValue as the value that it is. */
function plain(value: Any): unknown {
	const [[kind, inner]] = Object.entries(value) as [[string, unknown]];
	if (kind === 'kvlistValue')
		return Object.fromEntries(
			(inner as { values: { key: string; value: Any }[] }).values.map(({ key, value }) => [
				key,
				plain(value)
			])
		);
	if (kind === 'arrayValue') return (inner as { values: Any[] }).values.map(plain);
	return kind === 'intValue' ? Number(inner) : inner;
}

/** A process of its own that does nothing but deliver, until it is killed. */
const SENDER = `
import { openSettings } from ${JSON.stringify(join(ROOT, 'settings/open-settings.ts'))};
import { deliverStreams } from ${JSON.stringify(join(import.meta.dirname, 'deliver-streams.ts'))};
const settings = await openSettings({ dataDir: process.env.DATA_DIR, settingsUrl: '' });
for (;;) {
	await deliverStreams({ settings, outlets: JSON.parse(process.env.OUTLETS) });
	await new Promise((resolve) => setTimeout(resolve, 20));
}`;

describe('A sender that is killed in the middle, with a receiver that fails for a while', () => {
	const EVENTS = 900;

	it(
		'leaves nothing out: each event arrives, and once by its uid',
		{ timeout: 180_000 },
		async () => {
			const dataDir = await mkdtemp(join(home, 'killed-'));
			const settings = await openSettings({ dataDir, settingsUrl: '' });
			const topics = ['dashboard_sign_ins'];
			const from = siem.taken.length;
			await add(settings, { name: 'Webhook', topics });
			await add(settings, { name: 'File', kind: 'file', target: 'killed', topics });
			await addStreamEvents(
				settings,
				Array.from({ length: EVENTS }, (_, number) =>
					auditEvent({
						...{
							number: number + 1,
							at: Date.now(),
							action: 'signed-out',
							projectId: '',
							subject: ''
						},
						...{ actor: { kind: 'nobody', id: '', name: '' }, detail: {}, hash: String(number) }
					})
				)
			);
			const done = async () => {
				const streams = await listStreams(settings);
				return streams.every(({ sent }) => sent >= EVENTS);
			};
			let kills = 0;
			while (!(await done())) {
				const { asked } = siem.state;
				// What it takes and what it fails alternate; an answer is never waited for by whoever is killed.
				siem.state.status = kills % 3 === 1 ? 500 : 200;
				await settings.updateTable('stream').set({ next_unix_ms: 0 }).execute();
				const sender = spawn(process.execPath, ['--input-type=module', '-e', SENDER], {
					env: { ...process.env, DATA_DIR: dataDir, OUTLETS: JSON.stringify(outlets) }
				});
				const ended = new Promise((resolve) => sender.once('exit', resolve));
				// After its first request of this life, or its third, or when there is nothing left to send.
				const wanted = siem.state.status === 500 ? 1 : 1 + (kills % 3);
				for (let ms = 0; ms < 5_000 && siem.state.asked < asked + wanted; ms += 2) await sleep(2);
				sender.kill('SIGKILL');
				await ended;
				if (++kills > 40) break;
			}
			siem.state.status = 200;
			await settings.destroy();
			expect(kills).toBeGreaterThan(2);
			expect(taken(from)).toHaveLength(EVENTS);
			const folder = join(home, 'siem');
			const files = (await readdir(folder)).filter((file) => file.startsWith('killed.'));
			const written = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
			expect(readEvents(written)).toHaveLength(EVENTS);
		}
	);
});

describe('A stream that cannot be', () => {
	it.each([
		[{ kind: 'pigeon' }, 'kind', 'webhook, file, otlp'],
		[{ name: ' ' }, 'name', '1 to 60'],
		[{ topics: [] }, 'topics', 'Choose'],
		[{ topics: ['gossip'] }, 'topics', 'There is no "gossip"'],
		[{ target: 'ftp://example.com' }, 'target', 'https://'],
		[{ target: 'https://me:pw@example.com' }, 'target', 'user and password'],
		[{ kind: 'otlp', target: 'https://example.com' }, 'target', '/v1/logs'],
		[{ kind: 'file', target: '../passwd' }, 'target', 'file name'],
		[{ authorization: 'a\r\nb: c' }, 'authorization', 'one line'],
		[{ secret: 'short' }, 'secret', 'whsec_']
	])('names the field and the fix: %o', async (given, field, words) => {
		const settings = await stores.openSqlite();
		const added = await addStream(settings, {
			...{ name: 'A', kind: 'webhook', target: 'https://example.com/in' },
			...{ topics: ['credentials'], ...given }
		});
		await settings.destroy();
		expect(added).toMatchObject({ mistake: { field, message: expect.stringContaining(words) } });
	});

	it('leads to a private address only where the operator allows it', async () => {
		const settings = await stores.openSqlite();
		const stream = await add(settings, { name: 'Private', topics: ['dashboard_sign_ins'] });
		await look(settings);
		await noteAudit(settings, { actor: { kind: 'nobody', name: '' }, action: 'signed-out' });
		await look(settings);
		const { asked } = siem.state;
		await deliverStreams({ settings, outlets: { ...outlets, allowPrivate: false } });
		expect((await only(settings, stream.id)).lastError).toContain(
			'PASSLENS_STREAMS_ALLOW_PRIVATE=1'
		);
		expect(siem.state.asked).toBe(asked);
		await removeStream(settings, stream.id);
		await settings.destroy();
	});
});
