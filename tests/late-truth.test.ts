import type { ClickHouseClient } from '@clickhouse/client';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { pseudonymise } from '../settings/pseudonymise.ts';
import { untilErased } from '../collector/lifecycle/people.ts';
import { startCollector, type CollectorOptions } from '../collector/start-collector.ts';
import { reclassify } from '../collector/reclassify/reclassify.ts';
import { connectDatabase } from '../migrations/connect.ts';
import { migrateDatabase } from '../migrations/migrate-database.ts';
import { makeDataDir } from '../migrations/testing/make-data-dir.ts';
import { requestErasure } from '../settings/erasures.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import { savePolicy } from '../settings/policies.ts';
import { createProject, findPseudonymKey } from '../settings/projects.ts';
import { setRolledUpTags } from '../settings/rolled-up-tags.ts';
import { forgetSignature, nameSignature } from '../settings/signature-names.ts';
import { createRandom } from '../simulator/random.ts';
import { sendToCollector } from '../simulator/send-to-collector.ts';
import { simulate } from '../simulator/simulate.ts';
import type { Transmission } from '../simulator/transmission.ts';
import { EXPERIMENT } from '../simulator/visit.ts';
import { EXAMPLE } from '../src/routes/policies/edit/example.ts';
import { findErasable, tearApart } from './support/late-delivery.ts';
import { readPages } from './support/page-data.ts';
import { lastSunday } from './support/simulated-project.ts';

// The same events twice in one database: once as they happened, and once in two waves with everything that can go wrong on
// the way. Both waves are rolled up before the truth is whole, so what changes has to change the past.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const SCENARIO = { seed: 'late truth', users: 50, days: 45, end: lastSunday(), trouble: 8 };
type Project = 'in-order' | 'late';

/** What an operator's list once said of providers, and of an error, and says no more. */
const WRONG_NAMES = {
	'fbfc3007-154e-4ecc-8c0b-6e020557d7bd': { name: 'Misnamed one', ecosystem: 'microsoft' },
	'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4': { name: 'Misnamed two', ecosystem: 'third_party' },
	'08987058-cadc-4b81-b6e1-30de50dcbe96': { name: 'Misnamed three', ecosystem: 'security_key' }
};
const CANCELLED = {
	error_name: 'NotAllowedError',
	error_signature: 'This request has been cancelled by the user.',
	error_code: ''
};

let dataDir: string;
let settings: Settings;
let client: ClickHouseClient;
let keys: Record<Project, { ingestKey: string; serverKey: string }>;
let rewritten: number;

beforeAll(async () => {
	dataDir = await makeDataDir('passlens-late-');
	await migrateDatabase({ dataDir });
	client = await connectDatabase({ dataDir });
	settings = await openSettings({ dataDir });
	keys = {
		'in-order': await createProject(settings, { id: 'in-order', name: 'In order (synthetic)' }),
		late: await createProject(settings, { id: 'late', name: 'Late (synthetic)' })
	};
	for (const projectId of ['in-order', 'late']) {
		await savePolicy(settings, { projectId, document: EXAMPLE, note: '', author: '' });
		await setRolledUpTags(settings, { projectId, tags: [EXPERIMENT] });
	}
	// One key for both, so that even what lists show of people and passkeys is the same.
	await settings
		.updateTable('project')
		.set({ pseudonym_key: Buffer.alloc(32, 7).toString('base64') })
		.execute();
	const inOrder: Transmission[] = [...simulate(SCENARIO)]
		.flatMap(({ transmissions }) => transmissions)
		.map((one) => ({ ...one, knowsItsSkew: true }));
	const erased = findErasable(inOrder);
	const [first, second] = tearApart(inOrder, { erased, random: createRandom('late') });

	// Older rules and tables take the first wave; then somebody is erased whose verdicts are still on their way.
	const list = join(dataDir, 'aaguids.json');
	await writeFile(list, JSON.stringify(WRONG_NAMES));
	const named = { cause: 'timed_out', confidence: 'certain', note: '', author: '' };
	await nameSignature(settings, { ...CANCELLED, ...named });
	await whileCollecting({ tables: { aaguids: list } }, async (url) => {
		await send(url, 'late', first);
	});
	await whileCollecting({ tables: { aaguids: list } }, () => erase('late', erased));

	// The tables are mended. The rest of the late ones comes beside all of the others.
	await forgetSignature(settings, { ...CANCELLED, author: '' });
	await whileCollecting({ tables: {} }, async (url) => {
		await send(url, 'in-order', inOrder, 1);
		await send(url, 'late', second);
		await erase('in-order', erased);
	});
	const database = { dataDir };
	({ written: rewritten } = await reclassify({ client, settings, database }));
});
afterAll(async () => {
	await client?.close();
	await settings?.destroy();
	await rm(dataDir, { recursive: true, force: true });
});

