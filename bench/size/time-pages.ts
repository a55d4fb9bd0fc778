/**
 * Asks every page's questions of the database in the directory given, as the page itself does: its own `load`, by Vite.
 * Each query is timed by itself, one at a time. Sends `PageQueries[]` when it is done.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import { createServer } from 'vite';
import type { Settings } from '../../settings/open-settings.ts';
import { listPolicies, savePolicy } from '../../settings/policies.ts';
import type { Project } from '../../settings/projects.ts';
import { fullAccess } from '../../src/lib/server/access/access.ts';
import { GROUP_ID } from '../../src/lib/server/queries/failure-sql.ts';
import { EXAMPLE } from '../../src/routes/policies/edit/example.ts';
import { listPages, type Things } from './list-pages.ts';

export interface QueryTime {
	/** Its name, and which of several of that name on the page. */
	query: string;
	/** First asking in this process. */
	coldMs: number;
	/** 95 of 100 later askings took at most so long. */
	warmMs: number;
	/** Median of the processor time of the later askings, all threads together: what else the machine does changes it little. */
	cpuMs: number;
	/** By EXPLAIN ESTIMATE: what the indexes leave to read, of all tables. */
	parts: number;
	rows: number;
	marks: number;
}

export interface PageQueries {
	page: string;
	/** All its queries, one after another. */
	totalMs: number;
	queries: QueryTime[];
}

interface Asked {
	query: string;
	sql: string;
	parameters: Record<string, unknown>;
	ms: number;
	cpuMs: number;
}

type Load = (event: object) => Promise<Record<string, unknown>>;

const [dataDir, project, rounds] = process.argv.slice(2) as [string, string, string];
const HEX = (hash: string) => `leftPad(lower(hex(${hash})), 16, '0')`;
process.env.PASSLENS_DATA_DIR = dataDir;
const vite = await createServer({
	server: { middlewareMode: true, watch: null, hmr: false, ws: false },
	appType: 'custom',
	logLevel: 'error',
	optimizeDeps: { noDiscovery: true, include: [] }
});
const { database } = (await vite.ssrLoadModule('/src/lib/server/database.ts')) as {
	database(): Promise<ClickHouseClient>;
};
const { projects } = (await vite.ssrLoadModule('/src/lib/server/projects.ts')) as {
	projects(): Promise<Project[]>;
};
const { settings } = (await vite.ssrLoadModule('/src/lib/server/settings.ts')) as {
	settings(): Promise<Settings>;
};
const client = await database();
// A page gives up after a while; what its questions take beyond that is to be known too.
await client.command({ query: 'SET max_execution_time = 0' });
const access = fullAccess(await projects());
const asked: Asked[] = [];
watchQueries(client);

const pages: PageQueries[] = [];
for (const { name, route, search, params } of listPages(project, await findThings())) {
	const open = await opener(route, search, params);
	const first = await record(open);
	const later: Asked[] = [];
	const totals: number[] = [];
	const until = performance.now() + 10_000;
	for (let round = 0; round < Number(rounds); round++) {
		const again = await record(open);
		later.push(...again);
		totals.push(again.reduce((sum, { ms }) => sum + ms, 0));
		if (performance.now() > until) break;
	}
	// By name, because those asked at once may come in any order. What a process asks once and keeps is no page's.
	const byName = Map.groupBy(later, ({ query }) => query);
	const queries: QueryTime[] = [];
	for (const one of first) {
		const again = byName.get(one.query);
		if (!again) continue;
		queries.push({
			query: one.query,
			coldMs: one.ms,
			warmMs: quantile(
				again.map(({ ms }) => ms),
				0.95
			),
			cpuMs: quantile(
				again.map(({ cpuMs }) => cpuMs),
				0.5
			),
			...(await estimate(one))
		});
	}
	pages.push({ page: name, totalMs: quantile(totals, 0.5), queries });
}
process.send!(pages);

