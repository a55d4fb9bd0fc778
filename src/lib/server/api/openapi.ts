import { z } from 'zod';
import { filterQuery } from '../strict-filters.ts';
import type { Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';
import { components } from './schemas.ts';

type JsonObject = Record<string, unknown>;

const ABOUT = `Everything the pages show, for programs: the same questions, the same filters, hence the same figures. A figure is counts, never a
ready-made ratio, with what it leaves out and how much of the traffic it can see; null is "not known", which is not zero. Users and credentials are
keyed hashes. Mistakes are told as RFC 9457 problem details with a stable \`code\` and the \`field\` that is wrong.`;

/** The read API as an OpenAPI 3.1 document, made of the very schemas that the endpoints read and answer by. */
export function openApi(): JsonObject {
	return {
		openapi: '3.1.0',
		info: {
			title: 'Passlens read API',
			version: '1',
			description: ABOUT.replaceAll('\n', ' '),
			license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
		},
		servers: [{ url: '/api/v1' }],
		security: [{ key: [] }, { session: [] }],
		tags: [...new Set(ENDPOINTS.map(({ tag }) => tag))].map((name) => ({ name })),
		paths: Object.fromEntries(
			ENDPOINTS.map((endpoint) => [endpoint.path, { get: operationOf(endpoint) }])
		),
		components: {
			schemas: schemasOf(),
			securitySchemes: {
				key: { type: 'http', scheme: 'bearer', description: 'An API key (plk_…)' },
				session: {
					type: 'apiKey',
					in: 'cookie',
					name: 'session',
					description: 'A signed-in person'
				}
			}
		}
	};
}

function operationOf(endpoint: Endpoint): JsonObject {
	const { id, tag, summary, description, action, filters, query, params } = endpoint;
	const filterFields = {
		all: filterQuery.shape,
		project: { project: filterQuery.shape.project },
		none: {}
	}[filters];
	return {
		operationId: id,
		tags: [tag],
		summary,
		description: `${description} Needs “${action}”.`,
		parameters: [
			...parametersOf(params.shape, 'path'),
			...parametersOf(filterFields, 'query'),
			...parametersOf(query.shape, 'query')
		],
		responses: {
			'200': {
				description: 'The answer',
				content: { 'application/json': { schema: { $ref: `#/components/schemas/${id}` } } }
			},
			default: {
				description: 'What went wrong',
				content: {
					'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } }
				}
			}
		}
	};
}

function parametersOf(shape: z.ZodRawShape, place: 'path' | 'query'): JsonObject[] {
	return Object.entries(shape).map(([name, field]) => {
		const { $schema, description, ...schema } = z.toJSONSchema(field as z.ZodType, { io: 'input' });
		void $schema;
		return {
			...{ name, in: place, required: place === 'path', schema },
			...(description !== undefined && { description })
		};
	});
}

/** Answers stand beside their parts, each under its endpoint's id. */
function schemasOf(): JsonObject {
	for (const { id, answer } of ENDPOINTS)
		if (!components.has(answer)) components.add(answer, { id });
	const { schemas } = z.toJSONSchema(components, {
		uri: (id) => `#/components/schemas/${id}`,
		io: 'output'
	});
	return Object.fromEntries(
		Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => {
			void $schema;
			void $id;
			return [id, schema];
		})
	);
}
