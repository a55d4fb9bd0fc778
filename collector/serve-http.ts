import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CollectorError } from './collector-error.ts';

/** Listens until it is stopped. @throws CollectorError when it cannot */
export async function serveHttp({
	handler,
	port,
	host,
	requestTimeoutMs
}: {
	handler: RequestListener;
	port: number;
	host: string;
	/** How long a request may take to arrive. */
	requestTimeoutMs: number;
}): Promise<{ url: string; stop(): Promise<void> }> {
	const server = createServer(
		{
			requestTimeout: requestTimeoutMs,
			headersTimeout: requestTimeoutMs / 2,
			keepAliveTimeout: 5_000,
			connectionsCheckingInterval: Math.min(2_000, requestTimeoutMs)
		},
		handler
	);
	await listen(server, port, host);
	const bound = (server.address() as AddressInfo).port;
	const url = `http://${host === '127.0.0.1' ? 'localhost' : host}:${bound}`;
	return { url, stop: () => stop(server) };
}

function listen(server: Server, port: number, host: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', (cause: NodeJS.ErrnoException) =>
			reject(
				cause.code === 'EADDRINUSE'
					? new CollectorError(
							'port_in_use',
							`Port ${port} on ${host} is in use. Choose another with COLLECTOR_PORT or --collector-port.`,
							{ cause }
						)
					: new CollectorError('listen_failed', `Cannot listen on ${host}:${port}.`, { cause })
			)
		);
		server.listen(port, host, resolve);
	});
}

/** No new connection, and on an old one the next answer is the last: a proxy that keeps its connections would go on with them for ever. */
function stop(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.prependListener('request', (_request, response) =>
			response.setHeader('connection', 'close')
		);
		server.close(() => resolve());
		server.closeIdleConnections();
	});
}
