import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundleBrowser } from '../../sdk/bundle-browser.ts';
import {
	batchSchema,
	eventSchema,
	type EventOf,
	type EventType,
	type PasslensEvent
} from '../../sdk/event/index.ts';

export interface SdkPage {
	/** http://localhost:<port>: serves an empty page at any path, the SDK at /sdk.js, and takes batches at /v1/events. */
	origin: string;
	/** Every event that arrived, validated by the contract itself. */
	events: PasslensEvent[];
	ofType<T extends EventType>(type: T): EventOf<T>[];
	/** Content types and ways the batches came. */
	requests: { contentType: string | undefined; key: string | null; method: string }[];
	/** What /v1/events answers with. */
	status: number;
	close(): Promise<void>;
}

/** A site and a collector in one, over real HTTP. A batch that the contract refuses is a failure of the test: it is thrown at `close`. */
export async function serveSdkPage(): Promise<SdkPage> {
	const { code } = await bundleBrowser();
	const broken: unknown[] = [];
	const server = createServer((request, response) => {
		const url = new URL(request.url!, 'http://localhost');
		if (url.pathname === '/sdk.js') {
			response.setHeader('content-type', 'text/javascript').end(code);
		} else if (url.pathname === '/v1/events') {
			void read(request).then((body) => {
				page.requests.push({
					contentType: request.headers['content-type'],
					key: url.searchParams.get('key'),
					method: request.method!
				});
				if (page.status < 300 && request.method === 'POST') accept(body);
				response.writeHead(page.status, { 'access-control-allow-origin': '*' }).end('{}');
			});
		} else {
			response.setHeader('content-type', 'text/html').end('<!doctype html><title>Site</title>');
		}
	});
	const accept = (body: string) => {
		try {
			const { context, events } = batchSchema.parse(JSON.parse(body));
			for (const event of events) {
				page.events.push(eventSchema.parse({ ...context, ...(event as object) }));
			}
		} catch (error) {
			broken.push(error);
		}
	};
	await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
	const page: SdkPage = {
		origin: `http://localhost:${(server.address() as AddressInfo).port}`,
		events: [],
		ofType: (type) => page.events.filter((event) => event.type === type) as never,
		requests: [],
		status: 202,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
			if (broken.length) throw new AggregateError(broken, 'The contract refused what the SDK sent');
		}
	};
	return page;
}

async function read(request: IncomingMessage): Promise<string> {
	let body = '';
	for await (const chunk of request.setEncoding('utf8')) body += chunk;
	return body;
}
