import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Settings } from './open-settings.ts';
import type { ReclassificationTable } from './schema.ts';

const movesSchema = z.array(
	z.object({
		what: z.enum(['cause', 'provider', 'ecosystem', 'legacy class']),
		from: z.string(),
		to: z.string(),
		events: z.number()
	})
);

/** So many events have another value: `from` and `to` in words, such as `unknown (possible)` and `user_cancelled (likely)`. */
export type Move = z.infer<typeof movesSchema>[number];

/** What a run has done so far. */
export interface ReclassificationProgress {
	/** Where it is: a project, its events done and all of them. Empty before the first. */
	project: string;
	done: number;
	total: number;
	/** Events looked at and, of them, written again, in all projects. */
	looked: number;
	written: number;
	/** Most first. */
	moves: Move[];
}

/** Somebody asked for newer rules and names to be taken to what was taken before. Times are Unix epoch milliseconds. */
export interface Reclassification extends ReclassificationProgress {
	id: string;
	/** As they named themselves; may be empty. */
	requestedBy: string;
	requestedAt: number;
	/** The collector that does it; absent: none has begun. */
	collector?: string;
	finishedAt?: number;
	/** Why the last attempt failed; empty: it did not. It is tried again. */
	lastError: string;
}

/** Every collector reads a new name within two seconds, and what it took by then is stored soon after: a run that began at once would miss it. */
const SETTLED_MS = 4_000;
/** A collector that said nothing for so long has ended: another takes over. */
const SILENT_MS = 60_000;

/** Asks for a run; one that waits already is as good, because it reads the names when it begins. */
export async function requestReclassification(
	settings: Settings,
	{ by }: { by: string }
): Promise<void> {
	await settings.transaction().execute(async (transaction) => {
		const waiting = await transaction
			.selectFrom('reclassification')
			.select('id')
			.where('finished_unix_ms', 'is', null)
			.where('told_unix_ms', 'is', null)
			.executeTakeFirst();
		if (waiting) return;
		await transaction
			.insertInto('reclassification')
			.values({ id: randomUUID(), requested_by: by, requested_unix_ms: Date.now() })
			.execute();
	});
}

/** The run under way or waiting, else the last one. */
export async function newestReclassification(
	settings: Settings
): Promise<Reclassification | undefined> {
	const row =
		(await oldestOpen(settings)) ??
		(await settings
			.selectFrom('reclassification')
			.selectAll()
			.orderBy('finished_unix_ms', 'desc')
			.executeTakeFirst());
	return row && toReclassification(row);
}

/**
 * Takes the oldest run that nobody does, or that this collector left; of several that try at once, one gets it. A run asked for
 * in the last four seconds is not ripe.
 */
export async function claimReclassification(
	settings: Settings,
	{ collector }: { collector: string }
): Promise<Reclassification | undefined> {
	const row = await oldestOpen(settings);
	if (!row || Date.now() - Number(row.requested_unix_ms) < SETTLED_MS) return undefined;
	const told = row.told_unix_ms === null ? null : Number(row.told_unix_ms);
	const others = row.collector !== null && row.collector !== collector;
	if (others && told !== null && Date.now() - told < SILENT_MS) return undefined;
	const { numUpdatedRows } = await settings
		.updateTable('reclassification')
		.set({ collector, told_unix_ms: Date.now() })
		.where('id', '=', row.id)
		.where('collector', row.collector === null ? 'is' : '=', row.collector)
		.where('told_unix_ms', told === null ? 'is' : '=', told)
		.executeTakeFirst();
	return numUpdatedRows === 1n ? toReclassification({ ...row, collector }) : undefined;
}

/** Notes how far it is. */
export async function tellReclassification(
	settings: Settings,
	{ id, ...progress }: ReclassificationProgress & { id: string }
): Promise<void> {
	await change(settings, id, { ...asColumns(progress), last_error: '' });
}

/** Notes that it is through. */
export async function finishReclassification(
	settings: Settings,
	{ id, ...progress }: ReclassificationProgress & { id: string }
): Promise<void> {
	await change(settings, id, {
		...asColumns(progress),
		last_error: '',
		finished_unix_ms: Date.now()
	});
}

/** Notes that it could not be done now; whoever claims it next goes on. */
export async function releaseReclassification(
	settings: Settings,
	{ id, lastError = '' }: { id: string; lastError?: string }
): Promise<void> {
	await change(settings, id, { collector: null, last_error: lastError });
}

/** One list of moves out of two runs' over different events. */
export function addMoves(some: readonly Move[], others: readonly Move[]): Move[] {
	const all = new Map<string, Move>();
	for (const { what, from, to, events } of [...some, ...others]) {
		const key = JSON.stringify([what, from, to]);
		all.set(key, { what, from, to, events: events + (all.get(key)?.events ?? 0) });
	}
	return [...all.values()].sort((a, b) => b.events - a.events);
}

function oldestOpen(settings: Settings) {
	return settings
		.selectFrom('reclassification')
		.selectAll()
		.where('finished_unix_ms', 'is', null)
		.orderBy('requested_unix_ms')
		.executeTakeFirst();
}

async function change(
	settings: Settings,
	id: string,
	columns: Partial<Selectable<ReclassificationTable>>
): Promise<void> {
	await settings
		.updateTable('reclassification')
		.set({ ...columns, told_unix_ms: Date.now() })
		.where('id', '=', id)
		.execute();
}

function asColumns({ project, moves, ...counts }: ReclassificationProgress) {
	return { project_id: project, moves: JSON.stringify(moves), ...counts };
}

function toReclassification(row: Selectable<ReclassificationTable>): Reclassification {
	return {
		id: row.id,
		requestedBy: row.requested_by,
		requestedAt: Number(row.requested_unix_ms),
		...(row.collector !== null && { collector: row.collector }),
		project: row.project_id,
		done: Number(row.done),
		total: Number(row.total),
		looked: Number(row.looked),
		written: Number(row.written),
		moves: movesSchema.parse(JSON.parse(row.moves)),
		...(row.finished_unix_ms !== null && { finishedAt: Number(row.finished_unix_ms) }),
		lastError: row.last_error
	};
}
