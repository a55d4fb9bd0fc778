import { readdir, readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLES, FAILED_CEREMONY_EXAMPLE } from '../sdk/event/examples.ts';
import { startCollector } from './start-collector.ts';
import { EVENT_COLUMNS } from './store/event-row.ts';
import { batchOf, ref, startTestCollector, uuidV7, type TestCollector } from './testing/harness.ts';

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector();
});
afterAll(() => collector.close());

const TIMES = Object.values(EXAMPLES).map(({ time_unix_ms }) => time_unix_ms);
/** The examples as if their clock were right: sent a moment after the last. */
const AFTER_ALL = { sent_unix_ms: Math.max(...TIMES) + 1_000 };

describe('an example of every event', () => {
	beforeAll(async () => {
		const { 'ceremony.verdict': verdict, 'credential.revoked': revoked, ...page } = EXAMPLES;
		const responses = [
			await collector.send(Object.values(page), { envelope: AFTER_ALL }),
			await collector.send([verdict, revoked], { as: 'server', envelope: AFTER_ALL })
		];
		expect(responses.map(({ status }) => status)).toEqual([202, 202]);
		expect(await responses[0]!.json()).toMatchObject({
			accepted: Object.keys(page).length,
			refused: []
		});
		await collector.stored();
	});

	test('is one raw row each', async () => {
		const rows = await collector.query<{ event_type: string }>(
			'SELECT DISTINCT event_type FROM events_raw_v1 ORDER BY event_type'
		);
		expect(rows.map(({ event_type }) => event_type)).toEqual(Object.keys(EXAMPLES).sort());
	});

	test('becomes one ceremony, with what the page and the server told', async () => {
		expect(await collector.query('SELECT * FROM ceremonies_v1')).toMatchObject([
			{
				project_id: 'shop',
				ceremony_type: 'registration',
				outcome: 'succeeded',
				user_driven: 1,
				verified: true,
				elapsed_ms: 7350,
				os_name: 'Windows',
				browser_name: 'Chrome',
				browser_version: '147',
				client_ecosystem: 'microsoft',
				provider: 'Google Password Manager',
				credential_ecosystem: 'google',
				transports: ['hybrid', 'internal'],
				attestation_format: 'none',
				trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
				exclude_count: 1,
				application: 'web'
			}
		]);
	});

	test('becomes a credential with its whole life', async () => {
		expect(await collector.query('SELECT * FROM credentials_v1')).toMatchObject([
			{
				sync_state: 'synced',
				status: 'revoked',
				revocation_reason: 'superseded',
				credential_ecosystem: 'google',
				registration_verified: true,
				signalled_at: expect.any(String)
			}
		]);
	});

	test('becomes a prompt, a session, a sign-in and a user', async () => {
		expect(await collector.query('SELECT * FROM prompts_v1')).toMatchObject([
			{
				purpose: 'upgrade',
				showing: 2,
				shown_at: expect.any(String),
				accepted_at: expect.any(String)
			}
		]);
		expect(await collector.query('SELECT * FROM sessions_v1')).toMatchObject([
			{ os_name: 'Windows', os_version: '11', passkey_capable: true, synced_capable: true }
		]);
		expect(await collector.query('SELECT * FROM signins_v1')).toMatchObject([
			{ method: 'password', outcome: 'succeeded', fallback_reason: 'no_passkey_here' }
		]);
		expect(await collector.query('SELECT * FROM users_v1')).toMatchObject([
			{ os_names: ['Windows'], first_passkey_at: expect.any(String) }
		]);
	});

	test('keeps no reference, only this project’s pseudonyms, in the database and in every file', async () => {
		const secrets = [
			EXAMPLES['credential.revoked'].credential_ref,
			EXAMPLES['prompt.shown'].user_ref!
		];
		const [row] = await collector.query<{ text: string }>(
			'SELECT toString(groupArray(tuple(*))) AS text FROM events_raw_v1'
		);
		const spool = join(collector.dataDir, 'spool');
		const files = await Promise.all(
			(await readdir(spool)).map((file) => readFile(join(spool, file), 'utf8'))
		);
		for (const secret of secrets) expect([row!.text, ...files].join()).not.toContain(secret);
		expect(collector.log.join()).not.toContain(collector.ingestKey);
	});

	test('shows in the daily rollup within moments', async () => {
		await expect
			.poll(
				() =>
					collector.query(
						`SELECT activity, detail, toUInt32(sum(occurrences)) AS n, toUInt32(uniqExactMerge(users)) AS users
						FROM daily_activity_v1 GROUP BY activity, detail ORDER BY activity, detail`
					),
				{ timeout: 25_000 }
			)
			.toEqual([
				{ activity: 'capability_told', detail: '', n: 1, users: 1 },
				{ activity: 'eligible', detail: '', n: 1, users: 1 },
				{ activity: 'fallback', detail: 'no_passkey_here', n: 1, users: 1 },
				{ activity: 'prompt_accepted', detail: 'upgrade', n: 1, users: 1 },
				{ activity: 'prompt_dismissed', detail: 'upgrade', n: 1, users: 1 },
				{ activity: 'prompt_shown', detail: 'upgrade', n: 1, users: 1 },
				{ activity: 'registration', detail: 'succeeded', n: 1, users: 1 },
				{ activity: 'registration_verified', detail: '', n: 1, users: 1 },
				{ activity: 'seen', detail: '', n: 1, users: 1 },
				{ activity: 'signin', detail: 'password', n: 1, users: 1 }
			]);
	});

	test('sent again changes nothing', async () => {
		const { 'ceremony.verdict': verdict, 'credential.revoked': revoked, ...page } = EXAMPLES;
		const count = 'SELECT toUInt32(count()) AS n FROM ';
		await collector.send([...Object.values(page), ...Object.values(page)], { envelope: AFTER_ALL });
		await collector.send([verdict, revoked], { as: 'server', envelope: AFTER_ALL });
		await collector.stored();
		expect(await collector.query(`${count} events_raw_v1 FINAL`)).toEqual([
			{ n: Object.keys(EXAMPLES).length }
		]);
		for (const view of [
			'ceremonies_v1',
			'credentials_v1',
			'prompts_v1',
			'sessions_v1',
			'signins_v1',
			'users_v1'
		])
			expect([view, await collector.query(count + view)]).toEqual([view, [{ n: 1 }]]);
		expect(await collector.query('SELECT uses_count FROM credentials_v1')).toEqual([
			{ uses_count: '0' }
		]);
	});
});

