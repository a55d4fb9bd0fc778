import { once } from 'node:events';
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSignedCertificate } from './self-signed-certificate.ts';

/** Names whose real servers these tests play; a resolver leads them here. */
export const HOSTS = ['example.com', 'login.example.com', 'shop.example.co.uk', 'collector.test'];

export const certificate = selfSignedCertificate(['localhost', '127.0.0.1', ...HOSTS]);

/** What one address answers: a body alone, the parts, or a function with the whole response in hand. */
export type Reply =
	| string
	| { status?: number; headers?: http.OutgoingHttpHeaders; body?: string | Buffer }
	| ((response: ServerResponse, request: IncomingMessage) => void);

export interface Server {
	port: number;
	/** Method and path of each request, as they came. */
	seen: string[];
	close(): Promise<void>;
}

/** A real server on loopback. Well-known files are JSON unless they say otherwise; what isn't named is 404. */
export async function serveSite({
	replies,
	tls = true
}: {
	replies: Record<string, Reply>;
	tls?: boolean;
}): Promise<Server> {
	const seen: string[] = [];
	const listener: RequestListener = (request, response) => {
		seen.push(`${request.method} ${request.url}`);
		answer(replies[request.url ?? ''] ?? { status: 404 }, request, response);
	};
	const server = tls ? https.createServer(certificate, listener) : http.createServer(listener);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		seen,
		close: async () => {
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await closed;
		}
	};
}

function answer(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
	if (typeof reply === 'function') return reply(response, request);
	const {
		status = 200,
		headers = {},
		body = ''
	} = typeof reply === 'string' ? { body: reply } : reply;
	const type = request.url?.startsWith('/.well-known/') ? 'application/json' : 'text/html';
	response.writeHead(status, { 'content-type': type, ...headers }).end(body);
}
