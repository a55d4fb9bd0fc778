import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { batchSchema, eventSchema } from '../../sdk/event/index.ts';
import { EXAMPLES, FAILED_CEREMONY_EXAMPLE } from '../../sdk/event/examples.ts';
import { batchOf } from '../testing/harness.ts';
import { compileSchema } from './compile-schema.ts';

const readEvent = compileSchema(eventSchema);
const readBatch = compileSchema(batchSchema);
const events = [...Object.values(EXAMPLES), FAILED_CEREMONY_EXAMPLE].map(copyOf);

/** What JSON may hold, near the contract's limits and far from them. */
const anything = fc.oneof(
	fc.constantFrom(
		...[null, true, false, 0, -1, 1.5, 1, 255, 256, 257, 65_535, 65_536, 2 ** 53, -70_001, 8.64e15],
		...['', 'a', 'A', '__proto__', 'web', 'optional', 'authentication', 'succeeded', 'error'],
		...['0198c000-0000-7000-8000-000000000000', '0198c000-0000-4000-8000-000000000000'],
		...[{}, [], [''], ['usb'], [1], { a: 'b' }, { '': 'b' }, { a: 1 }, { a: true }, [[]]]
	),
	fc.constantFrom(32, 33, 40, 41, 64, 65, 120, 121, 240, 241).map((length) => 'x'.repeat(length)),
	fc.constantFrom(10, 11, 16, 17, 64, 65).map((length) => Array.from({ length }, () => 'x')),
	fc.integer({ min: 19, max: 22 }).map((count) => ({ ...Array.from({ length: count }, String) })),
	fc.jsonValue({ maxDepth: 3 }).map(copyOf)
);

describe('a compiled schema', () => {
	it.each(events.map((event) => [(event as { type: string }).type, event] as const))(
		'takes %s as the validator does, and asks it nothing',
		(_, event) => {
			expect(readEvent(event)).toStrictEqual(eventSchema.parse(event));
			const batch = copyOf(batchOf([event] as never));
			expect(readBatch(batch)).toStrictEqual(batchSchema.parse(batch));
		}
	);

	it('takes what the validator takes, as the same, and nothing else', () => {
		fc.assert(
			fc.property(fc.constantFrom(...events), fc.nat(), anything, (event, place, value) => {
				agree(eventSchema, readEvent, changed(event, place, value));
			}),
			{ numRuns: 5_000 }
		);
		const batch = copyOf(batchOf(events as never));
		fc.assert(
			fc.property(fc.nat(), anything, (place, value) => {
				agree(batchSchema, readBatch, changed(batch, place, value));
			}),
			{ numRuns: 1_000 }
		);
		fc.assert(
			fc.property(anything, (value) => {
				agree(eventSchema, readEvent, value);
				agree(batchSchema, readBatch, value);
			}),
			{ numRuns: 500 }
		);
	});

	it('leaves to the validator what it has no words for', () => {
		const schema = z.object({
			trimmed: z.string().trim(),
			checked: z.boolean().refine((value) => value),
			coerced: z.coerce.number(),
			either: z.union([z.string(), z.null()]),
			inner: z.string().default('there').optional()
		});
		const read = compileSchema(schema);
		for (const value of [
			{ trimmed: ' a ', checked: true, coerced: '7', either: null, inner: 'here' },
			{ trimmed: ' a ', checked: false, coerced: '7', either: 'b', inner: 'here' },
			{ trimmed: ' a ', checked: true, coerced: 'seven', either: 'b', inner: 'here' },
			{ trimmed: 1, checked: true, coerced: '7', either: 3, inner: 'here' }
		])
			expect(read(value)).toEqual(schema.safeParse(value).data);
		expect(read({ trimmed: 'a', checked: true, coerced: 7, either: 'b' })).toBeUndefined();
	});
});

function agree(schema: z.ZodType, read: (value: unknown) => unknown, value: unknown): void {
	expect(read(value)).toStrictEqual(schema.safeParse(value).data);
}

/** As it comes out of a request. */
function copyOf(value: unknown): unknown {
	return JSON.parse(JSON.stringify(value)) as unknown;
}

/** The same with another value, or a field more or less, in one of its objects. */
function changed(value: unknown, place: number, put: unknown): unknown {
	const copy = copyOf(value);
	const objects: Record<string, unknown>[] = [];
	const collect = (part: unknown) => {
		if (typeof part !== 'object' || part === null) return;
		if (!Array.isArray(part)) objects.push(part as Record<string, unknown>);
		Object.values(part).forEach(collect);
	};
	collect(copy);
	const object = objects[place % objects.length]!;
	const names = [...Object.keys(object), 'application', 'tags', 'client', 'hints', 'unknown'];
	const name = names[Math.floor(place / objects.length) % names.length]!;
	if (put === null && place % 2) Reflect.deleteProperty(object, name);
	else object[name] = put;
	return copy;
}
