import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFailed, test, vi } from 'vitest';
import { ask, batchOf, untilStored } from '../collector/testing/harness.ts';
import { compareSignIns, signIn } from '../collector/testing/sign-ins.ts';
import { startClickHouseServer } from '../collector/testing/start-clickhouse-server.ts';
import { connectDatabase } from '../migrations/connect.ts';
import { createVerdictSender } from '../sdk/server/verdict-sender.ts';
import { addApiKey } from '../settings/access/api-keys.ts';
import { openSettings } from '../settings/open-settings.ts';
import { createProject } from '../settings/projects.ts';
import { findProgram, WITHOUT_PROXIES } from '../tools/find-programs.mjs';
import { findFreePort } from './support/find-free-port.ts';
import { runExample, type RunningExample } from './support/run-example.ts';
import { runNginx } from './support/run-nginx.ts';
import { until } from './support/until.ts';

// The form of deploy/compose.yaml with nginx before it, as processes of this machine. Each part ends and comes back while pages
// and a server send and somebody reads.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 240_000 });

const ROOT = join(import.meta.dirname, '..');
const WITHOUT_NGINX = !findProgram('nginx');
const SENDERS = 3;
/** Of a batch: ten events. */
const SIGN_INS = 5;
const PAUSE_MS = 60;
/** Batches that make sure that events flow. */
const SOME = 12;
const PATIENCE = { timeoutMs: 60_000 };

type Part = 'collector' | 'dashboard' | 'nginx' | 'database';

let folder: string;
let dataDir: string;
let database: Awaited<ReturnType<typeof startClickHouseServer>>;
let ports: { collector: number; dashboard: number; nginx: number };
let origin: string;
let keys: { ingestKey: string; serverKey: string };
let apiKey: string;
const running = new Map<Part, RunningExample>();

// A second try needs a database without the first one's sign-ins.
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'passlens-restarts-'));
	dataDir = join(folder, 'data');
	const settings = await openSettings({ dataDir });
	keys = await createProject(settings, { id: 'shop', name: 'Shop' });
	apiKey = await addApiKey(settings, {
		...{ name: 'Reader', projectId: 'shop', actions: ['view'], days: 1, by: 'a test' }
	});
	await settings.destroy();
	ports = {
		collector: await findFreePort(),
		dashboard: await findFreePort(),
		nginx: await findFreePort()
	};
	origin = `http://localhost:${ports.nginx}`;
	database = await startClickHouseServer();
	for (const part of ['collector', 'dashboard', 'nginx'] as const) await start(part);
});
afterEach(async () => {
	for (const part of ['nginx', 'dashboard', 'collector'] as const) await running.get(part)?.stop();
	await database?.stop();
	if (folder) await rm(folder, { recursive: true, force: true });
});

const STARTS = {
	collector: () =>
		runExample({
			args: ['deploy/run.mjs', 'collector'],
			cwd: ROOT,
			env: {
				COLLECTOR_PORT: String(ports.collector),
				COLLECTOR_TRUSTED_PROXIES: '1',
				COLLECTOR_PROXY_ADDRESSES: '127.0.0.1',
				CLICKHOUSE_URL: database.url,
				PASSLENS_DATA_DIR: dataDir
			},
			url: `http://127.0.0.1:${ports.collector}/readyz`
		}),
	dashboard: () =>
		runExample({
			args: ['deploy/run.mjs', 'dashboard'],
			cwd: ROOT,
			env: {
				HOST: '127.0.0.1',
				PORT: String(ports.dashboard),
				ORIGIN: origin,
				CLICKHOUSE_URL: database.url,
				CLICKHOUSE_READ_URL: database.url,
				PASSLENS_DATA_DIR: dataDir
			},
			url: `http://localhost:${ports.dashboard}/readyz`
		}),
	nginx: () =>
		runNginx({
			...{ folder, port: ports.nginx, ready: '/healthz' },
			...{ collector: ports.collector, site: ports.dashboard }
		})
};

async function start(part: Part): Promise<void> {
	if (part === 'database') database = await startClickHouseServer(database);
	else running.set(part, await STARTS[part]());
}

/** SIGTERM ends a part of ours in its own way, and with success. */
async function end(part: Part, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
	if (part === 'database') return database.kill();
	const code = await running.get(part)!.end(signal);
	expect([part, signal, code]).toEqual([part, signal, signal === 'SIGTERM' ? 0 : null]);
}

