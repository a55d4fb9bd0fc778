import { lookup } from 'node:dns/promises';
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { bareHost, isPublicAddress } from './address.ts';

export interface Address {
	address: string;
	family: number;
}

/** What every request of one run shares. */
export interface Connection {
	/** What the requests call themselves: the `user-agent` header. */
	agent: string;
	/** Let hosts resolve to private and loopback addresses. */
	allowPrivate: boolean;
	/** PEM certificates trusted beside the usual ones. */
	ca?: string | undefined;
	/** Milliseconds for one request, from the name's resolution to the last byte. */
	requestMs: number;
	/** `performance.now()` after which no request goes on. */
	deadline: number;
	/** Bytes of a body, packed or unpacked. */
	maxBytes: number;
	/** All addresses of a name; the system's resolver unless a test gives another. */
	resolve?: ((host: string) => Promise<Address[]>) | undefined;
}

export interface Answer {
	kind: 'answer';
	url: URL;
	status: number;
	headers: IncomingHttpHeaders;
	/** The body, up to `maxBytes`. */
	bytes: Buffer;
	/** The same as UTF-8, made when it is asked for: a large table of bytes is no text. */
	readonly text: string;
	/** False if the body went on after `maxBytes`. */
	complete: boolean;
}

export interface Failure {
	kind: 'failure';
	code:
		'private_address_refused' | 'host_not_found' | 'tls_failed' | 'connection_failed' | 'timed_out';
	found: string;
}

interface Request {
	url: URL;
	connection: Connection;
	method?: 'GET' | 'POST';
	headers?: Record<string, string>;
	/** Of a POST. */
	body?: string;
}

/**
 * One request, no redirect followed. Resolves the name once, checks every address and connects to one of
 * those checked, so that a name which changes its answer in between leads nowhere else. No proxy, no
 * cookies, no connection kept. Never throws for what the network does.
 */
export async function readUrl(request: Request): Promise<Answer | Failure> {
	const { url, connection } = request;
	const left = Math.min(connection.requestMs, connection.deadline - performance.now());
	if (left <= 0) return failure('timed_out', `There was no time left to ask ${url.href}.`);
	const controller = new AbortController();
	const timeUp = new Promise<Failure>((resolve) => {
		controller.signal.addEventListener('abort', () =>
			resolve(failure('timed_out', `${url.href} did not answer in time.`))
		);
	});
	const timer = setTimeout(() => controller.abort(), left);
	try {
		return await Promise.race([resolveAndSend(request, controller.signal), timeUp]);
	} finally {
		clearTimeout(timer);
		controller.abort();
	}
}

async function resolveAndSend(request: Request, signal: AbortSignal): Promise<Answer | Failure> {
	const { url, connection } = request;
	try {
		const addresses = await resolveHost(bareHost(url), connection);
		const refused = addresses.find(({ address }) => !isPublicAddress(address));
		if (refused && !connection.allowPrivate) {
			return failure(
				'private_address_refused',
				`${url.host} is at ${refused.address}, which is not an address of the public internet; nothing was asked of it.`
			);
		}
		signal.throwIfAborted();
		return await send(request, addresses, signal);
	} catch (error) {
		return describeError(url, error);
	}
}

async function resolveHost(host: string, { resolve }: Connection): Promise<Address[]> {
	const family = isIP(host);
	if (family) return [{ address: host, family }];
	return resolve ? resolve(host) : lookup(host, { all: true });
}

function send(
	{ url, connection, method = 'GET', headers, body }: Request,
	addresses: Address[],
	signal: AbortSignal
): Promise<Answer> {
	const checkedAlone: LookupFunction = (_host, options, callback) => {
		if (options.all) callback(null, addresses);
		else callback(null, addresses[0]!.address, addresses[0]!.family);
	};
	return new Promise((resolve, reject) => {
		const request = (url.protocol === 'https:' ? https : http).request(
			url,
			{
				method,
				headers: {
					'user-agent': connection.agent,
					accept: 'text/html, application/json, */*;q=0.8',
					'accept-encoding': 'identity',
					...headers
				},
				// A new agent each time: the global one may be told to use a proxy, past the check above.
				agent: false,
				lookup: checkedAlone,
				signal,
				...(connection.ca && { ca: [...rootCertificates, connection.ca] })
			},
			(response) => {
				readBody(response, connection.maxBytes).then(
					({ bytes, complete }) =>
						resolve({
							kind: 'answer',
							url,
							status: response.statusCode ?? 0,
							headers: response.headers,
							...{ bytes, complete },
							get text() {
								return bytes.toString('utf8');
							}
						}),
					reject
				);
			}
		);
		request.on('error', reject);
		request.end(body);
	});
}

function readBody(
	response: IncomingMessage,
	maxBytes: number
): Promise<Pick<Answer, 'bytes' | 'complete'>> {
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let size = 0;
		const finish = (complete: boolean): void => {
			const packed = Buffer.concat(chunks).subarray(0, maxBytes);
			const body = unpack(packed, response.headers['content-encoding'], maxBytes);
			resolve(body ? { bytes: body, complete } : { bytes: Buffer.alloc(0), complete: false });
		};
		response.on('data', (chunk: Buffer) => {
			chunks.push(chunk);
			size += chunk.length;
			if (size <= maxBytes) return;
			finish(false);
			response.destroy();
		});
		response.on('end', () => finish(true));
		response.on('error', reject);
	});
}

/** Some servers pack though asked not to. `undefined`: broken, or larger than allowed once unpacked. */
function unpack(body: Buffer, encoding: string | undefined, maxBytes: number): Buffer | undefined {
	const unpackers = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };
	const known = Object.entries(unpackers).find(([name]) => name === encoding?.toLowerCase());
	if (!known) return body;
	try {
		return known[1](body, { maxOutputLength: maxBytes });
	} catch {
		return undefined;
	}
}

function failure(code: Failure['code'], found: string): Failure {
	return { kind: 'failure', code, found };
}

function describeError(url: URL, error: unknown): Failure {
	const code = String((error as NodeJS.ErrnoException).code ?? (error as Error).name);
	if (/^(ENOTFOUND|ENODATA|EAI_)/.test(code))
		return failure('host_not_found', `The name ${url.hostname} could not be resolved (${code}).`);
	if (code === 'EPROTO')
		return failure('tls_failed', `${url.host} does not speak TLS (${code}); perhaps plain HTTP.`);
	if (/^ERR_(TLS|SSL)|CERT|^UNABLE_TO_/.test(code))
		return failure('tls_failed', `No trusted TLS connection to ${url.host} (${code}).`);
	return failure('connection_failed', `No answer from ${url.host} (${code}).`);
}
