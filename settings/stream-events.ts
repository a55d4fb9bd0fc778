import type { Settings } from './open-settings.ts';
import type { StreamTopic } from './streams.ts';

/** Something that streams tell, as it is told: the same bytes however often it is sent. */
export interface StreamEvent {
	/** The same for the same thing whenever it is found: what is known already is not taken again. */
	uid: string;
	topic: StreamTopic;
	/** Empty: of no project. */
	projectId: string;
	/** Whom it is about, 16 hex digits; empty: nobody. What is known of somebody who is erased goes by it. */
	userHash: string;
	/** JSON. */
	body: string;
}

/** One in the order in which they are told. Without a body: it was known before, or is too old, or of somebody erased. */
export type NumberedEvent = StreamEvent & {
	number: number;
	/** Unix epoch in milliseconds. */
	foundAt: number;
};

const DAY_MS = 86_400_000;
/** Longer than anything that is looked at again: what is known is not found a second time. */
const KNOWN_FOR_MS = 45 * DAY_MS;
/** How long a stream may be away and miss nothing. */
const TOLD_FOR_MS = 7 * DAY_MS;
const CHUNK = 200;
const TRIES = 20;

/**
 * Adds what is not known yet, in this order. @param known it was there before anybody asked: it is remembered and not told
 */
export async function addStreamEvents(
	settings: Settings,
	events: readonly StreamEvent[],
	{ known = false, now = Date.now() }: { known?: boolean; now?: number } = {}
): Promise<void> {
	for (let start = 0; start < events.length; start += CHUNK) {
		const chunk = new Map(events.slice(start, start + CHUNK).map((event) => [event.uid, event]));
		for (let attempt = 1; !(await addChunk(settings, chunk, { known, now })); attempt++)
			// Another process took these numbers meanwhile.
			if (attempt === TRIES)
				throw new Error('Events could not be numbered: others are, all the time.');
	}
}

/** @returns whether all of them are known now */
async function addChunk(
	settings: Settings,
	chunk: ReadonlyMap<string, StreamEvent>,
	{ known, now }: { known: boolean; now: number }
): Promise<boolean> {
	const there = await settings
		.selectFrom('stream_event')
		.select('uid')
		.where('uid', 'in', [...chunk.keys()])
		.execute();
	const uids = new Set(there.map(({ uid }) => uid));
	const fresh = [...chunk.values()].filter(({ uid }) => !uids.has(uid));
	if (fresh.length === 0) return true;
	const { newest } = await settings
		.selectFrom('stream_event')
		.select(({ fn }) => fn.max('number').as('newest'))
		.executeTakeFirstOrThrow();
	const rows = fresh.map(({ uid, topic, projectId, userHash, body }, index) => ({
		...{ uid, topic: known ? '' : topic, project_id: projectId, user_hash: userHash },
		...{ number: Number(newest ?? 0) + 1 + index, body: known ? '' : body, found_unix_ms: now }
	}));
	const { numInsertedOrUpdatedRows } = await settings
		.insertInto('stream_event')
		.values(rows)
		.onConflict((conflict) => conflict.doNothing())
		.executeTakeFirstOrThrow();
	return Number(numInsertedOrUpdatedRows) === rows.length;
}

/** Those behind a number, in their order. */
export async function readStreamEvents(
	settings: Settings,
	{ after, limit }: { after: number; limit: number }
): Promise<NumberedEvent[]> {
	const rows = await settings
		.selectFrom('stream_event')
		.selectAll()
		.where('number', '>', after)
		.orderBy('number')
		.limit(limit)
		.execute();
	return rows.map((row) => ({
		...{ uid: row.uid, topic: row.topic as StreamTopic, projectId: row.project_id },
		...{ userHash: row.user_hash, body: row.body, number: Number(row.number) },
		foundAt: Number(row.found_unix_ms)
	}));
}

/** Forgets the words of what is too old to be told, and that it was known of what cannot be found again. The newest number stays. */
export async function pruneStreamEvents(settings: Settings, now = Date.now()): Promise<void> {
	await settings
		.updateTable('stream_event')
		.set({ body: '' })
		.where('found_unix_ms', '<', now - TOLD_FOR_MS)
		.where('body', '!=', '')
		.execute();
	await settings
		.deleteFrom('stream_event')
		.where('found_unix_ms', '<', now - KNOWN_FOR_MS)
		.where('number', '<', ({ selectFrom }) =>
			selectFrom('stream_event').select(({ fn }) => fn.max('number').as('newest'))
		)
		.execute();
}

/** Takes away what was still to be told of somebody who is erased. @param userHash UInt64 as decimal text */
export async function forgetStreamEvents(
	settings: Settings,
	{ projectId, userHash }: { projectId: string; userHash: string }
): Promise<void> {
	await settings
		.updateTable('stream_event')
		.set({ body: '', topic: '', user_hash: '' })
		.where('project_id', '=', projectId)
		.where('user_hash', '=', BigInt(userHash).toString(16).padStart(16, '0'))
		.execute();
}

/** How far a look for events has come, by its name. Undefined: it was never made. */
export async function readStreamSource(
	settings: Settings,
	name: string
): Promise<string | undefined> {
	const row = await settings
		.selectFrom('stream_source')
		.select('state')
		.where('name', '=', name)
		.executeTakeFirst();
	return row?.state;
}

export async function writeStreamSource(
	settings: Settings,
	name: string,
	state: string
): Promise<void> {
	await settings
		.insertInto('stream_source')
		.values({ name, state })
		.onConflict((conflict) => conflict.column('name').doUpdateSet({ state }))
		.execute();
}

/** Forgets how far looks have come that nobody wants any more: whoever wants one later is told from then on. */
export async function keepStreamSources(
	settings: Settings,
	wanted: readonly string[]
): Promise<void> {
	let query = settings.deleteFrom('stream_source');
	if (wanted.length > 0) query = query.where('name', 'not in', wanted);
	await query.execute();
}
