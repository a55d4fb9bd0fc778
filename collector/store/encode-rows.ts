import { EVENT_COLUMNS, type EventColumn, type EventRow } from './event-row.ts';

const NAMES = Object.keys(EVENT_COLUMNS) as EventColumn[];

/** First line of every segment: the names of its columns, so that a segment outlives a change of the table. */
export const HEADER_LINE = JSON.stringify(NAMES) + '\n';

/**
 * Rows as lines of JSONCompactEachRow, each ended by a newline. What is missing is written as `null`,
 * which the database turns into the column's default.
 *
 * This one text is what is spooled and what is inserted. Measured over the whole table with its materialized views,
 * 10 000 rows: 0.12 s to write and 0.70 s to insert, against 0.35–0.54 s and 0.63 s for Arrow, whose writing would also
 * hold up the event loop, and 0.10 s and 1.15 s for JSONEachRow.
 */
export function encodeRows(rows: readonly EventRow[]): string {
	let text = '';
	for (const row of rows) text += JSON.stringify(NAMES.map((name) => row[name] ?? null)) + '\n';
	return text;
}
