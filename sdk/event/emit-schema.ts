/** Writes schema.json, the contract for those who do not speak TypeScript: `npm run schema`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { batchSchema } from './batch.ts';
import { contextSchema, eventSchema } from './event.ts';
import { LIMITS } from './limits.ts';

const FILE = join(import.meta.dirname, 'schema.json');

/**
 * A batch as a sender may write it (JSON Schema, draft 2020-12). What a schema cannot say stands in the doc comments of event.ts:
 * an "error" outcome needs `error`, a "succeeded" one `credential`, an unverified verdict `reason`; objects of more than
 * the counts in limits.ts are refused; unknown fields are dropped.
 */
export function emitSchema(): string {
	const whole = batchSchema.extend({
		context: contextSchema.optional(),
		events: z.array(eventSchema).min(1).max(LIMITS.events_per_batch)
	});
	const schema = z.toJSONSchema(whole, { target: 'draft-2020-12', io: 'input' });
	const { $schema, ...rest } = schema;
	const titled = { $schema, title: 'Passlens event batch, version 1', ...rest };
	return JSON.stringify(titled, null, '\t') + '\n';
}

if (import.meta.main) writeFileSync(FILE, emitSchema());
