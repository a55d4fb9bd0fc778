import { mcpServer } from '$lib/server/api/mcp-server.ts';
import { problemResponse } from '$lib/server/api/problem.ts';
import { countRequest } from '$lib/server/api/rate-limit.ts';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { RequestHandler } from './$types';

const MOST_BYTES = 100_000;

/** The MCP server over streamable HTTP: each request stands by itself, nothing is kept between two. */
const handle: RequestHandler = async ({ request, locals: { access } }) => {
	const { headers, problem } = await countRequest(access);
	if (problem) return problemResponse(problem, headers);
	const transport = new WebStandardStreamableHTTPServerTransport({
		enableJsonResponse: true,
		maxRequestBodySize: MOST_BYTES
	});
	const server = mcpServer(access);
	// Its optional handlers are typed as if they could not be undefined.
	await server.connect(transport as Parameters<typeof server.connect>[0]);
	const response = await transport.handleRequest(request);
	void server.close();
	return response;
};

export const POST = handle;
export const GET = handle;
export const DELETE = handle;
