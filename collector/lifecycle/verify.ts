import type { ClickHouseClient } from '@clickhouse/client';
import type { DatabaseOptions } from '../../migrations/connect.ts';
import { storedTables } from '../../migrations/tables.ts';
import { findStaleDays } from '../store/find-changed-days.ts';
import { refreshDailyActivity } from '../store/refresh-daily-activity.ts';
import { UTC } from '../../settings/time-zones.ts';
import { readProjectZones } from '../store/project-zones.ts';
import { addDays, daysAround, firstWholeDay } from '../store/zone-days.ts';
import { ask } from './ask.ts';
import { compareTable, comparedTables, type Difference } from './compare-table.ts';
import type { DayRange } from './day-range.ts';
import { EVERYTHING, readHorizons, type Horizons } from './horizons.ts';
import { repair } from './repair.ts';
import {
	aboutDays,
	copyEvents,
	openScratchDatabase,
	type ScratchDatabase
} from './scratch-database.ts';

export interface VerifyOptions {
	/** A session in the real database. */
	client: ClickHouseClient;
	database: DatabaseOptions;
	/** Every project when left out. */
	projectId?: string | undefined;
	days?: DayRange | undefined;
	/** Remakes what differs. */
	repair?: boolean | undefined;
	/** An empty one to recompute in, which is empty again afterwards; without it each project has one made and deleted. */
	scratch?: ScratchDatabase | undefined;
	/** How long an event may be in the spool after it was received; 60,000 when left out. 0: no collector runs. */
	underWayMs?: number | undefined;
	onProgress?: (progress: { projectId: string; doing: string }) => void;
}

export interface Verification {
	projectId: string;
	/** Raw events that were recomputed from. */
	events: number;
	differences: Difference[];
	/** Days of the rollup whose events are newer than they: the collector remakes them, so they were not compared. */
	waiting: number;
}

/**
 * Recomputes every state table and rollup from the raw events in a scratch database, one project after the other, and
 * compares them with the real ones, row by row and column by column.
 */
export async function verify(options: VerifyOptions): Promise<Verification[]> {
	const horizons = await readHorizons(options.client);
	const zones = await readProjectZones(options.client);
	const stale = await findStaleDays({ client: options.client });
	const results: Verification[] = [];
	for (const projectId of await findProjects(options))
		results.push(
			await verifyProject(options, {
				projectId,
				zone: zones.get(projectId) ?? UTC,
				horizons: horizons.get(projectId) ?? EVERYTHING,
				except: stale.filter((day) => day.projectId === projectId).map(({ day }) => day)
			})
		);
	return results;
}

async function findProjects({ client, projectId }: VerifyOptions): Promise<string[]> {
	if (projectId !== undefined) return [projectId];
	const tables = [...storedTables('raw'), ...storedTables('state'), ...storedTables('rollup')];
	const each = tables.map(({ name }) => `SELECT DISTINCT project_id AS project FROM ${name}`);
	const rows = await ask<{ project: string }>(
		client,
		`SELECT DISTINCT project FROM (${each.join(' UNION ALL ')}) ORDER BY project`
	);
	return rows.map(({ project }) => project);
}

/** What belongs together lies within two days: beside days that are gone, a recomputed day may lack a part. */
const BESIDE_DAYS = 2;
/** An event is in the spool for a moment after it was received. */
const UNDER_WAY_MS = 60_000;

async function verifyProject(
	options: VerifyOptions,
	about: { projectId: string; zone: string; horizons: Horizons; except: string[] }
): Promise<Verification> {
	const { database, days, underWayMs = UNDER_WAY_MS, onProgress } = options;
	const { projectId, zone, horizons, except } = about;
	const until = Date.now() - underWayMs;
	const tell = (doing: string) => onProgress?.({ projectId, doing });
	const scratch = options.scratch ?? (await openScratchDatabase(database));
	try {
		const events = await copyEvents({
			scratch,
			projectId,
			which: days && aboutDays(around(days, zone)),
			onProgress: (done, total) => tell(`recomputing from raw events: ${done} of ${total}`)
		});
		tell('recomputing the rollups');
		for (const table of ['rolled_up_tags_v1', 'project_zones_v1'])
			await scratch.client.command({
				query: `INSERT INTO ${table} SELECT * FROM ${scratch.source}.${table}`
			});
		await refreshDailyActivity({ client: scratch.client, projectId });
		const differences: Difference[] = [];
		for (const table of comparedTables()) {
			tell(`comparing ${table.name}`);
			const rawFrom =
				table.role === 'rollup'
					? addDays(firstWholeDay(horizons.rawFrom, zone), BESIDE_DAYS)
					: horizons.rawFrom;
			differences.push(
				...(await compareTable({ scratch, table, projectId, rawFrom, days, except, until }))
			);
		}
		if (options.repair && differences.length > 0)
			await repair({ client: options.client, scratch, projectId, differences, onProgress: tell });
		return { projectId, events, differences, waiting: countIn(except, days) };
	} finally {
		await (options.scratch ? scratch.empty() : scratch.drop());
	}
}

/** The days of UTC that hold the events of a zone's days. */
function around({ from, to }: DayRange, zone: string): DayRange {
	const days = daysAround([from, to], zone);
	return { from: days[0]!, to: days.at(-1)! };
}

function countIn(days: string[], range: DayRange | undefined): number {
	return days.filter((day) => !range || (day >= range.from && day <= range.to)).length;
}
