/** The collector's answers as OpenAPI 3.1 says them; `collector/openapi.test.ts` asks a real collector for each. */
import { z } from 'zod';
import type { BatchReceipt, Refusal } from './batch.ts';

const refusal = z.object({
	index: z.int().min(-1).describe('Position in the batch’s `events`; -1 for the envelope.'),
	field: z
		.string()
		.describe('Path of the offending field, such as "request.timeout_ms"; empty for the whole.'),
	code: z.string().describe('Stable code of the reason, for programs.'),
	reason: z.string().describe('What is wrong and what would be right, in plain words.')
}) satisfies z.ZodType<Refusal>;

const receipt = z.object({
	accepted: z.int().min(1).describe('Events that are on disk now.'),
	refused: z
		.array(refusal)
		.describe('Events that were not taken. Sending them again is of no use.'),
	received_unix_ms: z
		.int()
		.describe(
			'The collector’s clock when the batch arrived, so that a sender can measure its skew.'
		)
}) satisfies z.ZodType<BatchReceipt>;

const problem = z
	.object({
		type: z.string().describe('`urn:passlens:problem:` and a stable code, for programs.'),
		title: z.string(),
		status: z.int().describe('The HTTP status, again.'),
		detail: z.string().describe('What is wrong and what would be right, for people.'),
		errors: z.array(refusal).optional().describe('What was refused, where that can be said.')
	})
	.describe('Problem details (RFC 9457).');

/** Schemas of what the collector says, by their names among the document's components. */
export const ANSWER_SCHEMAS = {
	refusal: json(refusal),
	receipt: { ...json(receipt), title: 'BatchReceipt' },
	problem: json(problem),
	health: json(z.object({ status: z.literal('running') })),
	readiness: json(
		z.object({
			status: z.enum(['ready', 'not ready']),
			obstacles: z.array(z.string()).optional().describe('What is in the way, when not ready.'),
			warnings: z
				.array(z.string())
				.optional()
				.describe('What is wrong though events are taken, such as a database that is away.')
		})
	)
};

function json(schema: z.ZodType): object {
	const written = z.toJSONSchema(schema, { io: 'input' });
	// OpenAPI 3.1 speaks this dialect without being told.
	delete written.$schema;
	return written;
}

const ref = (name: keyof typeof ANSWER_SCHEMAS) => ({ $ref: `#/components/schemas/${name}` });

export const RETRY_AFTER = {
	description: 'Seconds to wait before the same batch, with the same event ids, is sent again.',
	required: true,
	schema: { type: 'integer', minimum: 1 }
};

/** An answer of one JSON shape. */
export const answer = (description: string, schema: keyof typeof ANSWER_SCHEMAS) => ({
	description,
	content: { 'application/json': { schema: ref(schema) } }
});

/** A refusal of a whole request: its status, and the codes it may carry with what each means. */
export const refusalOf = (
	status: number,
	lead: string,
	codes: Record<string, string>,
	headers?: object
) => ({
	description: [
		lead,
		...Object.entries(codes).map(([code, text]) => `- \`${code}\`: ${text}`)
	].join('\n'),
	...(headers && { headers }),
	content: {
		'application/problem+json': {
			schema: {
				allOf: [ref('problem')],
				properties: {
					type: { enum: Object.keys(codes).map((code) => `urn:passlens:problem:${code}`) },
					status: { const: status }
				}
			}
		}
	}
});

const wait = { 'Retry-After': { $ref: '#/components/headers/retry-after' } };

/** Answers to `POST /v1/events`. */
export const EVENTS_ANSWERS = {
	202: answer(
		'Taken, wholly or in part, and on disk. An event that is refused harms no other: it is listed with its reason.',
		'receipt'
	),
	400: refusalOf(400, 'Nothing was taken, and nothing will be if it is sent again as it is.', {
		json_malformed: 'the body is not JSON.',
		batch_invalid: 'the envelope does not follow the contract; no event was read.',
		schema_version_unknown: 'the collector speaks another version of the contract.',
		events_invalid: 'every event was refused; each is listed in `errors`.',
		gzip_broken: 'announced as gzip and could not be decompressed.',
		body_incomplete: 'the connection ended before the whole body had arrived: send it again.'
	}),
	401: refusalOf(401, 'Nobody knows who sends.', {
		key_missing:
			'no key was given, or a server key stood in the address, where it would be logged.',
		key_unknown: 'no project has this key, or it was revoked.'
	}),
	403: refusalOf(403, 'The sender may not send this.', {
		origin_not_allowed:
			'the request came from a page whose origin is none of the project’s. Apps and servers send no `Origin`.',
		server_key_required: 'verdicts and revocations are taken with a server key alone.'
	}),
	413: refusalOf(413, 'Too much at once.', {
		body_too_large: 'over the limit, counted after decompression. Send several batches.'
	}),
	415: refusalOf(415, 'Not a form the collector reads.', {
		content_type_unsupported: 'neither application/json nor text/plain.',
		content_encoding_unsupported: 'neither gzip nor the body as it is.'
	}),
	429: refusalOf(
		429,
		'Send the same batch again later.',
		{
			too_many_requests: 'more batches come with this key than its share.',
			too_many_from_client: 'too many batches come from this network address.'
		},
		wait
	),
	500: refusalOf(500, 'Send the same batch again later.', {
		internal: 'a fault of the collector; its log tells more.'
	}),
	503: refusalOf(
		503,
		'Nothing was taken. Send the same batch again later.',
		{
			spool_full: 'the database has been away for so long that no room is left.',
			spool_write_failed: 'the disk takes nothing.',
			spool_closed: 'the collector is stopping.'
		},
		wait
	)
};

/** Answers to a page's preflight. */
export const PREFLIGHT_ANSWERS = {
	204: {
		description: 'The page may send.',
		headers: {
			'Access-Control-Allow-Origin': { required: true, schema: { type: 'string' } },
			'Access-Control-Allow-Headers': { required: true, schema: { type: 'string' } },
			'Access-Control-Allow-Methods': { required: true, schema: { const: 'POST' } }
		}
	},
	403: refusalOf(403, 'The page may not send.', {
		origin_not_allowed: 'no project, or not the one of `key`, takes events from this origin.'
	})
};
