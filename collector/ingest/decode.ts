import { batchSchema, SCHEMA_VERSION, type Batch } from '../../sdk/event/index.ts';
import type { Problem } from '../problem.ts';
import { describeIssue } from './describe-issue.ts';

const utf8 = new TextDecoder();

/** Reads the envelope of a batch. Its events are looked at one by one afterwards. */
export function decode(body: Uint8Array): Batch | Problem {
	const text = utf8.decode(body);
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		return {
			status: 400,
			code: 'json_malformed',
			title: 'Malformed JSON',
			detail: `The body is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'unreadable'}.`
		};
	}
	// Half a surrogate pair cannot be written as UTF-8. It reaches us by escape alone, so most bodies skip the walk.
	if (/\\u[dD][89a-fA-F]/.test(text)) value = mendStrings(value);

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

/** Nothing of the contract lies deeper, and half a million brackets in one another would exhaust the stack. */
const DEEPEST = 20;

/** Replaces lone surrogates in every text and key by U+FFFD. */
function mendStrings(value: unknown, depth = 0): unknown {
	if (typeof value === 'string') return value.toWellFormed();
	if (typeof value !== 'object' || value === null) return value;
	if (depth > DEEPEST) return null;
	if (Array.isArray(value)) return value.map((item) => mendStrings(item, depth + 1));
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [key.toWellFormed(), mendStrings(item, depth + 1)])
	);
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
		detail: `This collector speaks version ${SCHEMA_VERSION} of the contract, not ${JSON.stringify(version)?.slice(0, 40)}. Bring the collector to the SDK's version, or the SDK to the collector's.`
	};
}
