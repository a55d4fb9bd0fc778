import type { ClickHouseClient } from '@clickhouse/client';
import { rm } from 'node:fs/promises';
import { startCollector } from '../../collector/start-collector.ts';
import { connectDatabase } from '../../migrations/connect.ts';
import { migrateDatabase } from '../../migrations/migrate-database.ts';
import { makeDataDir } from '../../migrations/testing/make-data-dir.ts';
import { openSettings } from '../../settings/open-settings.ts';
import { createProject } from '../../settings/projects.ts';
import { setRolledUpTags } from '../../settings/rolled-up-tags.ts';
import type { Fact } from '../../simulator/facts.ts';
import { createRandom } from '../../simulator/random.ts';
import { sendToCollector } from '../../simulator/send-to-collector.ts';
import { simulate, type Scenario, type SimulatedDay } from '../../simulator/simulate.ts';

/** Projects whose events came in by the collector's front door. */
export interface LoadedProjects {
	client: ClickHouseClient;
	/** Where it lies: an embedded database, which one process holds at a time. */
	dataDir: string;
	/** Events sent and events the collector took, repeats included. */
	sent: number;
	accepted: number;
	close(): Promise<void>;
}

/** A simulated rollout, and what truly happened in it. */
export interface SimulatedProjects extends LoadedProjects {
	facts: Fact[];
	/** Sent in order of time. */
	ordered: string;
	/** The same events, shuffled over the whole period, split into single events, and one in twelve sent again. */
	shuffled: string;
}

/** Simulates, sends everything twice: once in order, once in disorder. */
export async function loadSimulatedProjects(
	scenario: Scenario,
	options: { tags?: readonly string[] } = {}
): Promise<SimulatedProjects> {
	const days = [...simulate(scenario)];
	const loaded = await loadProjects({ ordered: days, shuffled: disorder(days) }, options);
	return {
		...loaded,
		facts: days.flatMap(({ facts }) => facts),
		ordered: 'ordered',
		shuffled: 'shuffled'
	};
}

/** Sends each project's events over HTTP, and waits until the collector has stored them. `tags`: those that figures are told apart by. */
export async function loadProjects(
	streams: Record<string, readonly SimulatedDay[]>,
	{ tags = [] }: { tags?: readonly string[] } = {}
): Promise<LoadedProjects> {
	const dataDir = await makeDataDir('passlens-simulated-');
	await migrateDatabase({ dataDir });
	const client = await connectDatabase({ dataDir });
	const settings = await openSettings({ dataDir });
	const collector = await startCollector({ port: 0, dataDir, settings, log: () => undefined });
	let sent = 0;
	let accepted = 0;
	for (const [id, days] of Object.entries(streams)) {
		const keys = await createProject(settings, { id, name: `${id} (synthetic)` });
		await setRolledUpTags(settings, { projectId: id, tags });
		accepted += await sendToCollector({
			collectorUrl: collector.url,
			...keys,
			days,
			now: Infinity
		});
		for (const { transmissions } of days)
			for (const { events } of transmissions) sent += events.length;
	}
	// Closing brings the spool into the database and the daily rollup up to date.
	await collector.close();
	await settings.destroy();
	return {
		client,
		dataDir,
		sent,
		accepted,
		async close() {
			await client.close();
			await rm(dataDir, { recursive: true, force: true });
		}
	};
}

/** One heap of transmissions without any order, some of them twice and some torn apart. */
export function disorder(days: readonly SimulatedDay[]): SimulatedDay[] {
	const random = createRandom('disorder');
	const transmissions = days
		.flatMap((day) => day.transmissions)
		.flatMap((whole) =>
			random.chance(0.3) ? whole.events.map((event) => ({ ...whole, events: [event] })) : [whole]
		);
	const again = transmissions.filter(() => random.chance(1 / 12));
	const heap = [...transmissions, ...again].map((one) => ({ one, at: random.next() }));
	heap.sort((a, b) => a.at - b.at);
	return [{ day: 'all', facts: [], transmissions: heap.map(({ one }) => one) }];
}

/** The last Sunday before today: always in the past, never too old to be taken, and the same weekday in every run. */
export function lastSunday(today = new Date()): string {
	const day = new Date(today);
	day.setUTCDate(day.getUTCDate() - (day.getUTCDay() || 7));
	return day.toISOString().slice(0, 10);
}
