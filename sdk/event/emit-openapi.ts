/** Writes openapi.json, the whole wire contract for those who do not speak TypeScript: `npm run schema`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emitSchema } from './emit-schema.ts';
import { SCHEMA_VERSION } from './event.ts';
import { EXAMPLES, FAILED_CEREMONY_EXAMPLE } from './examples.ts';
import { LIMITS } from './limits.ts';
import {
	answer,
	ANSWER_SCHEMAS,
	EVENTS_ANSWERS,
	PREFLIGHT_ANSWERS,
	RETRY_AFTER
} from './openapi-answers.ts';
import { LOGS_SCHEMAS, SEND_LOGS } from './openapi-logs.ts';
import { USERS_PATH, USERS_SCHEMAS } from './openapi-users.ts';
import { EVENT_TYPES, SERVER_EVENT_TYPES, type EventType } from './vocabulary.ts';

const FILE = join(import.meta.dirname, 'openapi.json');

/** The collector's addresses (OpenAPI 3.1), with the shapes of `schema.json` and one example batch for each event type. */
export function emitOpenapi(): string {
	return JSON.stringify(openapi(), null, '\t') + '\n';
}

function openapi(): object {
	const { schemas, titles } = describeEvents();
	return {
		openapi: '3.1.1',
		info: {
			title: 'Passlens collector',
			version: String(SCHEMA_VERSION),
			summary: 'Takes events of passkey rollouts from pages, apps and servers.',
			description: INTRODUCTION,
			license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
		},
		servers: [
			{
				url: '{endpoint}',
				description: 'Your collector.',
				variables: { endpoint: { default: 'http://localhost:7301' } }
			}
		],
		tags: [{ name: 'events' }, { name: 'people' }, { name: 'operation' }],
		paths: {
			'/v1/events': { post: sendEvents(exampleBatches(titles)), options: PREFLIGHT },
			'/v1/logs': { post: SEND_LOGS, options: { ...PREFLIGHT, operationId: 'mayPageSendLogs' } },
			'/v1/users/{user_ref}': USERS_PATH,
			'/healthz': { get: HEALTH },
			'/readyz': { get: READINESS }
		},
		components: {
			securitySchemes: SECURITY_SCHEMES,
			headers: { 'retry-after': RETRY_AFTER },
			schemas
		}
	};
}

/** The batch's schema, taken apart so that each event has a name of its own. */
function describeEvents(): { schemas: object; titles: Record<string, string> } {
	const { $defs, ...batch } = JSON.parse(
		emitSchema().replaceAll('"#/$defs/', '"#/components/schemas/')
	);
	// OpenAPI 3.1 speaks this dialect without being told.
	delete batch.$schema;
	const event = {
		title: 'One event',
		...batch.properties.events.items,
		discriminator: { propertyName: 'type', mapping: mapTypes() }
	};
	batch.properties.events.items = { $ref: '#/components/schemas/event' };
	const titles = Object.fromEntries(EVENT_TYPES.map((type) => [type, $defs[type].title]));
	return {
		schemas: { batch, event, ...$defs, ...ANSWER_SCHEMAS, ...LOGS_SCHEMAS, ...USERS_SCHEMAS },
		titles
	};
}

const mapTypes = () =>
	Object.fromEntries(EVENT_TYPES.map((type) => [type, `#/components/schemas/${type}`]));

function exampleBatches(titles: Record<string, string>): Record<string, object> {
	const named = (type: EventType, event: object, summary = titles[type]) => ({
		summary: SERVER_EVENT_TYPES.includes(type) ? `${summary} (server key)` : summary,
		value: {
			schema_version: SCHEMA_VERSION,
			sent_unix_ms: 1_795_327_301_000,
			sdk: { name: 'my-sender', version: '1.0.0' },
			events: [event]
		}
	});
	return {
		...Object.fromEntries(EVENT_TYPES.map((type) => [type, named(type, EXAMPLES[type])])),
		'ceremony.finished-failed': named(
			'ceremony.finished',
			FAILED_CEREMONY_EXAMPLE,
			'The call ended with an error'
		)
	};
}

const sendEvents = (examples: object) => ({
	operationId: 'sendEvents',
	tags: ['events'],
	summary: 'Send a batch of events',
	description: `At most ${LIMITS.events_per_batch} events and ${LIMITS.batch_bytes} bytes, counted after decompression. Answered when what was accepted is on disk. Send a batch again after a network error, 429, 500 or 503, with the same event ids: what arrives twice counts once.`,
	security: [{ bearer: [] }, { ingestKey: [] }],
	parameters: [
		{
			name: 'Content-Encoding',
			in: 'header',
			description: 'How the body is packed. Left out: as it is.',
			schema: { enum: ['gzip', 'identity'] }
		}
	],
	requestBody: {
		required: true,
		content: {
			'application/json': { schema: { $ref: '#/components/schemas/batch' }, examples },
			'text/plain': {
				schema: {
					description: 'The same JSON. A page may send it so without a preflight.',
					type: 'string',
					contentMediaType: 'application/json',
					contentSchema: { $ref: '#/components/schemas/batch' }
				}
			}
		}
	},
	responses: EVENTS_ANSWERS
});

const PREFLIGHT = {
	operationId: 'mayPageSend',
	tags: ['events'],
	summary: 'A page’s preflight (CORS)',
	description: 'Sent by browsers. The request itself is held to the origins of its key’s project.',
	security: [{}, { ingestKey: [] }],
	parameters: [
		{ name: 'Origin', in: 'header', required: true, schema: { type: 'string', format: 'uri' } }
	],
	responses: PREFLIGHT_ANSWERS
};

const HEALTH = {
	operationId: 'isRunning',
	tags: ['operation'],
	summary: 'Whether the collector runs',
	security: [],
	responses: { 200: answer('It runs.', 'health') }
};

const READINESS = {
	operationId: 'isReady',
	tags: ['operation'],
	summary: 'Whether the collector can take events',
	security: [],
	responses: {
		200: answer('It can.', 'readiness'),
		503: answer('It cannot; what is in the way is listed.', 'readiness')
	}
};

const SECURITY_SCHEMES = {
	bearer: {
		type: 'http',
		scheme: 'bearer',
		description:
			'`Authorization: Bearer pk_…` (a project’s public key, from pages and apps) or `Bearer sk_…` (a server key: a secret, from servers alone).'
	},
	ingestKey: {
		type: 'apiKey',
		in: 'query',
		name: 'key',
		description:
			'`?key=pk_…`, for beacons, which cannot set a header. A server key is not taken here.'
	}
};

const INTRODUCTION = `One address takes everything: \`POST /v1/events\`. Whoever has OpenTelemetry already sends the same events as log records to \`POST /v1/logs\`.

- Wire names are snake_case, ids are UUIDv7, made once where the event happens. Times are Unix milliseconds on the sender’s clock; the collector corrects a clock that is wrong.
- \`context\` holds defaults for the events of a batch; an event’s own field wins.
- \`user_ref\` is base64url, without padding, of SHA-256("passlens:user:" + your reference, UTF-8); \`credential_ref\` that of SHA-256("passlens:credential:" followed by the bytes of the raw id). 43 characters each.
- Fields the contract does not name are dropped unread. There is none for a credential id, public key, signature, challenge, user handle, user name or address, and none of them may stand in a text.
- What a schema cannot say: a ceremony that ended with "error" needs \`error\`, one that "succeeded" needs \`credential\`, a verdict that is not \`verified\` needs \`reason\`.
- \`ceremony.verdict\` and \`credential.revoked\` are taken with a server key alone.`;

if (import.meta.main) writeFileSync(FILE, emitOpenapi());