test('what an envelope says was dropped counts once, with its first event', async () => {
	const id = uuidV7();
	const events = [
		{ ...EXAMPLES['signin.finished'], id, omitted: { dropped_events: 2, sdk_errors: 1 } },
		{ ...EXAMPLES['signin.finished'], id: uuidV7() }
	];
	for (let i = 0; i < 2; i++)
		await collector.send(events, { as: 'server', envelope: { ...AFTER_ALL, dropped_events: 5 } });
	await collector.stored();
	expect(
		await collector.query(
			`SELECT dropped_events, sdk_errors FROM events_raw_v1 FINAL WHERE dropped_events > 0`
		)
	).toEqual([{ dropped_events: 7, sdk_errors: 1 }]);
});

test('a failed ceremony carries its probable cause and what it rests on', async () => {
	const ceremony_id = uuidV7();
	await collector.send([{ ...FAILED_CEREMONY_EXAMPLE, id: uuidV7(), ceremony_id }], {
		envelope: AFTER_ALL
	});
	await collector.stored();
	expect(
		await collector.query(
			`SELECT outcome, cause, cause_confidence, cause_evidence FROM ceremonies_v1 WHERE ceremony_id = '${ceremony_id}'`
		)
	).toEqual([
		{
			outcome: 'cancelled',
			cause: 'user_cancelled',
			cause_confidence: 'likely',
			cause_evidence: [
				'The page lost focus while the call was open, so a dialog most likely appeared.',
				'It ended after 7.3 s, before time could run out.',
				'NotAllowedError: The operation either timed out or was not allowed. See: <url>.'
			]
		}
	]);
});

