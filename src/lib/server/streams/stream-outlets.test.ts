import {
	appendFile,
	chmod,
	readdir,
	readFile,
	rm,
	stat,
	symlink,
	writeFile
} from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { noteAudit } from '../../../../settings/access/audit-log.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { addStream, removeStream, type Stream } from '../../../../settings/streams.ts';
import { ocsfSchema } from '../testing/ocsf-schema.ts';
import { readEvents, streamsScene, told } from '../testing/streams-scene.ts';
import { deliverStreams } from './deliver-streams.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const scene = streamsScene();
const { stores, siem, look, deliver, add, only } = scene;
beforeAll(() => scene.start());
afterAll(() => scene.stop());

describe('A stream into a file', () => {
	let settings: Settings;
	let stream: Stream;
	const path = (name = 'siem') => join(scene.home, 'siem', `${name}.ndjson`);
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
		await deliverStreams({ settings, outlets: { ...scene.outlets, fileBytes: 2_000 } });
		const files = await readdir(join(scene.home, 'siem'));
		expect(files.filter((file) => file.startsWith('siem.'))).toHaveLength(2);
		expect(readEvents([await readFile(path(), 'utf8')])).toHaveLength(3);
	});

	it('says what is missing, and writes into nothing but a file of its own', async () => {
		await happen();
		await deliverStreams({ settings, outlets: { ...scene.outlets, directory: undefined } });
		expect((await only(settings, stream.id)).lastError).toContain('PASSLENS_STREAMS_DIR=');
		await writeFile(join(scene.home, 'elsewhere'), 'kept');
		await rm(path());
		await symlink(join(scene.home, 'elsewhere'), path());
		await deliver(settings, Date.now() + 10_000);
		expect((await only(settings, stream.id)).lastError).toContain('ELOOP');
		expect(await readFile(join(scene.home, 'elsewhere'), 'utf8')).toBe('kept');
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
		await deliverStreams({ settings, outlets: { ...scene.outlets, allowPrivate: false } });
		expect((await only(settings, stream.id)).lastError).toContain(
			'PASSLENS_STREAMS_ALLOW_PRIVATE=1'
		);
		expect(siem.state.asked).toBe(asked);
		await removeStream(settings, stream.id);
		await settings.destroy();
	});
});
