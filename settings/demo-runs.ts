import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Settings } from './open-settings.ts';
import type { DemoRunTable } from './schema.ts';

/** The project that the demonstration is loaded into. */
export const DEMO_PROJECT = 'demo';

/** The demonstration is being loaded or removed, or was. Times are Unix epoch milliseconds. */
export interface DemoRun {
	id: string;
	action: 'load' | 'remove';
	/** Last simulated day, `YYYY-MM-DD`. */
	endDay: string;
	requestedAt: number;
	/** Simulated days sent, and all of them; 0 of 0: not begun. */
	done: number;
	total: number;
	/** Events sent, or removed. */
	events: number;
	finishedAt?: number;
	/** Why it failed; empty: it did not. */
	lastError: string;
}

/** Asks for the demonstration, or for its removal. The newest wish counts: it ends what is under way. */
export async function requestDemo(
	settings: Settings,
	{ action, now = new Date() }: { action: DemoRun['action']; now?: Date }
): Promise<void> {
	await settings.transaction().execute(async (transaction) => {
		const newest = await newestDemoRun(transaction);
		if (newest && newest.finishedAt === undefined && newest.action === action) return;
		await transaction.deleteFrom('demo_run').execute();
		await transaction
			.insertInto('demo_run')
			.values({
				id: randomUUID(),
				action,
				end_day: now.toISOString().slice(0, 10),
				requested_unix_ms: now.getTime()
			})
			.execute();
	});
}

/** What was asked for last; undefined: nothing ever was. */
export async function newestDemoRun(settings: Settings): Promise<DemoRun | undefined> {
	const row = await settings
		.selectFrom('demo_run')
		.selectAll()
		.orderBy('requested_unix_ms', 'desc')
		.executeTakeFirst();
	return row && toDemoRun(row);
}

/** Notes how far a run is; one that was replaced meanwhile is not there to be told of. */
export async function tellDemoRun(
	settings: Settings,
	{ id, ...progress }: { id: string; done: number; total: number; events: number }
): Promise<void> {
	await settings.updateTable('demo_run').set(progress).where('id', '=', id).execute();
}

/** Notes that a run is over, well or with `lastError`. */
export async function finishDemoRun(
	settings: Settings,
	{ id, events, lastError = '' }: { id: string; events?: number; lastError?: string }
): Promise<void> {
	await settings
		.updateTable('demo_run')
		.set({
			finished_unix_ms: Date.now(),
			last_error: lastError,
			...(events !== undefined && { events })
		})
		.where('id', '=', id)
		.execute();
}

function toDemoRun(row: Selectable<DemoRunTable>): DemoRun {
	return {
		id: row.id,
		action: row.action,
		endDay: row.end_day,
		requestedAt: Number(row.requested_unix_ms),
		done: row.done,
		total: row.total,
		events: Number(row.events),
		...(row.finished_unix_ms !== null && { finishedAt: Number(row.finished_unix_ms) }),
		lastError: row.last_error
	};
}
