import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDatabase } from '../../migrations/connect.ts';
import { mutate } from '../../migrations/mutate.ts';
import { eventSchema } from '../../sdk/event/index.ts';
import { writeLegacyModels } from '../../settings/legacy-rules.ts';
import { setLegacyVersions } from '../../settings/set-legacy-versions.ts';
import { nameSignature, signatureId, forgetSignature } from '../../settings/signature-names.ts';
import { CLASSIFIER_VERSION, type Classification } from '../domain/classify-failure.ts';
import { BUILT_IN_KNOWLEDGE, type Knowledge } from '../enrichment/knowledge.ts';
import { enrich } from '../ingest/enrich.ts';
import { pseudonymise } from '../../settings/pseudonymise.ts';
import { openScratchDatabase, type ScratchDatabase } from '../lifecycle/scratch-database.ts';
import { verify } from '../lifecycle/verify.ts';
import { encodeBlock } from '../store/encode-block.ts';
import { refreshDailyActivity } from '../store/refresh-daily-activity.ts';
import { storeSegment } from '../store/store-segment.ts';
import {
	ref,
	startTestCollector,
	USER_AGENT,
	uuidV7,
	type TestCollector
} from '../testing/harness.ts';
import { reclassify, type ReclassifyOptions } from './reclassify.ts';
import { listSignatures } from './signatures.ts';

const PROJECTS = ['old-a', 'old-b'];
const DAYS = 3;
const FAILURES_A_DAY = 6;
const MIDNIGHT = Date.UTC(2026, 8, 14);
const NEW_AAGUID = '11111111-2222-4333-8444-555555555555';
const ODD = { error_name: 'HouseError', error_signature: 'odd', error_code: '' };

/** An older classifier that knew nothing but that users cancel, and tables without one provider. */
const OLDER: Knowledge = {
	...BUILT_IN_KNOWLEDGE,
	classify: (): Classification => ({
		...{
			cause: 'user_cancelled',
			confidence: 'possible',
			evidence: ['Older rules.'],
			rule: 'older'
		}
	}),
	classifierVersion: () => CLASSIFIER_VERSION - 1
};

/** Recomputing everything from the raw events, as `verify` does, takes a while on a busy machine. */
const VERIFYING_MS = 240_000;

let collector: TestCollector;
let directory: string;
let scratch: ScratchDatabase;
beforeAll(async () => {
	collector = await startTestCollector();
	// The history is told below; nothing else writes meanwhile.
	await collector.stop();
	directory = await mkdtemp(join(tmpdir(), 'passlens-reclassify-'));
	for (const project of PROJECTS) await tellHistory(project);
	await refreshDailyActivity({ client: collector.client });
	scratch = await openScratchDatabase(collector.database);
});
afterAll(async () => {
	await scratch.drop();
	await collector.close();
	await rm(directory, { recursive: true });
});

/** Each day: failures that began the evening before, one odd one, and a registration whose provider nobody knew. */
async function tellHistory(projectId: string): Promise<void> {
	const events: Record<string, unknown>[] = [];
	for (let day = 0; day < DAYS; day++) {
		const at = MIDNIGHT + day * 86_400_000;
		for (let n = 0; n < FAILURES_A_DAY; n++) {
			const ceremony = {
				...{ ceremony_id: uuidV7(at - 2_000), ceremony_type: 'authentication', request: {} },
				user_ref: ref()
			};
			const error = n === 0 ? { name: 'HouseError', signature: 'odd' } : { name: 'UnknownError' };
			events.push(
				{ ...ceremony, type: 'ceremony.started', time_unix_ms: at - 2_000 },
				{
					...{ ...ceremony, type: 'ceremony.finished', time_unix_ms: at + 2_000 },
					...{ outcome: 'error', elapsed_ms: 4_000, error, evidence: { blurred: true } }
				}
			);
		}
		events.push({
			...{ type: 'ceremony.finished', time_unix_ms: at + 5_000, outcome: 'succeeded' },
			...{ ceremony_id: uuidV7(at + 4_000), ceremony_type: 'registration', request: {} },
			...{ elapsed_ms: 900, user_ref: ref() },
			credential: {
				...{ credential_ref: ref(), aaguid: NEW_AAGUID, authenticator_attachment: 'platform' },
				...{ transports: ['internal'], backup_eligible: false, backup_state: false }
			}
		});
	}
	const received = MIDNIGHT + DAYS * 86_400_000;
	const rows = events.map((event) =>
		enrich(eventSchema.parse({ id: uuidV7(), ...event }), {
			batch: { schema_version: 1, sent_unix_ms: received, sdk: { name: 'x', version: '1' } },
			pseudonyms: pseudonymise({ key: Buffer.alloc(32, projectId) }),
			...{ projectId, knowledge: OLDER, country: '', userAgent: USER_AGENT, received }
		})
	);
	const path = join(directory, `${projectId}.rows`);
	await writeFile(path, encodeBlock(rows));
	// A session of its own: an embedded one keeps the token, and would skip every later insert as a repetition.
	const client = await connectDatabase({ dataDir: collector.dataDir });
	await storeSegment({ client, embedded: true, segment: { name: projectId, path } });
	await client.close();
}

