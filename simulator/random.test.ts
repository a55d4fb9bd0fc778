import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRandom } from './random.ts';

describe('createRandom', () => {
	it('gives the same numbers for the same seed on every machine', () => {
		const random = createRandom('passlens');
		expect([random.int(0, 999), random.int(0, 999), random.int(0, 999)]).toEqual([178, 627, 70]);
	});

	it('is uniform enough', () => {
		const random = createRandom('uniform');
		const buckets = Array.from({ length: 10 }, () => 0);
		for (let draw = 0; draw < 100_000; draw++) buckets[Math.floor(random.next() * 10)]!++;
		for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
	});

	it('makes valid and different UUIDs of version 7 that carry their time', () => {
		const random = createRandom('uuid');
		const ids = Array.from({ length: 1_000 }, () => random.uuidv7(1_795_000_000_000));
		for (const id of ids) expect(z.uuidv7().safeParse(id).success).toBe(true);
		expect(new Set(ids).size).toBe(1_000);
		expect(Number.parseInt(ids[0]!.replace('-', '').slice(0, 12), 16)).toBe(1_795_000_000_000);
	});

	it('picks by weight', () => {
		const random = createRandom('weights');
		const picks = Array.from({ length: 10_000 }, () =>
			random.weighted([
				['often', 9],
				['seldom', 1],
				['never', 0]
			])
		);
		expect(picks.filter((pick) => pick === 'seldom').length / 10_000).toBeCloseTo(0.1, 1);
		expect(picks).not.toContain('never');
	});
});
