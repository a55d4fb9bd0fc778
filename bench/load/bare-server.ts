/** The least that could be called a collector: Node's HTTP server, JSON.parse, and the contract's own schemas. Nothing is kept. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { batchSchema, eventSchema } from '../../sdk/event/index.ts';

const server = createServer((request, response) => {
	const chunks: Buffer[] = [];
	request.on('data', (chunk: Buffer) => chunks.push(chunk));
	request.on('end', () => {
		const batch = batchSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
		const accepted = batch.events.filter(
			(event) => eventSchema.safeParse({ ...batch.context, ...(event as object) }).success
		).length;
		const body = JSON.stringify({ accepted });
		response
			.writeHead(202, {
				'content-type': 'application/json',
				'content-length': Buffer.byteLength(body)
			})
			.end(body);
	});
});
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
