import type { ClickHouseClient } from '@clickhouse/client';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { errorFields, type Log } from '../log.ts';
import { findChangedDays, findStaleDays } from './find-changed-days.ts';
import { publishProjectZones } from './project-zones.ts';
import { refreshChangedCredentials, rowsAreSureUntil } from './refresh-changed-credentials.ts';
import { publishRolledUpTags } from './rolled-up-tags.ts';
import { refreshDailyActivity, type ProjectDay } from './refresh-daily-activity.ts';

/** The view calls a ceremony abandoned five minutes after its start. */
const ABANDONED_AFTER_MS = 5 * 60_000 + 1_000;
const RETRY_MS = 5_000;
/** After a refresh comes a pause of so many times what it took. While events keep coming each pause is longer than the last… */
const PAUSE = 3;
/** …up to this. */
const LONGEST_PAUSE = 9;
/** How soon a choice is seen where no event comes. */
const LOOK_MS = 2_000;

/** What people choose about a project's rollups, by project. */
export interface RollupChoices {
	/** Tags that they tell apart. */
	tags: ReadonlyMap<string, readonly string[]>;
	/** The zone whose days they are by. */
	zones: ReadonlyMap<string, string>;
}

export interface DailyActivityKeeper {
	/** Something received at `since` or later is now in the database. */
	changed(since: number): void;
	/** Waits for the days known to be out of date, then stops. */
	close(): Promise<void>;
}

/**
 * Keeps the daily rollup and the finished rows of credentials up to date while events arrive: at most once in `intervalMs`, and no more than a quarter of
 * the time, or a tenth while events keep coming, however large the days grow: what it takes is taken from those who insert.
 */
export function keepDailyActivity({
	client,
	log,
	markFile,
	readChoices = () => Promise.resolve({ tags: new Map(), zones: new Map() }),
	intervalMs = 1_000
}: {
	/** A session of its own: a long refresh must not hold up an insert. */
	client: ClickHouseClient;
	log: Log;
	/** What is chosen now. */
	readChoices?: () => Promise<RollupChoices>;
	/** Holds, while days are out of date, since when: the next start goes on from there. */
	markFile: string;
	intervalMs?: number;
}): DailyActivityKeeper {
	let since = readMark(markFile);
	/** What the refresh under way covers. */
	let covering = Infinity;
	let checkStale = true;
	let checkRows = true;
	/** The choices that the rollups are made by. */
	let published: string | undefined;
	let running: Promise<void> | undefined;
	let timer: NodeJS.Timeout | undefined;
	let closing = false;
	let pause = PAUSE;
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
			await publish();
			await refreshCredentials(from);
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
		if (since < Infinity) {
			schedule(Math.max(intervalMs, pause * (Date.now() - started)));
			pause = Math.min(2 * pause, LONGEST_PAUSE);
			return;
		}
		pause = PAUSE;
		const next = Math.min(...[...later.values()].map(({ at }) => at));
		if (next < Infinity) schedule(Math.max(intervalMs, next - Date.now()));
	}

	/** Puts what was chosen where the rollups are made; the days of other choices are remade. */
	async function publish(): Promise<void> {
		const choices = await readChoices();
		const chosen = textOf(choices);
		if (chosen === published) return;
		const zones = await publishProjectZones({ client, chosen: choices.zones });
		if (zones.changed.length > 0) checkStale = true;
		if (zones.unknown.length > 0)
			log('warn', 'The database does not know a time zone; its projects go on as before.', {
				zones: zones.unknown
			});
		for (const projectId of await publishRolledUpTags({ client, chosen: choices.tags }))
			await refreshDailyActivity({ client, projectId });
		published = chosen;
	}

	/** The settings may be away for a moment: the next look sees what this one did not. */
	async function look(): Promise<void> {
		const chosen = await readChoices().then(textOf, () => published);
		if (chosen !== published) hurry();
	}

	/** They are few beside what days hold, so they come first. */
	async function refreshCredentials(from: number): Promise<void> {
		const unsure = checkRows ? Math.min(from, await rowsAreSureUntil({ client })) : from;
		if (unsure < Infinity) await refreshChangedCredentials({ client, since: unsure });
		checkRows = false;
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

	/** A pause until the next abandoned ceremony must not hold up what just came. */
	function hurry(): void {
		clearTimeout(timer);
		timer = undefined;
		if (!running) schedule(intervalMs);
	}

	const looking = setInterval(() => void look(), LOOK_MS).unref();
	schedule(0);
	return {
		changed(at) {
			if (at < since) {
				since = at;
				writeFileSync(markFile, String(Math.min(at, covering)));
			}
			hurry();
		},
		async close() {
			closing = true;
			clearInterval(looking);
			clearTimeout(timer);
			await running;
			if (since < Infinity) await run();
		}
	};
}

function keyOf({ projectId, day }: ProjectDay): string {
	return `${projectId} ${day}`;
}

function textOf({ tags, zones }: RollupChoices): string {
	return JSON.stringify([[...tags], [...zones]]);
}

function readMark(path: string): number {
	return existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) || 0 : Infinity;
}