/** What the pages of single things show. Whatever has no rows yet is left out. */
async function findThings(): Promise<Things> {
	const [ceremony] = await rows<{ id: string }>(
		`SELECT toString(ceremony_id) AS id FROM ceremonies_state_v1 WHERE credential_hash != 0 LIMIT 1`
	);
	const [credential] = await rows<{ hash: string; user: string }>(
		`SELECT ${HEX('credential_hash')} AS hash, ${HEX('user_hash')} AS user FROM credentials_v1
		WHERE registered_at IS NOT NULL AND user_hash != 0 LIMIT 1`
	);
	const [failure] = await rows<{ id: string }>(
		`SELECT ${GROUP_ID} AS id FROM ceremonies_v1 WHERE outcome = 'failed' LIMIT 1`
	);
	const [error] = await rows<{ id: string }>(
		`SELECT signature_id AS id FROM ceremony_errors_state_v1 LIMIT 1`
	);
	return {
		...{ ceremony: ceremony!.id, credential: credential!.hash, user: credential!.user },
		...{ rule: await policyRule(), failure: failure?.id, error: error?.id }
	};
}

/** The first rule of the policy that the page of policies suggests, which is put in force where none is. */
async function policyRule(): Promise<string> {
	const store = await settings();
	if ((await listPolicies(store, project)).length === 0)
		await savePolicy(store, { projectId: project, document: EXAMPLE, note: '', author: '' });
	return /id: (\S+)/.exec(EXAMPLE)![1]!;
}

async function opener(route: string, search: string, params: Record<string, string>) {
	const module = async (path: string) => ((await vite.ssrLoadModule(path)) as { load: Load }).load;
	const layout = await module('/src/routes/+layout.server.ts');
	const load = await module(`/src/routes${route}/+page.server.ts`);
	const event = {
		url: new URL(`http://localhost${route}${search}`),
		// As from page to page, where hardly anything follows.
		...{ params, depends: () => {}, isDataRequest: true },
		...{ cookies: { get: () => undefined }, locals: { access } }
	};
	return async () => {
		const frame = await layout(event);
		// What follows the page is waited for as well: the time is that of all questions.
		await Promise.all(
			Object.values(await load({ ...event, parent: () => Promise.resolve(frame) }))
		);
	};
}

async function record(open: () => Promise<void>): Promise<Asked[]> {
	asked.length = 0;
	await open();
	const counts = new Map<string, number>();
	return asked
		.toSorted((a, b) => (a.query < b.query ? -1 : a.query > b.query ? 1 : 0))
		.map((one) => {
			const seen = (counts.get(one.query) ?? 0) + 1;
			counts.set(one.query, seen);
			return { ...one, query: seen > 1 ? `${one.query} (${seen})` : one.query };
		});
}

/** One at a time, so that a query's time is its own. */
function watchQueries(client: ClickHouseClient): void {
	const ask = client.query.bind(client);
	let last: Promise<unknown> = Promise.resolve();
	const timed = (options: Parameters<typeof ask>[0]) => {
		const turn = last.then(async () => {
			const started = performance.now();
			const before = process.cpuUsage();
			const result = await ask(options);
			const text = await result.text();
			asked.push({
				query: String(options.clickhouse_settings?.log_comment ?? 'unnamed'),
				sql: options.query,
				parameters: options.query_params ?? {},
				ms: performance.now() - started,
				cpuMs: cpuMsSince(before)
			});
			const lines = text.trim() === '' ? [] : text.trim().split('\n');
			return { json: () => Promise.resolve(lines.map((line) => JSON.parse(line) as unknown)) };
		});
		last = turn.catch(() => undefined);
		return turn;
	};
	Object.assign(client, { query: timed });
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1_000;
}

async function estimate({ sql, parameters }: Asked) {
	const found = await rows<{ parts: string; rows: string; marks: string }>(
		`EXPLAIN ESTIMATE ${sql}`,
		parameters
	);
	const sum = (of: 'parts' | 'rows' | 'marks') =>
		found.reduce((total, row) => total + Number(row[of]), 0);
	return { parts: sum('parts'), rows: sum('rows'), marks: sum('marks') };
}

async function rows<Row>(query: string, query_params: Record<string, unknown> = {}) {
	const result = await client.query({ query, query_params, format: 'JSONEachRow' });
	return result.json<Row>();
}

function quantile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
