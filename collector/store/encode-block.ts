import { ByteWriter } from './byte-writer.ts';
import { EVENT_COLUMNS, type EventRow } from './event-row.ts';
import { nativeColumn, type NativeColumn } from './native-column.ts';

/** Stands first in every block, so that a block is recognised as one. */
export const FIRST_COLUMN = 'project_id';

const COLUMNS = new Map<string, NativeColumn>(
	Object.entries(EVENT_COLUMNS).map(([name, type]) => [name, nativeColumn(type)])
);
const out = new ByteWriter();

/**
 * Rows as one block of ClickHouse's Native format: column after column, and of the columns only those in which some row has
 * a value. Blocks may follow one another in a file.
 *
 * These bytes are what is spooled and what is inserted. The work is in proportion to the values that are there, a quarter of
 * a row's columns; what the database then spends on reading them is a fraction of what a text costs it (bench/insert.ts).
 *
 * @throws RangeError for no rows at all: an empty block would end the file
 */
export function encodeBlock(rows: readonly EventRow[]): Buffer {
	if (rows.length === 0) throw new RangeError('A block has at least one row.');
	for (const column of COLUMNS.values()) column.count = 0;
	rows.forEach(distribute);
	const present = [...COLUMNS].filter(
		([name, column]) => name === FIRST_COLUMN || column.count > 0
	);
	out.at = 0;
	out.varint(present.length);
	out.varint(rows.length);
	for (const [name, column] of present) {
		out.text(name);
		out.text(column.type);
		column.write(out, column, rows.length);
	}
	return out.finish();
}

/** The fields of the row before, in their order, and their columns: the next row mostly has the same, and need not look them up. */
const names: string[] = [];
const columns: (NativeColumn | undefined)[] = [];

function distribute(row: EventRow, index: number): void {
	let place = -1;
	for (const name in row) {
		if (names[++place] !== name) columns[place] = COLUMNS.get((names[place] = name));
		const column = columns[place];
		const value = row[name as keyof EventRow];
		if (!column || value === undefined || value === null || value === column.missing) continue;
		column.rows[column.count] = index;
		column.values[column.count++] = value;
	}
}
