import { storedTables, type StoredTable } from '../../migrations/tables.ts';
import { ask } from './ask.ts';
import { readComparedColumns, type ComparedColumn } from './compare-columns.ts';
import { inRange, type DayRange } from './day-range.ts';
import type { ScratchDatabase } from './scratch-database.ts';

/** What a table should hold by the raw events, and what it does. */
export interface Difference {
	projectId: string;
	table: string;
	/** The row: its key's columns with their values as text. */
	key: Record<string, string>;
	/** The columns that differ; absent when the whole row is missing or surplus. */
	column?: string;
	expected: string;
	found: string;
	/** Some of the row's events are gone by retention: what they told is in the table alone. */
	partial: boolean;
}

export const NO_ROW = 'no row';

interface Row {
	key: string[];
	expected_rows: string;
	found_rows: string;
	partial: boolean;
	differing: [column: string, expected: string, found: string][];
}

/** All that is made of the raw events and means the same each time: the numbers that days were remade under do not. */
export const comparedTables = (): StoredTable[] => [
	...storedTables('state'),
	...storedTables('finished'),
	...storedTables('rollup').filter(({ current }) => current)
];

/** Rows of one side that are held in memory at once. */
const ROWS_AT_ONCE = 100_000;

export interface CompareOptions {
	scratch: ScratchDatabase;
	table: StoredTable;
	projectId: string;
	/** First day whose raw events are whole: an older row is only held to contain what the remaining events tell. */
	rawFrom: string;
	days?: DayRange | undefined;
	/** Days that are not to be compared: of a rollup, those about to be remade anyway. */
	except?: readonly string[];
	/** Events received since this moment may be in one side alone: what they are about is left out. Unix milliseconds. */
	until: number;
}

/** Compares a project's rows of one table, real and recomputed. */
export async function compareTable(options: CompareOptions): Promise<Difference[]> {
	const { scratch, table, projectId, rawFrom, days, except = [], until } = options;
	const columns = await readComparedColumns(scratch.client, table.current ?? table.name);
	const keys = keyColumns(table, columns);
	const query_params = { project: projectId, raw_from: rawFrom, except, until, ...days };
	const rows = await countRows(options, query_params);
	const buckets = Math.max(1, Math.ceil(rows / ROWS_AT_ONCE));
	const differences: Difference[] = [];
	for (let bucket = 0; bucket < buckets; bucket++) {
		const found = await ask<Row>(scratch.client, comparison(options, columns, keys), {
			...query_params,
			bucket,
			buckets
		});
		differences.push(...found.flatMap((row) => describe(row, { projectId, table, keys })));
	}
	return differences;
}

/** A state's key; a rollup's, where it is not said, is everything that is not counted. */
function keyColumns(table: StoredTable, columns: ComparedColumn[]): string[] {
	if (table.role === 'state')
		return columns
			.filter(({ key }) => key)
			.map(({ name }) => name)
			.filter((name) => name !== 'project_id');
	if (table.role === 'finished') return [...table.key];
	if (table.key.length > 0) return ['day', ...table.key];
	const counted = [...(table.counts ?? []), ...(table.userSets ?? [])];
	return columns
		.map(({ name }) => name)
		.filter((name) => name !== 'project_id' && !counted.includes(name));
}

async function countRows(
	{ scratch, table }: CompareOptions,
	query_params: Record<string, unknown>
) {
	const [row] = await ask<{ rows: string }>(
		scratch.client,
		`SELECT count() AS rows FROM ${scratch.source}.${table.current ?? table.name} WHERE project_id = {project: String}`,
		query_params
	);
	return Number(row?.rows ?? 0);
}

