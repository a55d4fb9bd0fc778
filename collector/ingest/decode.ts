import { batchSchema, SCHEMA_VERSION, type Batch } from '../../sdk/event/index.ts';
import { isProblem, type Problem } from '../problem.ts';
import { compileSchema } from './compile-schema.ts';
import { describeIssue } from './describe-issue.ts';
import { parseJson } from './parse-json.ts';
import { cutText } from '../cut-text.ts';

const readBatch = compileSchema(batchSchema);

/** Reads the envelope of a batch. Its events are looked at one by one afterwards. */
export function decode(body: Uint8Array): Batch | Problem {
	const read = parseJson(body);
	if (isProblem(read)) return read;
	const value = read.json;

	const batch = readBatch(value);
	if (batch) return batch;
	const parsed = batchSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	if (hasOtherVersion(value)) return unknownVersion(value.schema_version);
	return {
		status: 400,
		code: 'batch_invalid',
		title: 'Not a batch',
		detail: 'The envelope does not follow the contract, so no event was read.',
		errors: parsed.error.issues.map((issue) => ({ index: -1, ...describeIssue(issue) }))
	};
}

function hasOtherVersion(value: unknown): value is { schema_version: unknown } {
	return (
		typeof value === 'object' &&
		value !== null &&
		'schema_version' in value &&
		value.schema_version !== SCHEMA_VERSION
	);
}

function unknownVersion(version: unknown): Problem {
	return {
		status: 400,
		code: 'schema_version_unknown',
		title: 'Unknown schema version',
		detail: `This collector speaks version ${SCHEMA_VERSION} of the contract, not ${cutText(String(JSON.stringify(version)), 40)}. Bring the collector to the SDK's version, or the SDK to the collector's.`
	};
}
