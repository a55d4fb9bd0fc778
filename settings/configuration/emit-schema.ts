/** Writes configuration.schema.json, by which editors complete and check a configuration file: `npm run schema`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configurationSchema } from './configuration.ts';

const FILE = join(import.meta.dirname, 'configuration.schema.json');

/** The file as it may be written (JSON Schema, draft 2020-12). What a schema cannot say (one key, one holder) is checked when it is read. */
export function emitConfigurationSchema(): string {
	const { $schema, ...rest } = z.toJSONSchema(configurationSchema, {
		target: 'draft-2020-12',
		io: 'input'
	});
	const titled = { $schema, title: 'Passlens configuration file', ...rest };
	return JSON.stringify(titled, null, '\t') + '\n';
}

if (import.meta.main) writeFileSync(FILE, emitConfigurationSchema());