function run(options: Partial<ReclassifyOptions> = {}) {
	const { client, settings, dataDir } = collector;
	return reclassify({ client, settings, database: { dataDir }, ...options });
}

/** Everything that `verify` recomputes from the raw events is as it recomputes it. */
async function expectConsistent(projectId = 'old-a'): Promise<void> {
	const { client, database } = collector;
	const [result] = await verify({ client, database, scratch, projectId });
	expect(result?.differences).toEqual([]);
}

const outcomes = (project: string) =>
	collector.query<{ outcome: string; cause: string; n: number }>(
		`SELECT outcome, cause, toUInt8(count()) AS n FROM ceremonies_v1
		WHERE project_id = '${project}' AND outcome != 'succeeded' GROUP BY outcome, cause ORDER BY outcome, cause`
	);
const dailyOutcomes = (project: string) =>
	collector.query<{ detail: string; n: number }>(
		`SELECT detail, toUInt8(sum(occurrences)) AS n FROM daily_activity_v1
		WHERE project_id = '${project}' AND activity = 'authentication' GROUP BY detail ORDER BY detail`
	);

const ALL = DAYS * FAILURES_A_DAY;
const progress: number[] = [];

test('a history that an older version classified says what that one said', async () => {
	for (const project of PROJECTS) {
		expect(await outcomes(project)).toEqual([
			{ outcome: 'cancelled', cause: 'user_cancelled', n: ALL }
		]);
		expect(await dailyOutcomes(project)).toEqual([{ detail: 'cancelled', n: ALL }]);
	}
});

describe('under the newest rules', () => {
	test(
		'a run that is stopped has changed what it got to, wholly, and says that it is not through',
		async () => {
			const controller = new AbortController();
			const stopped = await run({
				projectId: 'old-a',
				eventsAtOnce: FAILURES_A_DAY,
				signal: controller.signal,
				onProgress: ({ done, total }) => {
					progress.push(done);
					if (done >= total / 2) controller.abort();
				}
			});
			expect(stopped.finished).toBe(false);
			expect(stopped.written).toBeGreaterThan(0);
			expect(stopped.written).toBeLessThan(ALL);
			await expectConsistent();
			expect((await dailyOutcomes('old-a')).map(({ detail }) => detail)).toEqual([
				'cancelled',
				'failed'
			]);
		},
		VERIFYING_MS
	);

	test(
		'the next run goes on, moves every table, and says what moved',
		async () => {
			const left = await run({ projectId: 'old-a' });
			expect(left).toMatchObject({ finished: true, version: CLASSIFIER_VERSION });
			const other = await run();
			expect(other).toEqual({
				...{ finished: true, version: CLASSIFIER_VERSION, written: ALL },
				looked: ALL + DAYS * PROJECTS.length,
				moves: [
					{
						...{ what: 'cause', from: 'user_cancelled (possible)' },
						...{ to: 'authenticator_error (likely)', events: ALL - DAYS }
					},
					{
						...{ what: 'cause', from: 'user_cancelled (possible)' },
						...{ to: 'unknown (possible)', events: DAYS }
					}
				]
			});
			expect(progress.every((done, at) => at === 0 || done > progress[at - 1]!)).toBe(true);
			for (const project of PROJECTS) {
				expect(await outcomes(project)).toEqual([
					{ outcome: 'failed', cause: 'authenticator_error', n: ALL - DAYS },
					{ outcome: 'failed', cause: 'unknown', n: DAYS }
				]);
				expect(await dailyOutcomes(project)).toEqual([{ detail: 'failed', n: ALL }]);
			}
			expect(await run()).toMatchObject({ written: 0, moves: [], finished: true });
		},
		VERIFYING_MS
	);

	test('the raw signature stays, with the rule that gave the cause and its version', async () => {
		expect(
			await collector.query(
				`SELECT DISTINCT error_name, error_signature, cause_rule, classifier_version, cause_evidence
				FROM events_raw_v1 FINAL WHERE client_outcome = 'error' ORDER BY error_name`
			)
		).toEqual([
			{
				...{
					error_name: 'HouseError',
					error_signature: 'odd',
					cause_evidence: ['HouseError: odd']
				},
				...{ cause_rule: '', classifier_version: CLASSIFIER_VERSION }
			},
			expect.objectContaining({ error_name: 'UnknownError', cause_rule: 'authenticator-failed' })
		]);
	});
});

