import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { optionsOf } from '../../migrations/connect.ts';
import type { Segment } from '../spool/segment.ts';
import { EVENT_COLUMNS } from './event-row.ts';

const TABLE = 'events_raw_v1';
const NAMES = Object.keys(EVENT_COLUMNS).join(', ');
/** The columns of a segment as the database is told them. */
export const EVENT_STRUCTURE = Object.entries(EVENT_COLUMNS)
	.map(([name, type]) => `${name} ${type}`)
	.join(', ');

/**
 * Puts one closed segment into the database with one insert, straight from its file.
 * Doing it twice is harmless: the token lets the database skip it, and the tables only take minima, maxima and sets.
 * An embedded session keeps the token: one that stores segments must insert nothing else, or it would be skipped.
 */
export async function storeSegment({
	client,
	segment,
	embedded
}: {
	client: ClickHouseClient;
	segment: Pick<Segment, 'name' | 'path' | 'joined'>;
	/** The database runs in this process and reads the file itself; a server gets it over HTTP. */
	embedded: boolean;
}): Promise<void> {
	const path = segment.joined ?? segment.path;
	const settings = optionsOf(client)?.cluster ? ON_A_CLUSTER : insertSettings(segment.name);
	if (!embedded) {
		const { stream } = await client.exec({
			query: `INSERT INTO ${TABLE} (${NAMES}) FORMAT Native`,
			values: createReadStream(path),
			clickhouse_settings: settings
		});
		// The answer is empty, and its connection is free when it has been read.
		stream.resume();
		return;
	}
	await client.command({
		query: `INSERT INTO ${TABLE} (${NAMES}) SELECT ${NAMES} FROM file({path: String}, 'Native', {structure: String})`,
		query_params: { path: resolve(path), structure: EVENT_STRUCTURE },
		clickhouse_settings: settings
	});
}

const INSERTING: ClickHouseSettings = {
	async_insert: 0,
	wait_end_of_query: 1,
	// Rows of one key stay beside each other until a merge puts them together, as those of two inserts do: every reader reckons
	// with that. Putting them together at once took half of an insert's processor time (bench, growth).
	optimize_on_insert: 0
};

/**
 * Each shard's views send rows to every shard: under one token a shard would take what comes from another for a repetition of
 * its own. So nothing is skipped there, and a segment that comes twice is merged like any event that comes twice.
 */
const ON_A_CLUSTER: ClickHouseSettings = {
	...INSERTING,
	insert_deduplicate: 0
};

function insertSettings(token: string): ClickHouseSettings {
	return {
		...INSERTING,
		insert_deduplication_token: token,
		// Otherwise a retry that the table recognises would not reach the views that the first attempt had not got to.
		deduplicate_blocks_in_dependent_materialized_views: 1
	};
}
