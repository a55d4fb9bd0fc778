import type { Column } from './data-table.svelte';

interface Order<Row> {
	rows: Row[];
	/** The column that the rows are ordered by; undefined: as they came. */
	key: string | undefined;
	direction: 'ascending' | 'descending';
	/** What to ask for next at a column's head: its order, the other way round, then none. */
	after: (column: Column<Row>) => string;
	/** At a column's head: the order it gives, or would give. */
	arrowOf: (column: Column<Row>) => '↑' | '↓';
}

/** Rows in the order that an address asks for: `users` is ascending, `-users` descending. What no column is called changes nothing. */
export function sortRows<Row>({
	rows,
	columns,
	asked,
	isSorted = false
}: {
	rows: Row[];
	columns: Column<Row>[];
	asked: string;
	/** They are in that order. */
	isSorted?: boolean;
}): Order<Row> {
	const down = asked.startsWith('-');
	const column = columns.find(({ key, by }) => by && key === asked.slice(down ? 1 : 0));
	const by = column?.by;
	/** The order of a column's first click. */
	const firstOf = ({ key, by }: Column<Row>) =>
		rows.some((row) => typeof by?.(row) === 'number') ? `-${key}` : key;
	return {
		rows: by && !isSorted ? rows.toSorted((a, b) => compare(by(a), by(b), down)) : rows,
		key: column?.key,
		direction: down ? 'descending' : 'ascending',
		after(head) {
			const first = firstOf(head);
			if (head !== column) return first;
			return asked === first ? (down ? head.key : `-${head.key}`) : '';
		},
		arrowOf: (head) => ((head === column ? down : firstOf(head) !== head.key) ? '↓' : '↑')
	};
}

type Value = string | number | null | undefined;

function compare(a: Value, b: Value, down: boolean): number {
	if (a == null || b == null) return Number(a == null) - Number(b == null);
	const order =
		typeof a === 'number' && typeof b === 'number'
			? a - b
			: String(a).localeCompare(String(b), 'en', { numeric: true });
	return down ? -order : order;
}