describe('an error no rule knows', () => {
	test('is counted and listed, where it was seen and since when', async () => {
		const listed = await listSignatures({ client: collector.client });
		expect(listed).toEqual([
			{
				...{ ...ODD, id: signatureId(ODD), causes: ['unknown (possible)'] },
				...{ occurrences: DAYS * PROJECTS.length, unknown: DAYS * PROJECTS.length },
				...{ clients: ['Chrome on Windows'], first_seen: '2026-09-14', last_seen: '2026-09-16' }
			}
		]);
		const all = await listSignatures({ client: collector.client, all: true, projectId: 'old-a' });
		expect(all.map(({ error_name }) => error_name)).toEqual(['UnknownError', 'HouseError']);
	});

	test(
		'gets the operator’s name for it, in the past too, and loses it again',
		async () => {
			const { settings } = collector;
			const named = { cause: 'extension_interfered', confidence: 'likely', note: 'our proxy' };
			await nameSignature(settings, { ...ODD, ...named, author: 'Kim' });
			const move = { what: 'cause', events: DAYS * PROJECTS.length };
			const there = { from: 'unknown (possible)', to: 'extension_interfered (likely)' };
			expect(await run()).toMatchObject({
				...{ version: CLASSIFIER_VERSION + 1, moves: [{ ...move, ...there }] }
			});
			expect(await listSignatures({ client: collector.client })).toEqual([]);
			expect(
				await collector.query(
					`SELECT DISTINCT cause, cause_evidence FROM ceremonies_v1 WHERE error_name = 'HouseError'`
				)
			).toEqual([
				{
					cause: 'extension_interfered',
					cause_evidence: ['Named by the operator: our proxy', 'HouseError: odd']
				}
			]);

			expect(await forgetSignature(settings, { ...ODD, author: 'Kim' })).toBe(true);
			expect(await forgetSignature(settings, { ...ODD, author: 'Kim' })).toBe(false);
			expect(await run()).toMatchObject({
				moves: [{ ...move, from: there.to, to: there.from }],
				version: CLASSIFIER_VERSION + 2
			});
		},
		VERIFYING_MS
	);
});

test(
	'a provider that a list names now is named in the past, and what its passkeys were taken for is taken back',
	async () => {
		const ledger = () =>
			collector.query(
				`SELECT DISTINCT provider, credential_ecosystem, credential_legacy_class AS legacy FROM credentials_v1`
			);
		expect(await ledger()).toEqual([
			{ provider: '', credential_ecosystem: 'microsoft', legacy: 'windows_hello' }
		]);
		await collector.client.insert({
			table: 'authenticators_state_v1',
			values: [{ aaguid: NEW_AAGUID, generation: Date.now() + 60_000, name: 'New Manager' }],
			format: 'JSONEachRow'
		});
		const { moves } = await run();
		const events = DAYS * PROJECTS.length;
		expect(moves).toEqual([
			{ what: 'provider', from: '', to: 'New Manager', events },
			{ what: 'ecosystem', from: 'microsoft', to: 'third_party', events },
			{ what: 'legacy class', from: 'windows_hello', to: '', events }
		]);
		expect(await ledger()).toEqual([
			{ provider: 'New Manager', credential_ecosystem: 'third_party', legacy: '' }
		]);
		expect(
			await collector.query(
				`SELECT DISTINCT provider, credential_ecosystem, legacy_class FROM ceremonies_v1 WHERE aaguid != ''`
			)
		).toEqual([{ provider: 'New Manager', credential_ecosystem: 'third_party', legacy_class: '' }]);
		await expectConsistent();
	},
	VERIFYING_MS
);