/** Pages that sign people in, as the SDK sends: what is not answered, or by 408, 429 or 5xx, is sent again as it is. */
function startSenders() {
	const sent = { ceremonies: 0, batches: 0, tries: 0, acknowledged: [] as string[] };
	const refused: number[] = [];
	const problems: string[] = [];
	const verdicts = createVerdictSender({
		endpoint: `${origin}/passlens`,
		serverKey: keys.serverKey,
		onProblem: ({ message }) => problems.push(message)
	});
	let ending = false;

	async function post(events: unknown[]): Promise<number | undefined> {
		sent.tries++;
		try {
			const answer = await fetch(`${origin}/passlens/v1/events?key=${keys.ingestKey}`, {
				method: 'POST',
				body: JSON.stringify(batchOf(events))
			});
			await answer.arrayBuffer();
			return answer.status;
		} catch {
			return undefined;
		}
	}

	async function deliver(events: { id: string }[]): Promise<void> {
		for (;;) {
			const status = await post(events);
			if (status === 202) return void sent.acknowledged.push(...events.map(({ id }) => id));
			if (status !== undefined && status < 500 && status !== 429 && status !== 408)
				return void refused.push(status);
			await sleep(PAUSE_MS);
		}
	}

	async function keepSending(): Promise<void> {
		while (!ending) {
			const signIns = Array.from({ length: SIGN_INS }, signIn);
			sent.ceremonies += SIGN_INS;
			await deliver(signIns.flat());
			sent.batches++;
			for (const [started] of signIns)
				verdicts.authentication({ ceremonyId: started!.ceremony_id, verified: true });
			void verdicts.flush();
			await sleep(PAUSE_MS);
		}
	}

	const senders = Promise.all(Array.from({ length: SENDERS }, keepSending));
	return {
		sent,
		refused,
		verdicts,
		/** What the site's server would find in its log, but for that it could not send for a while. */
		troubles: () => problems.filter((one) => !/could not be reached|answered 5\d\d/.test(one)),
		async end() {
			ending = true;
			await senders;
		}
	};
}

/** Somebody who looks at a figure again and again; undefined: the pages were away. */
async function readSignIns(): Promise<number | undefined> {
	try {
		const answer = await fetch(
			`${origin}/api/v1/kpis/ceremony_success?project=shop&period=7d&compare=none`,
			{ headers: { authorization: `Bearer ${apiKey}` } }
		);
		const { kpis } = (await answer.json()) as { kpis: { numerator: number | null }[] };
		return answer.ok ? (kpis[0]!.numerator ?? 0) : undefined;
	} catch {
		return undefined;
	}
}

function startReader(mayBe: () => number) {
	const told = { answers: 0, tooMany: [] as number[], last: 0 };
	let ending = false;
	const reading = (async () => {
		while (!ending) {
			const signIns = await readSignIns();
			if (signIns !== undefined) told.answers++;
			if ((signIns ?? 0) > mayBe()) told.tooMany.push(signIns!);
			told.last = signIns ?? told.last;
			// The read API takes 300 a minute.
			await sleep(400);
		}
	})();
	return {
		told,
		async end() {
			ending = true;
			await reading;
		}
	};
}

const ROUNDS: { part: Part; signal: 'SIGTERM' | 'SIGKILL'; sendersNotice: boolean }[] = [
	{ part: 'collector', signal: 'SIGTERM', sendersNotice: true },
	{ part: 'database', signal: 'SIGKILL', sendersNotice: false },
	{ part: 'dashboard', signal: 'SIGTERM', sendersNotice: false },
	{ part: 'nginx', signal: 'SIGTERM', sendersNotice: true },
	{ part: 'collector', signal: 'SIGKILL', sendersNotice: true },
	{ part: 'dashboard', signal: 'SIGKILL', sendersNotice: false },
	{ part: 'database', signal: 'SIGKILL', sendersNotice: false },
	{ part: 'nginx', signal: 'SIGKILL', sendersNotice: true }
];

test.skipIf(WITHOUT_NGINX)(
	WITHOUT_NGINX
		? WITHOUT_PROXIES
		: 'every part is ended and started again under load, and each acknowledged event is there once',
	async () => {
		onTestFailed(() => {
			for (const [part, { output }] of running) console.error(`── ${part}\n${output()}`);
		});
		const senders = startSenders();
		const { sent } = senders;
		const reader = startReader(() => sent.ceremonies);
		const moreIsTaken = async (when: string) => {
			const before = sent.batches;
			await until(async () => {
				await sleep(0);
				expect(sent.batches, when).toBeGreaterThan(before + SOME);
			}, PATIENCE);
		};

		for (const { part, signal, sendersNotice } of ROUNDS) {
			await moreIsTaken(`before ${part} got ${signal}`);
			await end(part, signal);
			// Pages are not needed to send, and without the database events wait in the spool.
			if (!sendersNotice) await moreIsTaken(`while ${part} is away`);
			await start(part);
			await moreIsTaken(`after ${part} came back`);
		}
		await senders.end();
		await untilStored(dataDir);

		const client = await connectDatabase({ url: database.url, dataDir });
		const query = <Row>(sql: string) => ask<Row>(client, sql);
		await until(async () => {
			await senders.verdicts.flush();
			const [counted] = await query<{ verified: string }>(
				'SELECT countIf(verified) AS verified FROM ceremonies_v1'
			);
			expect(Number(counted!.verified)).toBe(sent.ceremonies);
		}, PATIENCE);
		expect({
			...(await compareSignIns({ query, ...sent })),
			refused: senders.refused,
			troubles: senders.troubles(),
			acknowledged: sent.acknowledged.length
		}).toEqual({
			...{ missing: 0, duplicates: 0, refused: [], troubles: [] },
			acknowledged: sent.ceremonies * 2
		});
		await client.close();

		// What the pages show comes of rollups, which follow within seconds.
		await until(async () => expect(await readSignIns()).toBe(sent.ceremonies), PATIENCE);
		await reader.end();
		expect(reader.told.tooMany).toEqual([]);
		expect(reader.told.answers).toBeGreaterThan(ROUNDS.length);
		// It was a load, and it met what was away.
		expect(sent.tries).toBeGreaterThan(sent.batches);
	}
);
