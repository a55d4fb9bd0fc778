import { deepStrictEqual as deepEqual } from 'node:assert';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type * as Core from '@passlens/sdk';
import type * as Flows from '@passlens/sdk/flows';
import type { Browser, Page } from 'playwright-core';
import { bundleEntry } from '../../sdk/bundle-browser.ts';
import {
	batchSchema,
	eventSchema,
	type EventOf,
	type EventType,
	type PasslensEvent
} from '../../sdk/event/index.ts';

export interface SdkSite {
	/** http://localhost:<port>: serves an empty page at any path, the SDK's files below /sdk/, and takes batches at /v1/events. */
	origin: string;
	/** Every event that arrived, once each, validated by the contract itself. One that came again must be the same. */
	events: PasslensEvent[];
	ofType<T extends EventType>(type: T): EventOf<T>[];
	/** Content types and ways the batches came. */
	requests: { contentType: string | undefined; key: string | null; method: string }[];
	/** Events of batches that were answered with another status than 2xx. */
	refused: { id: string }[];
	/** Cookies that came with batches. */
	cookies: string[];
	/** What /v1/events answers with. */
	status: number;
	/** Headers of the pages, such as a policy. */
	pageHeaders: Record<string, string>;
	/** The same of the page at one path alone. */
	headersAt: Record<string, Record<string, string>>;
	/** By host: the origins that its /.well-known/webauthn names; none where there is no such file. */
	relatedOrigins: Record<string, string[]>;
	close(): Promise<void>;
}

/** The SDK's files as they are published, built once. */
const files = new Map<string, Promise<{ code: string }>>();
const fileOf = (entry: 'index' | 'flows') => {
	if (!files.has(entry)) files.set(entry, bundleEntry(entry));
	return files.get(entry)!;
};

/**
 * A site and a collector in one, over real HTTP, or HTTPS with a certificate. A batch that the contract refuses is a failure of
 * the test: it is thrown at `close`.
 */
export async function serveSdkSite(tls?: { key: string; cert: string }): Promise<SdkSite> {
	const scripts = {
		'/sdk/index.js': (await fileOf('index')).code,
		'/sdk/flows.js': (await fileOf('flows')).code
	};
	const broken: unknown[] = [];
	const answer = (request: IncomingMessage, response: ServerResponse) => {
		const url = new URL(request.url!, 'http://localhost');
		const script = scripts[url.pathname as keyof typeof scripts];
		if (script) {
			response.setHeader('content-type', 'text/javascript').end(script);
		} else if (url.pathname === '/v1/events') {
			void read(request).then((body) => {
				site.requests.push({
					contentType: request.headers['content-type'],
					key: url.searchParams.get('key'),
					method: request.method!
				});
				if (request.headers.cookie) site.cookies.push(request.headers.cookie);
				if (request.method === 'POST') {
					if (site.status < 300) accept(body);
					else site.refused.push(...JSON.parse(body).events);
				}
				response.writeHead(site.status, { 'access-control-allow-origin': '*' }).end('{}');
			});
		} else if (url.pathname === '/.well-known/webauthn') {
			const origins = site.relatedOrigins[request.headers.host!];
			if (!origins) return response.writeHead(404).end();
			response.setHeader('content-type', 'application/json').end(JSON.stringify({ origins }));
		} else {
			response
				.writeHead(200, {
					'content-type': 'text/html',
					...site.pageHeaders,
					...site.headersAt[url.pathname]
				})
				.end('<!doctype html><title>Site</title>');
		}
	};
	const server = tls ? createTlsServer(tls, answer) : createServer(answer);
	const accept = (body: string) => {
		try {
			const { context, events } = batchSchema.parse(JSON.parse(body));
			for (const given of events) {
				const event = eventSchema.parse({ ...context, ...(given as object) });
				const before = site.events.find(({ id }) => id === event.id);
				if (before) deepEqual({ ...before, client: 0 }, { ...event, client: 0 });
				else site.events.push(event);
			}
		} catch (error) {
			broken.push(error);
		}
	};
	await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
	const site: SdkSite = {
		origin: `${tls ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`,
		events: [],
		ofType: (type) => site.events.filter((event) => event.type === type) as never,
		requests: [],
		refused: [],
		cookies: [],
		status: 202,
		pageHeaders: {},
		headersAt: {},
		relatedOrigins: {},
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
			if (broken.length) throw new AggregateError(broken, 'The contract refused what the SDK sent');
		}
	};
	return site;
}

async function read(request: IncomingMessage): Promise<string> {
	let body = '';
	for await (const chunk of request.setEncoding('utf8')) body += chunk;
	return body;
}

/** Runs in the page before anything else: options of ceremonies, and the SDK as a site would load it. */
export const PAGE_HELPERS = `
	const random = (length) => crypto.getRandomValues(new Uint8Array(length));
	const secret = (name, length) => { const bytes = random(length); window.keepSecret?.(name, bytes); return bytes; };
	const named = (text) => { window.keepSecret?.('user name', new TextEncoder().encode(text)); return text; };
	window.creation = (more = {}) => ({
		challenge: secret('challenge', 32), rp: { name: 'Site' }, timeout: 60000,
		user: { id: secret('user handle', 16), name: named('ada@example.com'), displayName: 'Ada' },
		pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
		authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
		...more
	});
	window.request = (more = {}) => ({ challenge: secret('challenge', 32), timeout: 60000, userVerification: 'required', ...more });
	window.load = async (query = '', endpoint = location.origin, projectKey = 'pk_test', more = {}) => {
		const [core, flows] = await Promise.all([import('/sdk/index.js' + query), import('/sdk/flows.js' + query)]);
		const sdk = { ...core, ...flows };
		sdk.init({ endpoint, projectKey, environment: 'test', release: '1.2.3', ...more });
		return (window.sdk = sdk);
	};
	// An extension's stand-in: hands on to whatever was there, after a while.
	window.passOn = (method) => {
		const inner = navigator.credentials[method].bind(navigator.credentials);
		return async (options) => { await null; return inner(options); };
	};
`;

type Sdk = typeof Core & typeof Flows;

interface Globals {
	creation(more?: object): PublicKeyCredentialCreationOptions;
	request(more?: object): PublicKeyCredentialRequestOptions;
	load(
		query?: string,
		endpoint?: string,
		projectKey?: string,
		more?: Partial<Core.InitOptions>
	): Promise<Sdk>;
	sdk: Sdk;
	passOn(method: 'create' | 'get'): CredentialsContainer['get'];
}
declare global {
	// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the page's own helpers, seen from callbacks that run there
	interface Window extends Globals {}
}

/** A fresh page in a context of its own, with its site. Closing the site closes the page. */
export async function openSdkPage(browser: Browser): Promise<{ page: Page; site: SdkSite }> {
	const site = await serveSdkSite();
	const context = await browser.newContext();
	const page = await context.newPage();
	await page.addInitScript({ content: PAGE_HELPERS });
	const closeSite = site.close;
	site.close = async () => {
		await context.close();
		await closeSite();
	};
	return { page, site };
}
