import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from './options.ts';

const today = new Date('2026-11-22T10:00:00Z');
const read = (...args: string[]) => readOptions(args, { env: {}, today });

describe('readOptions', () => {
	it('simulates 20 000 people over 120 days up to today unless told otherwise', () => {
		expect(read()).toMatchObject({
			users: 20_000,
			days: 120,
			end: '2026-11-22',
			project: 'demo',
			dataDir: 'data'
		});
	});

	it('takes what it is told', () => {
		expect(read('--users', '50', '--seed', 'x', '--via', 'collector')).toMatchObject({
			users: 50,
			seed: 'x',
			via: 'collector'
		});
	});

	it.each([
		['--users', 'many'],
		['--users', '0'],
		['--days', '10000'],
		['--end', 'tomorrow'],
		['--via', 'pigeon'],
		['--project', 'X!'],
		['--collector-url', 'nowhere']
	])('refuses %s %s with a sentence that names the flag', (flag, value) => {
		expect(() => read(flag, value)).toThrow(UsageError);
		expect(() => read(flag, value)).toThrow(flag);
	});
});