/** Starts a collector; closing it brings the spool into the database and the rollups up to date. */
async function whileCollecting(
	options: Partial<CollectorOptions>,
	work: (url: string) => Promise<void>
) {
	const log = () => undefined;
	const collector = await startCollector({ port: 0, dataDir, settings, log, ...options });
	await work(collector.url);
	await collector.close();
}

async function send(
	collectorUrl: string,
	project: Project,
	transmissions: Transmission[],
	concurrency = 12
) {
	const days = [{ day: 'all', facts: [], transmissions }];
	await sendToCollector({ collectorUrl, ...keys[project], days, now: Infinity, concurrency });
}

async function erase(projectId: Project, userRef: string) {
	const key = await findPseudonymKey(settings, projectId);
	const userHash = pseudonymise({ key }).user(userRef);
	const { id } = await requestErasure(settings, { projectId, userHash });
	const erasure = await untilErased({ settings, id, patienceMs: 120_000 });
	expect(erasure.events).toBeGreaterThan(5);
}

/** How an event came here is its own. */
const OF_THE_WAY = ['received_at', 'clock_skew_ms', 'time_corrected', 'savedAt'];

async function rowsOf(view: string, project: Project, except: string) {
	const result = await client.query({
		query: `SELECT * EXCEPT (project_id${except}) FROM ${view} WHERE project_id = {project: String} ORDER BY ALL`,
		query_params: { project },
		format: 'JSONEachRow'
	});
	return result.json();
}

test('older rules had told of the late ones, and newer ones told anew', () => {
	expect(rewritten).toBeGreaterThan(10);
});

/** Without what says how an event travelled, and sets and quantiles, whose bytes may differ. */
const VIEWS: [view: string, except: string][] = [
	['ceremonies_v1', ', received_at, clock_skew_ms'],
	['credential_ledger_v1', ''],
	['credential_observations_v1', ''],
	['prompts_v1', ''],
	['sessions_v1', ''],
	['signins_v1', ''],
	['users_v1', ''],
	['user_state_v1', ''],
	['passkey_acts_v1', ''],
	['user_days_v1', ''],
	['daily_ceremonies_v1', ', times'],
	['daily_endings_v1', ''],
	['daily_activity_v1', ', users'],
	['hourly_activity_v1', ', users']
];

test.each(VIEWS)('%s is the same row by row', async (view, except) => {
	const inOrder = await rowsOf(view, 'in-order', except);
	expect(inOrder.length).toBeGreaterThan(20);
	expect(await rowsOf(view, 'late', except)).toEqual(inOrder);
});

const WHOLE = `period=custom&from=2020-01-01&to=${SCENARIO.end}&compare=none`;

test.each([
	['user_days_v1', ''],
	['passkey_acts_v1', ''],
	['daily_ceremonies_v1', ', times']
])('%s tells the values of the chosen tag apart', async (view, except) => {
	const rows = (await rowsOf(view, 'late', except)) as { tags: string[] }[];
	const values = new Set(rows.flatMap(({ tags }) => tags));
	expect(values.size).toBeGreaterThan(1);
});

test.each([
	`${WHOLE}&funnel=enrolment&step=created`,
	`${WHOLE}&funnel=signin&step=answered&window=5m&without=tests`,
	`period=30d&ecosystem=apple&funnel=cross-device&step=answered`
])('every page shows the same: %s', async (search) => {
	const params = await detailPages();
	const inOrder = await pagesOf('in-order', search, params);
	expect(JSON.stringify(inOrder).length).toBeGreaterThan(20_000);
	expect(await pagesOf('late', search, params)).toEqual(inOrder);
});

/** A ceremony and a credential whose pages are read. */
async function detailPages() {
	const result = await client.query({
		query: `SELECT toString(ceremony_id) AS id, leftPad(lower(hex(credential_hash)), 16, '0') AS hash,
			leftPad(lower(hex(user_hash)), 16, '0') AS user FROM ceremonies_v1
			WHERE project_id = 'in-order' AND outcome = 'succeeded' AND credential_hash != 0 AND user_hash != 0 ORDER BY ceremony_id LIMIT 1`,
		format: 'JSONEachRow'
	});
	const [row] = await result.json<{ id: string; hash: string; user: string }>();
	return { ...row! };
}

async function pagesOf(project: Project, search: string, params: Record<string, string>) {
	const pages = await readPages({
		environment: { PASSLENS_DATA_DIR: dataDir, CLICKHOUSE_URL: undefined },
		search: `?project=${project}&${search}`,
		params
	});
	const text = JSON.stringify(pages, (name, value: unknown) =>
		OF_THE_WAY.includes(name) ? undefined : value
	);
	const named = text.replaceAll(`"${project}"`, '"this"');
	// Addresses name the project, unless it is the default.
	return JSON.parse(named.replaceAll(`?project=${project}&`, '?')) as unknown;
}
