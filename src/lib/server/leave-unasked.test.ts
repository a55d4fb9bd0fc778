import { expect, it } from 'vitest';
import { askedOf, leaveUnasked } from './leave-unasked.ts';

const SQL = `SELECT 1 WHERE ${askedOf('only', 'os', '(a = 1\n\tOR b)')} AND ${askedOf('never', 'os', 'c')} AND d`;

it('leaves out what no parameter asks for, over several lines, and nothing else', () => {
	expect(leaveUnasked(SQL, { only: {}, never: {} })).toBe('SELECT 1 WHERE true AND true AND d');
	expect(leaveUnasked(SQL, {})).toBe('SELECT 1 WHERE true AND true AND d');
	// A name that every object inherits asks nothing.
	expect(leaveUnasked(askedOf('only', 'constructor', 'c'), { only: {} })).toBe('true');
});

it('keeps what is asked, though it asks for nothing in particular', () => {
	expect(leaveUnasked(SQL, { only: { os: [] }, never: {} })).toContain('(a = 1\n\tOR b)');
	expect(leaveUnasked(SQL, { only: { os: ['x'] }, never: { os: ['y'] } })).toBe(SQL);
});
