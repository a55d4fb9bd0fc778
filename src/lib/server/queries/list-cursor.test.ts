import { describe, expect, it } from 'vitest';
import { cutPage, formatCursor, parseCursor, parseOrderCursor } from './list-cursor.ts';

describe('a cursor', () => {
	it('comes back from the URL as it went in', () => {
		const at = '2026-11-03T10:00:00.123Z';
		const id = '0193f1a2-0000-7000-8000-000000000001';
		expect(parseCursor(formatCursor({ at, id }))).toEqual({ before_at: at, before_id: id });
	});

	it('holds any number that a list is ordered by', () => {
		const id = '0123456789abcdef';
		for (const at of [0, 12, -999_999_999_999_999])
			expect(parseOrderCursor(formatCursor({ at, id }))).toEqual({ before: at, before_id: id });
	});

	it.each([null, '', 'x', '12', '1-', "1-' OR 1=1", `${'9'.repeat(15)}-zz`])(
		'that is malformed (%j) means the first page',
		(text) => {
			expect(parseCursor(text).before_id).toBe('');
		}
	);
});

describe('cutPage', () => {
	const cursorOf = (id: number) => ({ at: '2026-11-03T10:00:00.000Z', id: String(id) });

	it('names the next page when there is one row more', () => {
		expect(cutPage([1, 2, 3], { size: 2, cursorOf })).toEqual({
			rows: [1, 2],
			next: `${Date.parse('2026-11-03T10:00:00.000Z')}-2`
		});
	});

	it('names none on the last page', () => {
		expect(cutPage([1, 2], { size: 2, cursorOf })).toEqual({ rows: [1, 2], next: undefined });
	});
});
