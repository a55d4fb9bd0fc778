import { expect, test } from 'vitest';
import { readSpanExport } from './read-span-export.ts';

const ENDPOINT = 'http://localhost:4318/v1/traces';

test('nothing is exported unless an endpoint is named', () => {
	expect(readSpanExport({})).toBeUndefined();
	expect(readSpanExport({ PASSLENS_SPANS_PROJECTS: '*' })).toBeUndefined();
});

test('endpoint, projects and headers are read', () => {
	expect(
		readSpanExport({
			PASSLENS_SPANS_ENDPOINT: ENDPOINT,
			PASSLENS_SPANS_PROJECTS: 'shop, bank',
			PASSLENS_SPANS_HEADERS: 'authorization=Basic%20YQ==,x-scope=a%3Db',
			PASSLENS_SPANS_AFTER_S: '600'
		})
	).toEqual({
		endpoint: ENDPOINT,
		projects: ['shop', 'bank'],
		headers: { authorization: 'Basic YQ==', 'x-scope': 'a=b' },
		settledAfterMs: 600_000
	});
	expect(
		readSpanExport({ PASSLENS_SPANS_ENDPOINT: ENDPOINT, PASSLENS_SPANS_PROJECTS: '*' })
	).toEqual({ endpoint: ENDPOINT, projects: undefined, headers: {}, settledAfterMs: 330_000 });
});

test.each([
	[{ PASSLENS_SPANS_ENDPOINT: 'localhost:4318' }, 'the whole address'],
	[{ PASSLENS_SPANS_ENDPOINT: 'http://localhost:4318' }, 'such as http://localhost:4318/v1/traces'],
	[{ PASSLENS_SPANS_ENDPOINT: ENDPOINT }, 'say with PASSLENS_SPANS_PROJECTS'],
	[
		{
			PASSLENS_SPANS_ENDPOINT: ENDPOINT,
			PASSLENS_SPANS_PROJECTS: '*',
			PASSLENS_SPANS_AFTER_S: 'soon'
		},
		'from 1 to 86400, not "soon"'
	]
])('what cannot be used names its variable and the fix: %o', (env, words) => {
	expect(() => readSpanExport(env)).toThrow(words);
});

test('a header that cannot be read is refused without its value', () => {
	for (const header of ['secret', 'a=%zz-secret', '=secret']) {
		const read = () =>
			readSpanExport({
				PASSLENS_SPANS_ENDPOINT: ENDPOINT,
				PASSLENS_SPANS_PROJECTS: '*',
				PASSLENS_SPANS_HEADERS: header
			});
		expect(read).toThrow('PASSLENS_SPANS_HEADERS must be name=value');
		expect(read).not.toThrow('secret');
	}
});
