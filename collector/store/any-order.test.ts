import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { eventSchema } from '../../sdk/event/index.ts';
import { BUILT_IN_KNOWLEDGE } from '../enrichment/knowledge.ts';
import { enrich } from '../ingest/enrich.ts';
import { pseudonymise } from '../../settings/pseudonymise.ts';
import {
	ref,
	startTestCollector,
	USER_AGENT,
	uuidV7,
	type TestCollector
} from '../testing/harness.ts';
import { encodeBlock } from './encode-block.ts';
import type { EventRow } from './event-row.ts';
import { refreshDailyActivity } from './refresh-daily-activity.ts';
import { publishRolledUpTags } from './rolled-up-tags.ts';
import { storeSegment } from './store-segment.ts';

// Each order stores the events anew, in up to thirty pieces: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 });

const SEEDS = [1, 2, 3, 4, 5];
const shuffledOf = (seed: number) => `shuffled-${seed}`;

let collector: TestCollector;
let directory: string;
/** Of the events in order, by view. */
let expected: Record<string, unknown[]>;
beforeAll(async () => {
	collector = await startTestCollector();
	directory = await mkdtemp(join(tmpdir(), 'passlens-order-'));
	const projects = ['ordered', ...SEEDS.map(shuffledOf)];
	await publishRolledUpTags({
		client: collector.client,
		chosen: new Map(projects.map((project) => [project, ['plan', 'team']]))
	});
	await store(rowsOf('ordered'), 'ordered');
	await refreshDailyActivity({ client: collector.client, projectId: 'ordered' });
	expected = await contents('ordered');
});
afterAll(async () => {
	await collector.close();
	await rm(directory, { recursive: true });
});

const NOON = Date.UTC(2026, 8, 14, 12);
const MIDNIGHT = Date.UTC(2026, 8, 15);

