import type { ClickHouseClient } from '@clickhouse/client';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { errorFields, type Log } from '../log.ts';
import { findChangedDays, findStaleDays } from './find-changed-days.ts';
import { publishRolledUpTags } from './rolled-up-tags.ts';
import { refreshDailyActivity, type ProjectDay } from './refresh-daily-activity.ts';

/** The view calls a ceremony abandoned five minutes after its start. */
const ABANDONED_AFTER_MS = 5 * 60_000 + 1_000;
const RETRY_MS = 5_000;

export interface DailyActivityKeeper {
	/** Something received at `since` or later is now in the database. */
	changed(since: number): void;
	/** Waits for the days known to be out of date, then stops. */
	close(): Promise<void>;
}

/**
 * Keeps the daily rollup up to date while events arrive: at most once in `intervalMs`, and never more than a quarter of
 * the time, however large the days grow.
 */
export function keepDailyActivity({
	client,
	log,
	markFile,
	chosenTags = () => Promise.resolve(new Map()),
	intervalMs = 1_000
}: {
	/** A session of its own: a long refresh must not hold up an insert. */
	client: ClickHouseClient;
	log: Log;
	/** Tags that the rollups tell apart, by project, as they are chosen now. */
	chosenTags?: () => Promise<ReadonlyMap<string, readonly string[]>>;
	/** Holds, while days are out of date, since when: the next start goes on from there. */
	markFile: string;
	intervalMs?: number;
}): DailyActivityKeeper {
	let since = readMark(markFile);
	/** What the refresh under way covers. */
	let covering = Infinity;
	let checkStale = true;
	let running: Promise<void> | undefined;
	let timer: NodeJS.Timeout | undefined;
	let closing = false;
	/** When to look again at days with open ceremonies. */
	const later = new Map<string, ProjectDay & { at: number }>();

	function schedule(ms: number): void {
		if (closing || timer) return;
		timer = setTimeout(() => {
			timer = undefined;
			void run();
		}, ms);
		timer.unref();
	}

	function run(): Promise<void> {
		running ??= work().finally(() => {
			running = undefined;
		});
		return running;
	}

	async function work(): Promise<void> {
		const started = Date.now();
		const from = since;
		covering = from;
		since = Infinity;
		const due = takeDue(started);
		try {
			for (const projectId of await publishRolledUpTags({ client, chosen: await chosenTags() }))
				await refreshDailyActivity({ client, projectId });
			const days = due.map(({ projectId, day }) => ({ projectId, day }));
			if (checkStale) days.push(...(await findStaleDays({ client })));
			if (from < Infinity) days.push(...(await findChangedDays({ client, since: from })));
			await refresh(days);
			checkStale = false;
			covering = Infinity;
			if (since === Infinity) rmSync(markFile, { force: true });
		} catch (error) {
			covering = Infinity;
			since = Math.min(since, from);
			// No event will name these days again.
			for (const item of due) later.set(keyOf(item), item);
			log('warn', 'The daily rollup could not be refreshed; it will be.', errorFields(error));
			return schedule(RETRY_MS);
		}
		if (since < Infinity) return schedule(Math.max(intervalMs, 3 * (Date.now() - started)));
		const next = Math.min(...[...later.values()].map(({ at }) => at));
		if (next < Infinity) schedule(Math.max(intervalMs, next - Date.now()));
	}

	async function refresh(days: ProjectDay[]): Promise<void> {
		for (const [projectId, list] of Map.groupBy(days, (item) => item.projectId)) {
			const unique = [...new Set(list.map(({ day }) => day))].sort();
			const open = await refreshDailyActivity({ client, projectId, days: unique });
			for (const item of open)
				later.set(keyOf(item), { ...item, at: Date.now() + ABANDONED_AFTER_MS });
		}
	}

	function takeDue(now: number) {
		const due = [...later.values()].filter(({ at }) => at <= now);
		for (const item of due) later.delete(keyOf(item));
		return due;
	}

	schedule(0);
	return {
		changed(at) {
			if (at < since) {
				since = at;
				writeFileSync(markFile, String(Math.min(at, covering)));
			}
			// A pause until the next abandoned ceremony must not hold up what just came.
			clearTimeout(timer);
			timer = undefined;
			if (!running) schedule(intervalMs);
		},
		async close() {
			closing = true;
			clearTimeout(timer);
			await running;
			if (since < Infinity) await run();
		}
	};
}

function keyOf({ projectId, day }: ProjectDay): string {
	return `${projectId} ${day}`;
}

function readMark(path: string): number {
	return existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) || 0 : Infinity;
}