describe('time', () => {
	const at = async (time: number, sent: number) => {
		const session_id = uuidV7();
		const id = uuidV7();
		await collector.send(
			[{ id, type: 'client.capabilities', time_unix_ms: time, webauthn: true, session_id }],
			{ envelope: { sent_unix_ms: sent } }
		);
		await collector.stored();
		const [row] = await collector.query<{
			before: string;
			time_corrected: boolean;
			late: boolean;
			clock_skew_ms: string;
		}>(
			`SELECT received_at - occurred_at AS before, time_corrected, late, clock_skew_ms FROM events_raw_v1 WHERE event_id = '${id}'`
		);
		return { ...row!, before: Number(row!.before), skewMs: Number(row!.clock_skew_ms) };
	};

	test('of a right clock is kept', async () => {
		const now = Date.now();
		const row = await at(now - 60_000, now);
		expect(row).toMatchObject({ time_corrected: false, late: false });
		expect(row.before).toBeGreaterThanOrEqual(60);
		expect(row.before).toBeLessThan(65);
	});

	test('of a clock an hour ahead is corrected', async () => {
		const now = Date.now() + 3_600_000;
		const row = await at(now - 60_000, now);
		expect(row).toMatchObject({ time_corrected: true });
		expect(row.before).toBeCloseTo(60, 0);
		expect(row.skewMs / 1_000).toBeCloseTo(-3_600, -1);
	});

	test('in the future is the moment it was received', async () => {
		const now = Date.now();
		expect(await at(now + 86_400_000, now)).toMatchObject({ before: 0, time_corrected: true });
		expect(await at(8.64e15, now)).toMatchObject({ before: 0, time_corrected: true });
	});

	test('of forty days ago is kept and marked', async () => {
		const now = Date.now();
		const row = await at(now - 40 * 86_400_000, now);
		expect(row).toMatchObject({ late: true, time_corrected: false });
		expect(row.before).toBeCloseTo(40 * 86_400, -2);
	});

	test('that nobody could have queued for is the moment it was received', async () => {
		expect(await at(0, Date.now())).toMatchObject({ before: 0, late: true, time_corrected: true });
		expect(await at(0, 8.64e15)).toMatchObject({ before: 0 });
	});
});

test('two projects do not share a pseudonym for the same user', async () => {
	const { createProject } = await import('../settings/projects.ts');
	const other = await createProject(collector.settings, { id: 'other', name: 'Other' });
	const user_ref = ref();
	const event = () => ({
		id: uuidV7(),
		type: 'client.capabilities',
		time_unix_ms: Date.now(),
		webauthn: true,
		user_ref,
		session_id: uuidV7()
	});
	await collector.send([event()]);
	await fetch(`${collector.url}/v1/events?key=${other.ingestKey}`, {
		method: 'POST',
		headers: { 'content-type': 'text/plain' },
		body: JSON.stringify({
			schema_version: 1,
			sent_unix_ms: Date.now(),
			sdk: { name: 'x', version: '1' },
			events: [event()]
		})
	});
	await collector.stored();
	const rows = await collector.query<{ user_hash: string }>(
		'SELECT DISTINCT user_hash FROM events_raw_v1 WHERE user_hash != 0 ORDER BY received_at DESC LIMIT 2'
	);
	expect(new Set(rows.map(({ user_hash }) => user_hash)).size).toBe(2);
});

test('it is healthy and ready', async () => {
	const answers = await Promise.all(
		['/healthz', '/readyz', '/nothing'].map(
			async (path) => (await fetch(collector.url + path)).status
		)
	);
	expect(answers).toEqual([200, 200, 404]);
});

test('a port in use is an error that names it', async () => {
	const port = Number(new URL(collector.url).port);
	await expect(
		startCollector({
			port,
			dataDir: collector.dataDir,
			settings: collector.settings,
			log: () => undefined
		})
	).rejects.toMatchObject({ code: 'port_in_use', message: expect.stringContaining(String(port)) });
});

test('the list of columns is the table’s', async () => {
	const columns = await collector.query<{ name: string; type: string }>(
		`SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = 'events_raw_v1'
		AND default_kind = '' ORDER BY position`
	);
	expect(Object.fromEntries(columns.map(({ name, type }) => [name, type]))).toEqual(EVENT_COLUMNS);
});

// The last one: there is no collector after it.
test('it ends though a proxy keeps its connection and goes on sending over it', async () => {
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	const isTaken = () =>
		new Promise<boolean>((resolve) => {
			const event = { ...EXAMPLES['client.capabilities'], id: uuidV7() };
			request(`${collector.url}/v1/events?key=${collector.ingestKey}`, {
				...{ agent, method: 'POST', headers: { 'content-type': 'text/plain' } }
			})
				.on('response', (response) =>
					response.resume().on('end', () => resolve(response.statusCode === 202))
				)
				.on('error', () => resolve(false))
				.end(JSON.stringify(batchOf([event])));
		});
	let answers = 0;
	// Of two that share a connection one always waits for it.
	const sending = Array.from({ length: 2 }, async () => {
		while (await isTaken()) answers++;
	});
	await expect.poll(() => answers, { timeout: 20_000 }).toBeGreaterThan(5);
	await collector.stop();
	await Promise.all(sending);
	agent.destroy();
});
