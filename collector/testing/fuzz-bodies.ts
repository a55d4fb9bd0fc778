import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { EXAMPLES } from '../../sdk/event/examples.ts';
import { batchOf } from './harness.ts';

const AT_ONCE = 16;

interface Malformed {
	body: Uint8Array;
	headers: Record<string, string>;
}

/** What a fuzzer sends: no JSON, JSON of any shape, a real batch with anything in a field's place, cut off or with bytes turned. */
const malformed: fc.Arbitrary<Malformed> = fc
	.oneof(
		fc.uint8Array({ maxLength: 2_000 }),
		fc.string({ maxLength: 500, unit: 'binary' }).map(toBytes),
		fc.json({ maxDepth: 6 }).map(toBytes),
		fc.integer({ min: 1, max: 50_000 }).map((depth) => toBytes('['.repeat(depth))),
		fc.tuple(fc.constantFrom(...Object.values(EXAMPLES)), fc.string(), fc.jsonValue()).map(
			// A name from outside could be "__proto__": JSON knows it as any other.
			([event, name, value]) =>
				toBytes(
					JSON.stringify(batchOf([event])).replace(
						'"events":[{',
						`"events":[{${JSON.stringify(name)}:${JSON.stringify(value)},`
					)
				)
		),
		fc
			.record({
				event: fc.constantFrom(...Object.values(EXAMPLES)),
				field: fc.nat(),
				value: fc.anything({ maxDepth: 3 })
			})
			.map(({ event, field, value }) => {
				const names = Object.keys(event);
				return toBytes(
					stringify(batchOf([{ ...event, [names[field % names.length]!]: value }])) ?? ''
				);
			}),
		fc
			.record({
				event: fc.constantFrom(...Object.values(EXAMPLES)),
				at: fc.double({ min: 0, max: 1, noNaN: true }),
				byte: fc.nat(255)
			})
			.map(({ event, at, byte }) => {
				const bytes = toBytes(JSON.stringify(batchOf([event])));
				const index = Math.floor(at * (bytes.length - 1));
				bytes[index] = byte;
				return byte % 2 ? bytes : bytes.subarray(0, index);
			})
	)
	.chain((body) =>
		fc.constantFrom(
			{ body, headers: { 'content-type': 'application/json' } },
			{ body, headers: { 'content-type': 'text/plain;charset=UTF-8' } },
			{
				body: gzipSync(body),
				headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }
			},
			{ body, headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } }
		)
	);

/** Sends that many malformed bodies. @returns how many answers had which status */
export async function fuzzBodies({
	url,
	key,
	count,
	seed
}: {
	/** Of the collector. */
	url: string;
	key: string;
	count: number;
	/** Names the bodies: the same seed sends the same. */
	seed: number;
}): Promise<Record<string, number>> {
	const statuses: Record<string, number> = {};
	const bodies = fc.sample(malformed, { numRuns: count, seed }).values();
	await Promise.all(
		Array.from({ length: AT_ONCE }, async () => {
			for (const { body, headers } of bodies) {
				const response = await fetch(`${url}/v1/events`, {
					method: 'POST',
					headers: { ...headers, authorization: `Bearer ${key}` },
					body: Buffer.from(body)
				});
				await response.arrayBuffer();
				statuses[response.status] = (statuses[response.status] ?? 0) + 1;
			}
		})
	);
	return statuses;
}

function toBytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

/** Not everything can be written as JSON. */
function stringify(value: unknown): string | undefined {
	try {
		return JSON.stringify(value);
	} catch {
		return undefined;
	}
}
