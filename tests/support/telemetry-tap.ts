import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** Where collectors and tracing backends take what they are told. */
const TELEMETRY = /^\/v1\/(events|logs|traces|metrics)\b/;

/**
 * Calls `record` with every telemetry request that any HTTP server of this process gets, whole: address, headers and body, as
 * they came over the wire (a compressed body is unpacked). Servers and their requests notice nothing.
 */
export function tapTelemetry(record: (request: Buffer) => void): void {
	subscribe('http.server.request.start', (message) => {
		const { request } = message as { request: IncomingMessage };
		if (TELEMETRY.test(request.url ?? '')) tap(request, record);
	});
}

/** The parser pushes each piece of the body into the request, and null behind the last one. */
function tap(request: IncomingMessage, record: (request: Buffer) => void): void {
	const pieces: Buffer[] = [];
	const push = request.push.bind(request);
	request.push = (piece: unknown, encoding?: BufferEncoding) => {
		if (piece) pieces.push(Buffer.from(piece as Buffer));
		else record(whole(request, Buffer.concat(pieces)));
		return push(piece, encoding);
	};
}

function whole({ url, headers, rawHeaders }: IncomingMessage, body: Buffer): Buffer {
	const head = Buffer.from(`${url}\n${rawHeaders.join('\n')}\n\n`);
	return Buffer.concat([head, headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body]);
}
