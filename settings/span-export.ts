import type { Settings } from './open-settings.ts';

/** How far ceremonies were told to a tracing system: the moment of receipt, in Unix epoch milliseconds, and the last one's id. */
export interface SpanPosition {
	at: number;
	id: string;
}

const NAME = 'ceremonies';

/** Where the export goes on; at its first time, from `start`. */
export async function readSpanPosition(settings: Settings, start: number): Promise<SpanPosition> {
	await settings
		.insertInto('span_export')
		.values({ name: NAME, at_unix_ms: start, ceremony_id: '' })
		.onConflict((conflict) => conflict.column('name').doNothing())
		.execute();
	const row = await settings
		.selectFrom('span_export')
		.selectAll()
		.where('name', '=', NAME)
		.executeTakeFirstOrThrow();
	return { at: Number(row.at_unix_ms), id: row.ceremony_id };
}

/** Moves it on, unless somebody moved it meanwhile. */
export async function advanceSpanPosition(
	settings: Settings,
	{ from, to }: { from: SpanPosition; to: SpanPosition }
): Promise<void> {
	await settings
		.updateTable('span_export')
		.set({ at_unix_ms: to.at, ceremony_id: to.id })
		.where('name', '=', NAME)
		.where('at_unix_ms', '=', from.at)
		.where('ceremony_id', '=', from.id)
		.execute();
}

/** Goes back to where something was received that became visible late; never on. */
export async function rewindSpanPosition(settings: Settings, at: number): Promise<void> {
	await settings
		.updateTable('span_export')
		.set({ at_unix_ms: at, ceremony_id: '' })
		.where('name', '=', NAME)
		.where('at_unix_ms', '>', at)
		.execute();
}
