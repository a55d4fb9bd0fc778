import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Segment } from '../spool/segment.ts';
import { EVENT_COLUMNS, type EventColumn } from './event-row.ts';

const TABLE = 'events_raw_v1';
const FORMAT = 'JSONCompactEachRowWithNames';

/** The segment holds what no table of this version can take. */
export class SegmentError extends Error {
	readonly code = 'segment_malformed';
}

/**
 * Puts one closed segment into the database with one insert, straight from its file.
 * Doing it twice is harmless: the token lets the database skip it, and the tables only take minima, maxima and sets.
 */
export async function storeSegment({
	client,
	segment,
	embedded
}: {
	client: ClickHouseClient;
	segment: Pick<Segment, 'name' | 'path'>;
	/** The database runs in this process and reads the file itself; a server gets it over HTTP. */
	embedded: boolean;
}): Promise<void> {
	const columns = await readColumns(segment.path);
	const settings = insertSettings(segment.name);
	const names = columns.join(', ');
	if (!embedded) {
		const { stream } = await client.exec({
			query: `INSERT INTO ${TABLE} (${names}) FORMAT ${FORMAT}`,
			values: createReadStream(segment.path),
			clickhouse_settings: settings
		});
		// The answer is empty, and its connection is free when it has been read.
		stream.resume();
		return;
	}
	const structure = columns.map((name) => `${name} ${EVENT_COLUMNS[name]}`).join(', ');
	await client.command({
		query: `INSERT INTO ${TABLE} (${names}) SELECT ${names} FROM file({path: String}, '${FORMAT}', {structure: String})`,
		query_params: { path: resolve(segment.path), structure },
		clickhouse_settings: settings
	});
}

function insertSettings(token: string): ClickHouseSettings {
	return {
		insert_deduplication_token: token,
		// Otherwise a retry that the table recognises would not reach the views that the first attempt had not got to.
		deduplicate_blocks_in_dependent_materialized_views: 1,
		input_format_null_as_default: 1,
		input_format_with_names_use_header: 1,
		async_insert: 0,
		wait_end_of_query: 1
	};
}

/** The names in the segment's first line, each a column this version knows: they go into the statement. */
async function readColumns(path: string): Promise<EventColumn[]> {
	const file = await open(path, 'r');
	try {
		for await (const line of file.readLines()) {
			const names = JSON.parse(line) as unknown;
			if (Array.isArray(names) && names.length > 0 && names.every(isColumn)) return names;
			break;
		}
	} catch (cause) {
		if (!(cause instanceof SyntaxError)) throw cause;
	} finally {
		await file.close().catch(() => undefined);
	}
	throw new SegmentError('The first line is not a list of columns that this version knows.');
}

function isColumn(name: unknown): name is EventColumn {
	return typeof name === 'string' && Object.hasOwn(EVENT_COLUMNS, name);
}
