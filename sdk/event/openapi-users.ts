/** What is kept of a person, given out and erased, as OpenAPI 3.1 says it; `collector/openapi.test.ts` asks a real collector. */
import { EVENTS_ANSWERS, refusalOf } from './openapi-answers.ts';

const unixMs = { type: 'integer', description: 'Unix epoch in milliseconds.' };

const personExport = {
	title: 'PersonExport',
	type: 'object',
	required: ['project_id', 'exported_unix_ms', 'events', 'records'],
	properties: {
		project_id: { type: 'string' },
		exported_unix_ms: unixMs,
		events: {
			type: 'array',
			description: 'Their events as they are kept, oldest first.',
			items: { type: 'object' }
		},
		records: {
			type: 'object',
			description: 'By view: what was made of those events.',
			additionalProperties: { type: 'array', items: { type: 'object' } }
		}
	}
};

const erasure = {
	title: 'Erasure',
	type: 'object',
	required: ['status', 'requested_unix_ms'],
	properties: {
		status: { enum: ['erased', 'under way'] },
		requested_unix_ms: unixMs,
		erased_unix_ms: unixMs,
		events_deleted: { type: 'integer', minimum: 0 }
	}
};

/** Schemas by their names among the document's components. */
export const USERS_SCHEMAS = { personExport, erasure };

const json = (description: string, schema: keyof typeof USERS_SCHEMAS) => ({
	description,
	content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } }
});

const refusals = {
	400: refusalOf(400, 'Nothing was done.', {
		user_ref_invalid: 'the address does not end in a one-way reference.'
	}),
	401: EVENTS_ANSWERS[401],
	403: refusalOf(403, 'The sender may not ask this.', {
		server_key_required: 'a public key is not enough.'
	}),
	429: EVENTS_ANSWERS[429],
	500: EVENTS_ANSWERS[500]
};

/** `/v1/users/{user_ref}`. */
export const USERS_PATH = {
	parameters: [
		{
			name: 'user_ref',
			in: 'path',
			required: true,
			description: 'The one-way reference, as events carry it.',
			schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' }
		}
	],
	get: {
		operationId: 'exportUser',
		tags: ['people'],
		summary: 'Give out what is kept of a person',
		description:
			'Their events and what was made of them. Events that name nobody are theirs where they belong to a visit, an offer, a flow or a ceremony of theirs.',
		security: [{ bearer: [] }],
		responses: { 200: json('All of it; nothing is an empty list.', 'personExport'), ...refusals }
	},
	delete: {
		operationId: 'eraseUser',
		tags: ['people'],
		summary: 'Erase a person',
		description:
			'Deletes their events and everything made of them, and remakes what they share with others. What they did before is not taken in again, however late it comes: such events are answered as accepted and let go of. What they do afterwards counts as somebody new. Asking again is harmless.',
		security: [{ bearer: [] }],
		responses: {
			200: json('They are erased.', 'erasure'),
			202: json('They are shut out; the rest goes on without this request.', 'erasure'),
			...refusals
		}
	}
};
