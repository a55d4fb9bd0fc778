import type { ClickHouseClient } from '@clickhouse/client';
import { ask } from './ask.ts';

/** A column as the comparison needs it. */
export interface ComparedColumn {
	name: string;
	/** Of the sorting key: tells which row it is. */
	key: boolean;
	/** SQL: the column over several rows as the table itself would merge them, those of one side when a condition is given. */
	merged: (condition?: string) => string;
	/** SQL: what a value shows as. */
	text: (sql: string) => string;
	/** SQL: whether two values differ, `both` being their merge. */
	differ: (values: { expected: string; found: string; both: string }) => string;
}

/** Reads a table's columns and derives from their types how each is merged, shown and compared. */
export async function readComparedColumns(
	client: ClickHouseClient,
	table: string
): Promise<ComparedColumn[]> {
	const columns = await ask<{ name: string; type: string; sorted: number }>(
		client,
		`SELECT name, type, is_in_sorting_key AS sorted FROM system.columns
		WHERE database = currentDatabase() AND table = {table: String} ORDER BY position`,
		{ table }
	);
	return columns.map(({ name, type, sorted }) => describeColumn(name, type, Boolean(sorted)));
}

function describeColumn(name: string, type: string, key: boolean): ComparedColumn {
	const [, simple, inner = ''] = /^SimpleAggregateFunction\((\w+), (.*)\)$/.exec(type) ?? [];
	const [, state, parameters = ''] = /^AggregateFunction\((\w+)(\([^)]*\))?/.exec(type) ?? [];
	const merge = simple ?? (state ? `${state}MergeState` : 'any');
	const merged = (condition?: string) =>
		condition ? `${merge}If${parameters}(${name}, ${condition})` : `${merge}${parameters}(${name})`;
	if (state) {
		const text = (sql: string) =>
			state === 'groupUniqArray'
				? `toString(arraySort(finalizeAggregation(${sql})))`
				: `toString(finalizeAggregation(${sql}))`;
		// A set is written in no certain order, so two of them are equal when their union is no larger than either.
		const differ: ComparedColumn['differ'] = ({ expected, found, both }) =>
			state.startsWith('uniq')
				? `NOT (${text(expected)} = ${text(found)} AND ${text(found)} = ${text(both)})`
				: state === 'groupUniqArray' || state.startsWith('quantiles')
					? `${text(expected)} != ${text(found)}`
					: `hex(${expected}) != hex(${found})`;
		return { name, key, merged, text, differ };
	}
	const text = (sql: string) =>
		inner.startsWith('Array(') ? `toString(arraySort(${sql}))` : `ifNull(toString(${sql}), 'NULL')`;
	return {
		name,
		key,
		merged,
		text,
		differ: ({ expected, found }) => `${text(expected)} != ${text(found)}`
	};
}
