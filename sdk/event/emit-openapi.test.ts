import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emitOpenapi } from './emit-openapi.ts';
import { EXAMPLES } from './examples.ts';
import { EVENT_TYPES, SERVER_EVENT_TYPES } from './vocabulary.ts';

interface Example {
	summary: string;
	value: { events: { type: string }[] };
}

const parse = () => JSON.parse(emitOpenapi());
const examples: [name: string, example: Example][] = Object.entries(
	parse().paths['/v1/events'].post.requestBody.content['application/json'].examples
);

/** Everything in a document that points elsewhere in it. */
function pointers(value: unknown): string[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, item]) =>
		key === '$ref' ? [item as string] : pointers(item)
	);
}

/** One of the document's schemas, read by somebody else than who wrote it. */
function compile(name: string) {
	const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
	ajv.addSchema(parse(), 'openapi');
	return ajv.compile({ $ref: `openapi#/components/schemas/${name}` });
}

test('openapi.json is what the contract says today (npm run schema)', () => {
	expect(readFileSync(join(import.meta.dirname, 'openapi.json'), 'utf8')).toBe(emitOpenapi());
});

test('it is valid OpenAPI 3.1', async () => {
	const validator = new Validator();
	expect(await validator.validate(parse())).toEqual({ valid: true });
	expect(validator.version).toBe('3.1');
});

test('it points at nothing outside itself or that is not there', () => {
	const document = parse();
	const found = new Set(pointers(document));
	expect(found.size).toBeGreaterThan(EVENT_TYPES.length);
	for (const pointer of found) {
		const path = pointer.replace(/^#\//, '').split('/');
		const target = path.reduce((value, key) => value?.[key], document);
		expect([pointer, typeof target]).toEqual([pointer, 'object']);
	}
});

test('each of its schemas is one, without a word that JSON Schema does not know', () => {
	const { schemas } = parse().components;
	const ajv = new Ajv2020({ strictTypes: false, validateFormats: false });
	for (const word of ['discriminator', 'components']) ajv.addKeyword(word);
	for (const name of Object.keys(schemas))
		expect(() =>
			ajv.compile({ $ref: `#/components/schemas/${name}`, components: { schemas } })
		).not.toThrow();
	expect(Object.keys(schemas)).toEqual(expect.arrayContaining([...EVENT_TYPES]));
});

describe('an example batch', () => {
	test('is there for every event type, and says which need a server key', () => {
		const types = examples.map(([, { value }]) => value.events[0]!.type);
		expect(new Set(types)).toEqual(new Set(EVENT_TYPES));
		for (const [, { summary, value }] of examples)
			expect(summary.endsWith('(server key)')).toBe(
				SERVER_EVENT_TYPES.includes(value.events[0]!.type as never)
			);
	});

	test.each(examples)('%s follows the schema', (_name, { value }) => {
		const follows = compile('batch');
		expect([follows(value), follows.errors]).toEqual([true, null]);
	});

	const finished = EXAMPLES['ceremony.finished'];
	test.each<[title: string, event: object]>([
		['of an unknown type', { ...finished, type: 'ceremony.exploded' }],
		['without an id', { ...finished, id: undefined }],
		['whose id is a UUIDv4', { ...finished, id: '3f0e8c1a-2b4d-4e6f-8a9b-0c1d2e3f4a5b' }],
		['with a plain user reference', { ...finished, user_ref: 'ada@example.com' }],
		['with an outcome of its own', { ...finished, outcome: 'fine' }],
		['with a number for a flag', { ...finished, credential: { backup_state: 1 } }]
	])('with an event %s does not', (_title, event) => {
		const batch = { ...examples[0]![1].value, events: [event] };
		expect(compile('batch')(JSON.parse(JSON.stringify(batch)))).toBe(false);
	});
});
