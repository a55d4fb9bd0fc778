import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { errorFields, type Log } from '../collector/log.ts';
import { connectDatabase, type DatabaseOptions } from '../migrations/connect.ts';
import {
	DEMO_PROJECT,
	finishDemoRun,
	newestDemoRun,
	tellDemoRun,
	type DemoRun
} from '../settings/demo-runs.ts';
import type { Settings } from '../settings/open-settings.ts';
import { deleteProject, listProjects } from '../settings/projects.ts';
import type { DemoOrder, DemoProgress } from './load-demo.ts';
import { countSynthetic, removeSynthetic } from './remove-synthetic.ts';
import { prepareProject } from './target.ts';

export interface DemoKeeper {
	/** Stops what is under way: the next start begins it again, and what was sent already counts once. */
	close(): Promise<void>;
}

const LOOK_MS = 1_000;
/** Enough for every page to have something to say, and through the collector in well under a minute. */
const USERS = 1_500;
const DAYS = 90;

/** Loads and removes the demonstration when a page asked for it, beside everything else that the process does. */
export function keepDemo({
	settings,
	database,
	collectorUrl,
	log
}: {
	settings: Settings;
	database: DatabaseOptions;
	collectorUrl: string;
	log: Log;
}): DemoKeeper {
	const stopping = new AbortController();
	const keeping = keep();

	async function keep(): Promise<void> {
		while (!stopping.signal.aborted) {
			await look().catch((error: unknown) =>
				log('warn', 'What is wanted of the demonstration cannot be read.', errorFields(error))
			);
			await sleep(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
		}
	}

	async function look(): Promise<void> {
		const run = await newestDemoRun(settings);
		if (!run || run.finishedAt !== undefined) return;
		try {
			if (run.action === 'load') await load(run);
			else await remove(run);
		} catch (error) {
			if (stopping.signal.aborted) return;
			log('warn', `The demonstration could not be ${run.action}ed.`, errorFields(error));
			const lastError = error instanceof Error ? error.message : String(error);
			await finishDemoRun(settings, { id: run.id, lastError });
		}
	}

	async function load(run: DemoRun): Promise<void> {
		const keys = await prepareProject({ settings, project: DEMO_PROJECT });
		const { ingestKey, serverKey } = keys;
		const told = { id: run.id, done: 0, total: DAYS, events: 0 };
		await tellDemoRun(settings, told);
		const sent = await sendInThread({
			order: {
				...{ collectorUrl, ingestKey, serverKey },
				...{ endDay: run.endDay, users: USERS, days: DAYS, now: Date.now() }
			},
			onProgress: ({ done, events }) => {
				Object.assign(told, { done, events });
				void tellDemoRun(settings, told);
			},
			goesOn: async () => !stopping.signal.aborted && (await newestDemoRun(settings))?.id === run.id
		});
		if (sent) await finishDemoRun(settings, { id: run.id, events: told.events });
	}

	/** Rows that were under way, or that a rollup wrote from what was there a moment ago, go in the next round. */
	async function remove(run: DemoRun): Promise<void> {
		const client = await connectDatabase(database);
		try {
			let events = 0;
			const target = { client, projectId: DEMO_PROJECT };
			while (!stopping.signal.aborted && (await countSynthetic(target)) > 0) {
				events = Math.max(events, await removeSynthetic(target));
				await tellDemoRun(settings, { id: run.id, done: 0, total: 0, events });
				await sleep(2 * LOOK_MS, undefined, { signal: stopping.signal });
			}
			const left = await client.query({
				query: 'SELECT 1 FROM events_raw_v1 WHERE project_id = {project: String} LIMIT 1',
				query_params: { project: DEMO_PROJECT },
				format: 'JSONEachRow'
			});
			const real = (await left.json()).length > 0;
			const known = (await listProjects(settings)).some(({ id }) => id === DEMO_PROJECT);
			if (known && !real) await deleteProject(settings, DEMO_PROJECT);
			await finishDemoRun(settings, { id: run.id, events });
		} finally {
			await client.close();
		}
	}

	return {
		async close() {
			stopping.abort();
			await keeping;
		}
	};
}

/** @returns false when it was ended because `goesOn` said so */
async function sendInThread({
	order,
	onProgress,
	goesOn
}: {
	order: DemoOrder;
	onProgress: (progress: DemoProgress) => void;
	goesOn: () => Promise<boolean>;
}): Promise<boolean> {
	const worker = new Worker(new URL('./load-demo.ts', import.meta.url), { workerData: order });
	const { promise, resolve, reject } = Promise.withResolvers<boolean>();
	worker.on('message', onProgress);
	worker.once('error', reject);
	worker.once('exit', (code) => resolve(code === 0));
	const timer = setInterval(() => {
		void goesOn().then((on) => {
			if (!on) void worker.terminate();
		});
	}, LOOK_MS);
	try {
		return await promise;
	} finally {
		clearInterval(timer);
	}
}
