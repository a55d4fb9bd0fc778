import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emitSchema } from './emit-schema.ts';
import { EVENT_TYPES } from './vocabulary.ts';

test('schema.json is what the contract says today (npm run schema)', () => {
	expect(readFileSync(join(import.meta.dirname, 'schema.json'), 'utf8')).toBe(emitSchema());
});

test('schema.json names every event type with a title, and lets a sender leave defaults out', () => {
	const { $defs } = JSON.parse(emitSchema()) as {
		$defs: Record<string, { title?: string; required?: string[] }>;
	};
	for (const type of EVENT_TYPES) {
		expect($defs[type]?.title).toMatch(/\w/);
		expect($defs[type]?.required).toEqual(expect.arrayContaining(['id', 'time_unix_ms', 'type']));
		expect($defs[type]?.required).not.toContain('application');
	}
});
