/** `POST /v1/logs` as OpenAPI 3.1 says it. The shape of the messages is OpenTelemetry's; `collector/otlp/otlp.test.ts` asks a real collector. */
import { EXAMPLES } from './examples.ts';
import { EVENTS_ANSWERS } from './openapi-answers.ts';
import { SERVER_EVENT_TYPES } from './vocabulary.ts';

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';

const logsRequest = {
	title: 'ExportLogsServiceRequest',
	description:
		'OpenTelemetry’s own message (opentelemetry-proto, collector/logs/v1). What is not named here is not read.',
	type: 'object',
	properties: {
		resourceLogs: {
			type: 'array',
			items: {
				type: 'object',
				properties: {
					resource: {
						type: 'object',
						properties: { attributes: { $ref: pointer('otlpAttributes') } }
					},
					scopeLogs: {
						type: 'array',
						items: {
							type: 'object',
							properties: {
								scope: {
									type: 'object',
									properties: { name: { type: 'string' }, version: { type: 'string' } }
								},
								logRecords: { type: 'array', items: { $ref: pointer('otlpLogRecord') } }
							}
						}
					}
				}
			}
		}
	}
};

const otlpLogRecord = {
	type: 'object',
	properties: {
		eventName: { type: 'string', description: '`passlens.` and the type of the event.' },
		timeUnixNano: { type: ['string', 'integer'] },
		observedTimeUnixNano: { type: ['string', 'integer'] },
		attributes: { $ref: pointer('otlpAttributes') },
		traceId: { type: 'string', description: '32 hexadecimal digits.' },
		spanId: { type: 'string', description: '16 hexadecimal digits.' },
		flags: { type: 'integer' }
	}
};

const otlpAttributes = {
	type: 'array',
	items: {
		type: 'object',
		required: ['key'],
		properties: {
			key: { type: 'string', description: 'A field of the contract, its path joined by dots.' },
			value: {
				type: 'object',
				description: 'An AnyValue: `stringValue`, `boolValue`, `intValue`, `arrayValue`, …'
			}
		}
	}
};

const logsAnswer = {
	title: 'ExportLogsServiceResponse',
	type: 'object',
	properties: {
		partialSuccess: {
			type: 'object',
			description: 'Left out when every record was taken.',
			properties: {
				rejectedLogRecords: { type: 'string', description: 'How many were not taken.' },
				errorMessage: { type: 'string', description: 'Which, and why.' }
			}
		}
	}
};

const status = {
	title: 'Status',
	description: 'google.rpc.Status, as OTLP answers errors.',
	type: 'object',
	required: ['code', 'message'],
	properties: { code: { type: 'integer' }, message: { type: 'string' } }
};

function pointer(name: string): string {
	return `#/components/schemas/${name}`;
}

/** Shapes of OTLP, by their names among the document's components. */
export const LOGS_SCHEMAS = {
	otlpLogsRequest: logsRequest,
	otlpLogRecord,
	otlpAttributes,
	otlpLogsAnswer: logsAnswer,
	otlpStatus: status
};

const binary = (message: string) => ({
	schema: { type: 'string', format: 'binary', description: `${message} in binary protobuf.` }
});

const OWN_REASONS: Record<string, string> = {
	400: 'The body cannot be read: `json_malformed`, `protobuf_malformed`, `logs_invalid`, `gzip_broken` or `body_incomplete`.',
	413: 'Too much at once: `body_too_large` or `too_many_records`.',
	415: 'Neither application/x-protobuf nor application/json, or packed otherwise than by gzip.'
};

const ANSWERS = Object.fromEntries(
	Object.entries(EVENTS_ANSWERS).map(([code, given]) => {
		if (code === '202')
			return [
				'200',
				{
					description:
						'Taken, wholly or in part, and on disk. A record that is rejected harms no other.',
					content: {
						[JSON_TYPE]: { schema: { $ref: pointer('otlpLogsAnswer') } },
						[PROTOBUF_TYPE]: binary('ExportLogsServiceResponse')
					}
				}
			];
		return [
			code,
			{
				description: OWN_REASONS[code] ?? given.description,
				...('headers' in given && { headers: given.headers }),
				content: {
					[JSON_TYPE]: {
						schema: { allOf: [{ $ref: pointer('problem') }, { $ref: pointer('otlpStatus') }] }
					},
					[PROTOBUF_TYPE]: binary('google.rpc.Status')
				}
			}
		];
	})
);

export const SEND_LOGS = {
	operationId: 'sendLogs',
	tags: ['events'],
	summary: 'Send events as OpenTelemetry log records (OTLP/HTTP)',
	description: `The same events by way of OpenTelemetry: a record's event name is \`passlens.\` and the type; its attributes are the event's fields, joined by dots (\`request.mediation\`, \`tags.team\`). The resource's \`service.name\`, \`deployment.environment.name\` and \`service.version\` are application, environment and release; the scope names the SDK; the record's trace and span are the event's. \`user.id\` is hashed on arrival as the SDK hashes it, \`user_agent.original\` tells the client, \`log.record.uid\` is the id if it is a UUIDv7; without one the id is made from what the record says, so a retry counts once. A body is not read, an attribute the contract has no field for is dropped and counted. ${SERVER_EVENT_TYPES.map((type) => `\`passlens.${type}\``).join(' and ')} need a server key.`,
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
			[JSON_TYPE]: {
				schema: { $ref: pointer('otlpLogsRequest') },
				examples: { 'signin.finished': { summary: 'A sign-in ended', value: exampleRequest() } }
			},
			[PROTOBUF_TYPE]: binary('ExportLogsServiceRequest')
		}
	},
	responses: ANSWERS
};

function exampleRequest(): object {
	const { method, outcome, time_unix_ms } = EXAMPLES['signin.finished'];
	const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
	return {
		resourceLogs: [
			{
				resource: {
					attributes: [
						text('service.name', 'shop'),
						text('deployment.environment.name', 'production')
					]
				},
				scopeLogs: [
					{
						scope: { name: 'shop-login', version: '1.0.0' },
						logRecords: [
							{
								eventName: 'passlens.signin.finished',
								timeUnixNano: `${time_unix_ms}000000`,
								attributes: [text('method', method), text('outcome', outcome)]
							}
						]
					}
				]
			}
		]
	};
}
