import { describe, expect, test } from 'vitest';
import {
	conditionOf,
	findTroubles,
	formatBytes,
	summarise,
	type CollectorState
} from './describe-collectors.ts';

const collector = (fields: Partial<CollectorState> = {}): CollectorState => ({
	collector: 'web-1 /data',
	reported_at: '2026-11-24 12:00:00.000',
	silent_ms: 4_000,
	stopped: false,
	spool_bytes: 0,
	spool_max_bytes: 1_000,
	segments_waiting: 0,
	last_error: '',
	stored_at: '2026-11-24 11:59:30.000',
	dead_letters: [],
	...fields
});
const titles = (...all: CollectorState[]) => findTroubles(all, []).map(({ title }) => title);

test.each([
	[{}, 'running'],
	[{ silent_ms: 60_001 }, 'silent'],
	[{ stopped: true, silent_ms: 9e6 }, 'stopped']
] as const)('%j is %s', (fields, condition) => {
	expect(conditionOf(collector(fields))).toBe(condition);
});

describe('what asks for something', () => {
	test.each<[what: string, collectors: CollectorState[], titles: string[]]>([
		['nothing, when all is well', [collector()], []],
		['nothing, when nobody ever reported: the page says so itself', [], []],
		[
			'one of two that is silent',
			[collector(), collector({ silent_ms: 120_000 })],
			['A collector is silent']
		],
		['all stopped', [collector({ stopped: true })], ['No collector is running']],
		['a spool nearly full', [collector({ spool_bytes: 801 })], ['A spool is nearly full']],
		[
			'a database that takes nothing',
			[collector({ last_error: 'connect ECONNREFUSED' })],
			['The database does not take what arrives']
		],
		[
			'segments set aside, in a stopped collector too',
			[
				collector({ dead_letters: [{ name: 'a', rows: 1, error: 'x' }] }),
				collector({ stopped: true, dead_letters: [{ name: 'b', rows: 1, error: 'x' }] })
			],
			['2 segments set aside']
		]
	])('%s', (_what, collectors, expected) => {
		expect(titles(...collectors)).toEqual(expected);
	});

	test('one segment and several are each told in their grammar', () => {
		const letter = { name: 'a', rows: 1, error: 'x' };
		const [one] = findTroubles([collector({ dead_letters: [letter] })], []);
		expect(one).toMatchObject({
			title: '1 segment set aside',
			text: expect.stringMatching(/refused it .* replay it\./)
		});
		const [two] = findTroubles([collector({ dead_letters: [letter, letter] })], []);
		expect(two!.text).toMatch(/refused them .* replay them\./);
	});

	test('a table that could not be refreshed, and whether an older one is in use', () => {
		const [first, second] = findTroubles(
			[collector()],
			[
				{ name: 'mds', last_error: 'The signature is wrong.', loaded_at: null },
				{ name: 'aaguids', last_error: 'Timed out.', loaded_at: '2026-11-24 10:00:00.000' },
				{ name: 'country', last_error: '', loaded_at: null }
			]
		);
		expect(first!.text).toBe('The signature is wrong. None was loaded yet.');
		expect(second!.text).toMatch(/^Timed out\. The last good one, .+ stays in use\.$/);
	});
});

test('the sentence tells whether data is arriving', () => {
	const now = new Date('2026-11-24T12:02:30Z');
	expect(summarise([collector()], 1, now)).toBe(
		'Events last reached the database 3 min ago; 1 event in the last 24 hours.'
	);
	expect(summarise([collector({ stored_at: null })], 0, now)).toMatch(/nothing has arrived/);
	expect(summarise([], 0, now)).toMatch(/^No collector has reported/);
});

test.each([
	[0, '0 bytes'],
	[999, '999 bytes'],
	[1_234, '1.2 kB'],
	[150_000_000, '150 MB'],
	[2 ** 30, '1.1 GB']
])('%i bytes are written %s', (bytes, text) => {
	expect(formatBytes(bytes).replace('\u202f', ' ')).toBe(text);
});
