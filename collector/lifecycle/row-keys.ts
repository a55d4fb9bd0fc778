import type { StoredTable } from '../../migrations/tables.ts';
import type { EventCondition } from './scratch-database.ts';

/** Keys bound to one statement. */
const KEYS_AT_ONCE = 5_000;

/** A row's key, without its project, as one text. */
export function keyText(table: StoredTable, row: Record<string, string>): string {
	return table.key.map((name) => row[name]).join(' ');
}

/** SQL for the same text, over the table or over the raw events. */
export function keySql(table: StoredTable): string {
	return `arrayStringConcat([${table.key.map((name) => `toString(${name})`).join(', ')}], ' ')`;
}

/** SQL: the row is of the bound project and one of the bound `keys`. */
export function keyIn(table: StoredTable): string {
	return `project_id = {project: String} AND ${keySql(table)} IN {keys: Array(String)}`;
}

/** The raw events of these rows. */
export function aboutKeys(table: StoredTable, keys: readonly string[]): EventCondition {
	return { condition: () => keyIn(table), parameters: { keys } };
}

/** As many as one statement takes. */
export function* inGroups<Item>(items: readonly Item[]): Generator<Item[]> {
	for (let at = 0; at < items.length; at += KEYS_AT_ONCE) yield items.slice(at, at + KEYS_AT_ONCE);
}
