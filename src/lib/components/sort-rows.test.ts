import { describe, expect, it } from 'vitest';
import type { Column } from './data-table.svelte';
import { sortRows } from './sort-rows.ts';

interface Row {
	release: string;
	users: number | null;
}

const rows: Row[] = [
	{ release: '2.10', users: 3 },
	{ release: '2.9', users: null },
	{ release: '2.2', users: 12 }
];
const columns: Column<Row>[] = [
	{ key: 'release', label: 'Release', by: ({ release }) => release },
	{ key: 'users', label: 'Users', by: ({ users }) => users },
	{ key: 'note', label: 'Note' }
];
const ordered = (asked: string) => sortRows({ rows, columns, asked });

describe('rows', () => {
	it.each([
		['', ['2.10', '2.9', '2.2'], undefined],
		['users', ['2.10', '2.2', '2.9'], 'ascending'],
		['-users', ['2.2', '2.10', '2.9'], 'descending'],
		['release', ['2.2', '2.9', '2.10'], 'ascending'],
		['-release', ['2.10', '2.9', '2.2'], 'descending'],
		['note', ['2.10', '2.9', '2.2'], undefined],
		['nothing', ['2.10', '2.9', '2.2'], undefined]
	])('asked for by “%s” are %j', (asked, expected, direction) => {
		const order = ordered(asked);
		expect(order.rows.map(({ release }) => release)).toEqual(expected);
		if (direction) expect(order.direction).toBe(direction);
		else expect(order.key).toBeUndefined();
	});
});

it.each([
	['', '-users'],
	['-users', 'users'],
	['users', ''],
	['release', '-users']
])('a head of numbers under “%s” asks for “%s”', (asked, expected) => {
	expect(ordered(asked).after(columns[1]!)).toBe(expected);
});

it('a head of words begins with the first of them', () => {
	expect(ordered('').after(columns[0]!)).toBe('release');
	expect(ordered('release').after(columns[0]!)).toBe('-release');
});