/** A small history with everything that could depend on order: verdicts against pages, flags that change, a midnight. */
function history(): Record<string, unknown>[] {
	const user_ref = ref();
	const credential_ref = ref();
	const legacy_ref = ref();
	const session = { session_id: uuidV7(), user_ref };
	const events: Record<string, unknown>[] = [
		{
			...session,
			type: 'client.capabilities',
			time_unix_ms: NOON,
			webauthn: true,
			platform_authenticator: true
		}
	];
	const prompt = { ...session, prompt_id: uuidV7(), purpose: 'enroll' };
	events.push(
		{ ...prompt, type: 'prompt.shown', time_unix_ms: NOON },
		{ ...prompt, type: 'prompt.accepted', time_unix_ms: NOON + 900 }
	);
	const add = (
		at: number,
		ceremony_type: string,
		credential: object | undefined,
		verdict: object | undefined,
		more: object = {}
	) => {
		const shared = { ...session, ceremony_id: uuidV7(at), ceremony_type };
		const end = credential
			? { outcome: 'succeeded', credential }
			: { outcome: 'error', error: { name: 'NotAllowedError' } };
		const request = {
			rp_id: 'shop.example',
			hints: ['client-device', 'hybrid'],
			allow_transports: ['usb', 'internal']
		};
		events.push(
			{ ...shared, request, type: 'ceremony.started', time_unix_ms: at, tags: { plan: 'pro' } },
			{
				...shared,
				request,
				type: 'ceremony.finished',
				tags: { plan: 'free', team: 'red' },
				time_unix_ms: at + 2_000,
				elapsed_ms: 2_000,
				...end,
				...more
			}
		);
		if (verdict)
			events.push({ ...shared, type: 'ceremony.verdict', time_unix_ms: at + 2_000, ...verdict });
	};
	const device = { authenticator_attachment: 'platform', transports: ['internal', 'hybrid'] };
	const unsynced = { credential_ref, backup_eligible: true, backup_state: false, ...device };
	add(
		NOON,
		'registration',
		{ ...unsynced, aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd' },
		{
			verified: true,
			attestation_format: 'none',
			credential: unsynced
		}
	);
	add(
		NOON + 60_000,
		'authentication',
		{ ...unsynced, backup_state: true, authenticator_attachment: 'cross-platform' },
		{ verified: true }
	);
	add(
		NOON + 120_000,
		'authentication',
		{ credential_ref: legacy_ref, backup_eligible: false, backup_state: false, ...device },
		{ verified: true }
	);
	add(
		NOON + 180_000,
		'registration',
		{ credential_ref: legacy_ref, backup_eligible: false, backup_state: true, ...device },
		{
			verified: false,
			reason: 'backup_flags_invalid'
		}
	);
	add(NOON + 240_000, 'authentication', undefined, undefined);
	// Starts before midnight and ends after it.
	add(MIDNIGHT - 1_000, 'authentication', unsynced, { verified: true });
	events.push(
		{
			...session,
			type: 'signin.finished',
			time_unix_ms: NOON + 300_000,
			method: 'password',
			outcome: 'succeeded',
			fallback_reason: 'user_choice'
		},
		{
			...session,
			type: 'credential.revoked',
			time_unix_ms: MIDNIGHT + 5_000,
			credential_ref: legacy_ref,
			reason: 'superseded'
		},
		{
			...session,
			type: 'credential.signalled',
			time_unix_ms: MIDNIGHT + 6_000,
			credential_ref: legacy_ref,
			signal: 'unknown_credential',
			outcome: 'succeeded'
		}
	);
	return events.map((event) => ({ id: uuidV7(), ...event }));
}

const VIEWS = [
	'ceremonies_v1',
	'credentials_v1',
	'prompts_v1',
	'sessions_v1',
	'signins_v1',
	'users_v1'
];
const ROLLUPS = {
	daily_ceremonies_v1: '* EXCEPT (project_id, times), finalizeAggregation(times) AS times',
	daily_endings_v1: '* EXCEPT project_id',
	daily_activity_v1: '* EXCEPT (project_id, users), finalizeAggregation(users) AS users',
	hourly_activity_v1: '* EXCEPT (project_id, users), finalizeAggregation(users) AS users',
	passkey_acts_v1: '* EXCEPT project_id',
	user_days_v1: '* EXCEPT project_id'
};

async function store(rows: EventRow[], name: string) {
	const path = join(directory, `${name}.rows`);
	await writeFile(path, encodeBlock(rows));
	await storeSegment({ client: collector.client, segment: { name, path }, embedded: true });
}

async function contents(project: string): Promise<Record<string, unknown[]>> {
	const result: Record<string, unknown[]> = {};
	for (const view of VIEWS)
		result[view] = await collector.query(
			`SELECT * EXCEPT project_id FROM ${view} WHERE project_id = '${project}' ORDER BY ALL`
		);
	for (const [view, columns] of Object.entries(ROLLUPS))
		result[view] = await collector.query(
			`SELECT ${columns} FROM ${view} WHERE project_id = '${project}' ORDER BY ALL`
		);
	return result;
}

/** A shuffle that a failure can be repeated from. */
function shuffle<T>(list: T[], seed: number): T[] {
	let state = seed;
	const random = () => ((state = (state * 1_103_515_245 + 12_345) % 2 ** 31), state / 2 ** 31);
	return list
		.map((item) => ({ item, at: random() }))
		.sort((a, b) => a.at - b.at)
		.map(({ item }) => item);
}

const events = history().map((event) => eventSchema.parse(event));
const pseudonyms = pseudonymise({ key: Buffer.alloc(32, 7) });

const rowsOf = (projectId: string) =>
	events.map((event) =>
		enrich(event, {
			batch: {
				schema_version: 1,
				sent_unix_ms: MIDNIGHT + 10_000,
				sdk: { name: 'x', version: '1' }
			},
			projectId,
			pseudonyms,
			knowledge: BUILT_IN_KNOWLEDGE,
			country: '',
			userAgent: event.type === 'ceremony.verdict' ? '' : USER_AGENT,
			received: MIDNIGHT + 10_000
		})
	);

test('in order, the events give every view something to hold', async () => {
	expect(Object.entries(expected).map(([view, rows]) => [view, rows.length > 0])).toEqual(
		Object.keys(expected).map((view) => [view, true])
	);
});

test.each(SEEDS)(
	'the same events in any order, twice over, in any pieces, give the same contents everywhere: seed %i',
	async (seed) => {
		const project = shuffledOf(seed);
		const rows = shuffle([...rowsOf(project), ...rowsOf(project)], seed);
		for (let at = 0, piece = 0; at < rows.length; at += seed * 3, piece++)
			await store(rows.slice(at, at + seed * 3), `${project}-${piece}`);
		await refreshDailyActivity({ client: collector.client, projectId: project });
		const found = await contents(project);
		for (const [view, rowsOfView] of Object.entries(expected))
			expect(found[view], view).toEqual(rowsOfView);
	}
);

test('a ceremony counts once, on the day it began', async () => {
	const rows = await collector.query(
		`SELECT day, toUInt32(sum(occurrences)) AS n FROM daily_activity_v1
		WHERE project_id = 'ordered' AND activity = 'authentication' GROUP BY day ORDER BY day`
	);
	expect(rows).toEqual([{ day: '2026-09-14', n: 4 }]);
});
