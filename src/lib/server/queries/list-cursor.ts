/**
 * Where a page of a list goes on, in the URL's `page`: the time and id of the last row before it, `<unix ms>-<id>`.
 * A cursor holds its place while newer rows arrive, which a page number would not.
 */
export interface ListCursor {
	/** ISO 8601. */
	before_at: string;
	/** Empty: from the first row. */
	before_id: string;
}

/** The same of a list that is ordered by what may be no time: what it is ordered by, as a number. */
export interface OrderCursor {
	before: number;
	/** Empty: from the first row. */
	before_id: string;
}

const FIRST: ListCursor = { before_at: '2100-01-01T00:00:00.000Z', before_id: '' };

/** Reads a cursor; anything malformed is the first page. */
export function parseCursor(text: string | null): ListCursor {
	const { before, before_id } = parseOrderCursor(text);
	return before_id && before >= 0
		? { before_at: new Date(before).toISOString(), before_id }
		: FIRST;
}

/** The same of any order. */
export function parseOrderCursor(text: string | null): OrderCursor {
	const [, before = 0, before_id = ''] = /^(-?\d{1,15})-([0-9a-f-]{16,36})$/.exec(text ?? '') ?? [];
	return { before: Number(before), before_id };
}

/** What a row is ordered by: a time, or another number. */
interface Place {
	at: string | number;
	id: string;
}

export function formatCursor({ at, id }: Place): string {
	return `${typeof at === 'number' ? at : Date.parse(at)}-${id}`;
}

/** The rows of one page out of one more than it holds, and the cursor of the next, if there is one. */
export function cutPage<Row>(
	rows: readonly Row[],
	{ size, cursorOf }: { size: number; cursorOf: (row: Row) => Place }
): { rows: Row[]; next: string | undefined } {
	const page = rows.slice(0, size);
	const last = page.at(-1);
	return {
		rows: page,
		next: rows.length > size && last ? formatCursor(cursorOf(last)) : undefined
	};
}
