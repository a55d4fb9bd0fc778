import type { ClickHouseClient } from '@clickhouse/client';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refreshDailyActivity } from '../../collector/store/refresh-daily-activity.ts';
import { applyMigrations } from '../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../migrations/connect.ts';
import { queryCeremonyDifferences } from '../../src/lib/server/queries/ceremony-differences.ts';
import { ceremonyParameters } from '../../src/lib/server/queries/ceremony-parameters.ts';
import { readEnrolmentFunnel } from '../../src/lib/server/queries/enrolment-funnel.ts';
import { queryLedgerFindings } from '../../src/lib/server/queries/ledger-findings.ts';
import { queryRemovalCourse } from '../../src/lib/server/queries/removal-course.ts';
import { querySigninFunnel } from '../../src/lib/server/queries/signin-funnel.ts';
import { toParameters } from '../../src/lib/server/queries/filter-sql.ts';
import { queryKpiPasskeyHolders } from '../../src/lib/server/queries/kpi-passkey-holders.ts';
import { queryStrandedUsers } from '../../src/lib/server/queries/stranded-users.ts';
import { queryFailureHistory } from '../../src/lib/server/queries/failure-history.ts';
import { queryRiskCourse } from '../../src/lib/server/queries/risk.ts';
import { querySyncCoverage } from '../../src/lib/server/queries/sync-coverage.ts';
import { upgradeFunnel } from '../../src/lib/server/queries/upgrade-funnel.ts';
import { queryKpiCeremonies } from '../../src/lib/server/queries/kpi-ceremonies.ts';
import { toSpanParameters } from '../../src/lib/server/queries/spans-sql.ts';
import type { Filters } from '../../src/lib/filters.ts';
import { DAYS, INSERT_EVENTS } from './generate-sql.ts';

/**
 * What the heaviest queries read, by ClickHouse's own plan: parts and granules, which are the same on every machine, not time.
 * What is kept lies in plans.json; `UPDATE_PLANS=1` writes it anew when a plan is meant to change.
 */
const KEPT = join(import.meta.dirname, 'plans.json');
const CEREMONIES = 30_000;
const UNTIL = Date.UTC(2026, 9, 31, 12);
const filters: Filters = {
	...{ project: 'plans', zone: 'UTC', period: '30d', from: '2026-10-02', to: '2026-10-31' },
	...{
		compare: 'previous',
		ecosystem: '',
		platform: '',
		browser: '',
		application: '',
		environment: '',
		release: '',
		country: '',
		tagged: '',
		provider: '',
		without: ''
	}
};

/** By table. */
type Plan = Record<string, { parts: number; granules: number }>;

let dataDir: string;
let client: ClickHouseClient;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-plans-'));
	await createDatabase({ dataDir });
	client = await connectDatabase({ dataDir });
	await applyMigrations({ client });
	await client.command({
		query: INSERT_EVENTS,
		query_params: {
			...{ project: 'plans', first: 0, count: CEREMONIES, ceremonies: CEREMONIES, users: 1_000 },
			...{ start: UNTIL - DAYS * 86_400_000, span: (DAYS * 86_400_000) / CEREMONIES }
		}
	});
	await refreshDailyActivity({ client, projectId: 'plans' });
	const tables = await rows<{ name: string }>(
		`SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`
	);
	// One part each, so that the numbers don't depend on which merges have been done.
	for (const { name } of tables) await client.command({ query: `OPTIMIZE TABLE ${name} FINAL` });
}, 180_000);
afterAll(async () => {
	await client.close();
	await rm(dataDir, { recursive: true, force: true });
});

const HEAVIEST: [string, () => Promise<unknown>][] = [
	[
		'ceremony-differences',
		() =>
			queryCeremonyDifferences(
				client,
				ceremonyParameters(filters, new URLSearchParams({ outcome: 'failed' }))
			)
	],
	['ledger-findings', () => queryLedgerFindings(client, toParameters(filters))],
	[
		'removal-course',
		() => queryRemovalCourse(client, { ...toParameters(filters), days: [filters.to] })
	],
	['signin-funnel', () => querySigninFunnel(client, toParameters(filters))],
	['upgrade-funnel', () => upgradeFunnel(client, toParameters(filters))],
	['enrolment-funnel', () => readEnrolmentFunnel(client, toParameters(filters), { offers: true })],
	['sync-coverage', () => querySyncCoverage(client, toParameters(filters))],
	['stranded-users', () => queryStrandedUsers(client, toParameters(filters))],
	['kpi-passkey-holders', () => queryKpiPasskeyHolders(client, toSpanParameters(filters))],
	['kpi-ceremonies', () => queryKpiCeremonies(client, toSpanParameters(filters))],
	['risk-course', () => queryRiskCourse(client, { ...toParameters(filters), days: [filters.to] })],
	['failure-history', () => queryFailureHistory(client, toParameters(filters))]
];

test('the heaviest queries read no more parts and granules than they did', async () => {
	const plans: Record<string, Plan> = {};
	for (const [name, run] of HEAVIEST) plans[name] = await planOf(run);
	if (process.env.UPDATE_PLANS) await writeFile(KEPT, `${JSON.stringify(plans, null, '\t')}\n`);
	expect(
		plans,
		'A query reads something else than it did. If that is meant, run with UPDATE_PLANS=1.'
	).toEqual(JSON.parse(await readFile(KEPT, 'utf8')));
});

/** Tell apart what no rollup keeps apart, on the days of the period. */
const OF_CEREMONIES = ['ceremony-differences', 'signin-funnel'];

test('none of them reads raw events, and few read whole ceremonies', async () => {
	for (const [name, run] of HEAVIEST) {
		const tables = Object.keys(await planOf(run));
		expect(tables, name).not.toContain('events_raw_v1');
		expect(tables.includes('ceremonies_state_v1'), name).toBe(OF_CEREMONIES.includes(name));
	}
});

test('a period of thirty days leaves most days unread, and what passkeys did is read once', async () => {
	const [all] = await rows<{ marks: string }>(
		`SELECT sum(marks) AS marks FROM system.parts WHERE active AND database = currentDatabase() AND table = 'user_days_state_v1'`
	);
	const plan = await planOf(() =>
		readEnrolmentFunnel(client, toParameters(filters), { offers: true })
	);
	expect(plan['user_days_state_v1']!.granules).toBeLessThanOrEqual(Number(all!.marks) / 2);
	// The table is one part, so its parts are how often it is read.
	expect(plan['passkey_acts_state_v1']!.parts).toBe(1);
});

/** The query is asked as the page asks it, and then explained with the same parameters. */
async function planOf(run: () => Promise<unknown>): Promise<Plan> {
	const ask = client.query;
	let last: Parameters<typeof ask>[0] | undefined;
	Object.assign(client, {
		query: (options: Parameters<typeof ask>[0]) => {
			last = options;
			return ask.call(client, options);
		}
	});
	try {
		await run();
	} finally {
		Object.assign(client, { query: ask });
	}
	const found = await rows<{ table: string; parts: string; marks: string }>(
		`EXPLAIN ESTIMATE ${last!.query}`,
		last!.query_params
	);
	return Object.fromEntries(
		found
			.map(
				({ table, parts, marks }) =>
					[table, { parts: Number(parts), granules: Number(marks) }] as const
			)
			.toSorted(([a], [b]) => (a < b ? -1 : 1))
	);
}

async function rows<Row>(query: string, query_params: Record<string, unknown> = {}) {
	const result = await client.query({ query, query_params, format: 'JSONEachRow' });
	return result.json<Row>();
}