describe('a run that was killed is made good by the next:', () => {
	test(
		'between the events and their ceremonies',
		async () => {
			const before = await outcomes('old-a');
			await mutate({
				...{ client: collector.client, table: 'ceremonies_state_v1' },
				change: `UPDATE classification = (${CLASSIFIER_VERSION - 1}, 'user_cancelled', 'possible')
				WHERE project_id = 'old-a' AND client_outcome = 'error'`
			});
			expect((await outcomes('old-a')).map(({ cause }) => cause)).toEqual(['user_cancelled']);
			expect(await run()).toMatchObject({ written: ALL, moves: [] });
			expect(await outcomes('old-a')).toEqual(before);
		},
		VERIFYING_MS
	);

	test('between the ceremonies and the days they count in', async () => {
		await writeFile(
			join(collector.dataDir, 'reclassify-days.json'),
			JSON.stringify([{ projectId: 'old-a', day: '2026-09-15', aaguids: [] }])
		);
		const generation = () =>
			collector.query(
				`SELECT max(generation) AS at FROM daily_generations_v1 WHERE project_id = 'old-a' AND day = '2026-09-15'`
			);
		const before = await generation();
		expect(await run()).toMatchObject({ written: 0 });
		expect(await generation()).not.toEqual(before);
	});
});

test(
	'what an operator says of a model’s legacy class is taken to the past, and back',
	async () => {
		const classes = () =>
			collector.query(
				`SELECT credential_legacy_class AS class, toUInt8(count()) AS n FROM credentials_v1
				WHERE project_id = 'old-a' GROUP BY class`
			);
		const before = await classes();
		await writeLegacyModels(collector.settings, new Map([[NEW_AAGUID, 'other_platform']]));
		const { moves } = await run({ projectId: 'old-a' });
		expect(moves).toMatchObject([{ what: 'legacy class', to: 'other_platform', events: DAYS }]);
		expect(await classes()).toEqual([{ class: 'other_platform', n: DAYS }]);
		await expectConsistent();
		await writeLegacyModels(collector.settings, new Map());
		await run({ projectId: 'old-a' });
		expect(await classes()).toEqual(before);
	},
	VERIFYING_MS
);

test(
	'the last version of a system whose own passkeys are legacy is taken to the past, and back',
	async () => {
		const { settings } = collector;
		const classes = () =>
			collector.query(
				`SELECT credential_legacy_class AS class, toUInt8(count()) AS n FROM credentials_v1
				WHERE project_id = 'old-b' GROUP BY class`
			);
		const before = await classes();
		// As long as nobody knows its provider, it is the system's own.
		await collector.client.insert({
			table: 'authenticators_state_v1',
			values: [{ aaguid: NEW_AAGUID, generation: Date.now() + 120_000, name: '' }],
			format: 'JSONEachRow'
		});
		await run({ projectId: 'old-b' });
		expect(await classes()).toEqual([{ class: 'windows_hello', n: DAYS }]);
		await setLegacyVersions(settings, { windows: 'none' });
		const { moves } = await run({ projectId: 'old-b' });
		expect(moves).toEqual([{ what: 'legacy class', from: 'windows_hello', to: '', events: DAYS }]);
		expect(await classes()).toEqual([{ class: '', n: DAYS }]);
		await expectConsistent('old-b');
		await setLegacyVersions(settings, {});
		await run({ projectId: 'old-b' });
		expect(await classes()).toEqual([{ class: 'windows_hello', n: DAYS }]);
		expect(before).toEqual([{ class: '', n: DAYS }]);
	},
	VERIFYING_MS
);