function comparison(options: CompareOptions, columns: ComparedColumn[], keys: string[]): string {
	const values = columns.filter(({ name }) => name !== 'project_id' && !keys.includes(name));
	const merged = values.flatMap((column) => [
		`${column.merged('side = 0')} AS expected_${column.name}`,
		`${column.merged('side = 1')} AS found_${column.name}`,
		`${column.merged()} AS both_${column.name}`
	]);
	const differing = values.map(({ name, text, differ }) => {
		const [expected, found, both] = [`expected_${name}`, `found_${name}`, `both_${name}`];
		// What events that are gone told is in the table alone: there the rest must add nothing to it.
		const condition = `if(partial, ${differ({ expected: both, found, both })}, ${differ({ expected, found, both })})`;
		return `('${name}', if(partial, ${text(both)}, ${text(expected)}), ${text(found)}, ${condition})`;
	});
	const key = keys.map((name) => `toString(${name})`).join(', ');
	return `SELECT [${key}] AS key, expected_rows, found_rows, toBool(partial) AS partial,
		arrayMap(item -> (item.1, item.2, item.3), arrayFilter(item -> item.4, [${differing.join(', ')}])) AS differing
		FROM (SELECT ${keys.join(', ')}, countIf(side = 0) AS expected_rows, countIf(side = 1) AS found_rows,
				${partial(options.table)} AS partial, ${merged.join(', ')}
			FROM (${side(0, options, columns, keys)} UNION ALL ${side(1, options, columns, keys)})
			GROUP BY ${keys.join(', ')})
		WHERE (expected_rows = 0 AND NOT partial) OR found_rows = 0 OR (expected_rows > 0 AND notEmpty(differing))
		ORDER BY key`;
}

/** SQL: whether what is left of the row's events cannot have made it. */
function partial({ role }: StoredTable): string {
	if (role === 'finished') return 'false';
	return 'ifNull(minIf(row_since, side = 1) < {raw_from: Date}, false) AND found_rows > 0';
}

/** Rows of the recomputed (0) or the real (1) table. */
function side(
	number: 0 | 1,
	{ scratch, table, days }: CompareOptions,
	columns: ComparedColumn[],
	keys: string[]
): string {
	const from = number
		? `${scratch.source}.${table.current ?? table.name}`
		: recomputed(scratch, table);
	const names = columns.map(({ name }) => name).filter((name) => name !== 'project_id');
	const bucket = `cityHash64(${keys.join(', ')}) % {buckets: UInt32} = {bucket: UInt32}`;
	return `SELECT toUInt8(${number}) AS side, toNullable(${table.since}) AS row_since, ${names.join(', ')} FROM ${from}
		WHERE project_id = {project: String} AND ${bucket} AND ${restriction(number, { scratch, table, days })}`;
}

/** A finished row is made of states alone: where their events are partly gone, the real states say what it must be. */
function recomputed(scratch: ScratchDatabase, table: StoredTable): string {
	const own = `${scratch.name}.${table.current ?? table.name}`;
	if (table.role !== 'finished') return own;
	return `(SELECT * FROM ${own} WHERE project_id = {project: String} AND ${table.since} >= {raw_from: Date}
		UNION ALL SELECT * FROM ${scratch.source}.${table.made} WHERE project_id = {project: String} AND ${table.since} < {raw_from: Date})`;
}

function restriction(
	number: 0 | 1,
	{ scratch, table, days }: Pick<CompareOptions, 'scratch' | 'table' | 'days'>
) {
	const raw = (name: string) => `${name}.events_raw_v1 WHERE project_id = {project: String}`;
	if (table.role === 'rollup')
		return `${inRange('day', days)} AND day >= {raw_from: Date} AND NOT has({except: Array(Date)}, day)`;
	const key = `(${table.key.join(', ')})`;
	const moving = `${key} NOT IN (SELECT ${key} FROM ${raw(scratch.source)} AND received_at >= fromUnixTimestamp64Milli({until: Int64}))`;
	if (!days) return moving;
	// Of a row with an event in these days every event was copied. One without any event is surplus if it is of these days alone.
	const whole = `${key} IN (SELECT ${key} FROM ${raw(scratch.name)} AND ${inRange('event_date', days)})`;
	return number === 0
		? `${moving} AND ${whole}`
		: `${moving} AND (${whole} OR ${key} NOT IN (SELECT ${key} FROM ${raw(scratch.source)}) AND ${inRange(table.since!, days)} AND ${inRange(table.until!, days)})`;
}

function describe(
	{ key, expected_rows, found_rows, partial, differing }: Row,
	{ projectId, table, keys }: { projectId: string; table: StoredTable; keys: string[] }
): Difference[] {
	const about = {
		projectId,
		table: table.name,
		partial,
		key: Object.fromEntries(keys.map((name, index) => [name, key[index] ?? '']))
	};
	if (expected_rows === '0') return [{ ...about, expected: NO_ROW, found: 'a row' }];
	if (found_rows === '0') return [{ ...about, expected: 'a row', found: NO_ROW }];
	return differing.map(([column, expected, found]) => ({ ...about, column, expected, found }));
}
