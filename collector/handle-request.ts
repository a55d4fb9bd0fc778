import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { cutText } from './cut-text.ts';
import type { Authenticator } from './ingest/authenticate.ts';
import { EVENTS_PROTOCOL } from './ingest/events-protocol.ts';
import { readBody } from './ingest/read-body.ts';
import { throwAway } from './ingest/throw-away.ts';
import type { People } from './lifecycle/people.ts';
import { PEOPLE_PATH, answerAboutPerson } from './lifecycle/answer-about-person.ts';
import type { ShutOut } from './lifecycle/shut-out.ts';
import { errorFields, type Log } from './log.ts';
import { LOGS_PROTOCOL } from './otlp/logs-protocol.ts';
import { isProblem, type Problem } from './problem.ts';
import { jsonAnswer, problemAnswer, type Answer, type Protocol } from './protocol.ts';
import type { Health } from './health/health.ts';
import type { Knowledge } from './enrichment/knowledge.ts';
import { clientAddress, type Proxies, type RateLimiter } from './limit-rate.ts';
import { createScriptAnswer, SCRIPT_PATH } from './serve-script.ts';
import type { Spool } from './spool/spool.ts';
import type { EventRow } from './store/event-row.ts';
import { telemetry } from './telemetry.ts';

export interface HandlerOptions {
	authenticator: Authenticator;
	limiter: RateLimiter;
	spool: Spool<EventRow>;
	knowledge: Knowledge;
	health: Health;
	/** Proxies in front that say whose request it is. */
	proxies: Proxies | undefined;
	shutOut: ShutOut;
	people: People;
	log: Log;
	/** What keeps the collector from taking events; empty: nothing. */
	findObstacles: () => Promise<string[]>;
	/** What is wrong though it takes events; empty: nothing. */
	findWarnings: () => Promise<string[]>;
}

const answerScript = createScriptAnswer();
const PROTOCOLS = [EVENTS_PROTOCOL, LOGS_PROTOCOL];

/** The collector's few addresses: `POST /v1/events` and `/v1/logs`, `GET /healthz` (it runs), `GET /readyz` (it can take events), `GET /passlens.js`. */
export function createRequestHandler(options: HandlerOptions): RequestListener {
	return (request, response) => {
		route(request, response, options).catch((error: unknown) => {
			options.log('error', 'A request failed in the collector.', errorFields(error));
			if (!response.headersSent) answer(response, problemAnswer(FAILED));
			else response.destroy();
		});
	};
}

async function route(
	request: IncomingMessage,
	response: ServerResponse,
	options: HandlerOptions
): Promise<void> {
	const path = (request.url ?? '').split('?', 1)[0];
	const protocol = PROTOCOLS.find((known) => known.path === path);
	if (protocol) {
		if (request.method === 'POST') return takeEvents(request, response, protocol, options);
		if (request.method === 'OPTIONS') return answerPreflight(request, response, protocol, options);
		response.setHeader('allow', 'POST, OPTIONS');
		return answer(response, problemAnswer(wrongMethod(protocol)));
	}
	if (path?.startsWith(PEOPLE_PATH))
		return answer(response, await answerAboutPerson(request, options));
	if (path === SCRIPT_PATH && request.method === 'GET') return answerScript(request, response);
	if (path === '/healthz') return answer(response, jsonAnswer(200, { status: 'running' }));
	if (path === '/readyz') {
		const [obstacles, warnings] = await Promise.all([
			options.findObstacles(),
			options.findWarnings()
		]);
		const ready = obstacles.length === 0;
		return answer(
			response,
			jsonAnswer(ready ? 200 : 503, {
				status: ready ? 'ready' : 'not ready',
				...(!ready && { obstacles }),
				...(warnings.length > 0 && { warnings })
			})
		);
	}
	answer(response, problemAnswer(NOT_FOUND));
}

async function takeEvents(
	request: IncomingMessage,
	response: ServerResponse,
	protocol: Protocol,
	{ authenticator, limiter, spool, knowledge, health, proxies, shutOut }: HandlerOptions
): Promise<void> {
	let projectId = '';
	const refuseWith = (problem: Problem) => {
		health.refusedRequest({ projectId, path: protocol.path }, problem);
		refuse(request, response, protocol, problem);
	};
	response.setHeader('vary', 'origin');
	const sender = await authenticator.authenticate(request);
	projectId = sender.projectId ?? '';
	if (isProblem(sender)) return refuseWith(sender);
	const { origin } = request.headers;
	if (origin !== undefined && sender.origins.includes(origin)) allowOrigin(response, origin);

	const limited = limiter.take(request, sender);
	if (limited) return refuseWith(limited);
	const body = await readBody(request, protocol.rules);
	if (isProblem(body)) return refuseWith(body);

	const started = performance.now();
	const result = await telemetry.tracer.startActiveSpan('passlens.ingest', async (span) => {
		try {
			const userAgent = request.headers['user-agent'] ?? '';
			const arrival = {
				...{ body, sender, userAgent, knowledge, spool, shutOut, health, path: protocol.path },
				country: knowledge.findCountry(clientAddress(request, proxies)),
				received: Date.now()
			};
			return await protocol.take(arrival, request.headers);
		} finally {
			span.end();
		}
	});
	telemetry.acknowledgeTime.record((performance.now() - started) / 1000);
	if (isProblem(result)) return refuseWith(result);
	telemetry.requests.add(1, { path: protocol.path, status: result.status });
	answer(response, result);
}

async function answerPreflight(
	request: IncomingMessage,
	response: ServerResponse,
	{ path }: Protocol,
	{ authenticator, health }: HandlerOptions
): Promise<void> {
	response.setHeader('vary', 'origin');
	const { origin } = request.headers;
	if (origin === undefined || !(await authenticator.allowsOrigin(request))) {
		const refused = preflightRefused(origin);
		health.refusedRequest({ projectId: '', path }, refused);
		return answer(response, problemAnswer(refused));
	}
	allowOrigin(response, origin);
	response.setHeader('access-control-allow-methods', 'POST');
	response.setHeader(
		'access-control-allow-headers',
		'authorization, content-type, content-encoding, traceparent'
	);
	response.setHeader('access-control-max-age', '7200');
	response.writeHead(204).end();
}

function allowOrigin(response: ServerResponse, origin: string): void {
	response.setHeader('access-control-allow-origin', origin);
	response.setHeader('access-control-expose-headers', 'retry-after');
}

/**
 * Answers a refusal. A body that was not read to its end is not waited for: the connection ends with the answer, but only after
 * what is under way has been read and thrown away. A connection that is closed on unread bytes is reset, and the sender never
 * reads why.
 */
function refuse(
	request: IncomingMessage,
	response: ServerResponse,
	protocol: Protocol,
	problem: Problem
): void {
	if (problem.retryAfterSeconds !== undefined)
		response.setHeader('retry-after', String(problem.retryAfterSeconds));
	const refusal = protocol.refuse(problem, request.headers);
	if (request.complete) return answer(response, refusal);
	response.setHeader('connection', 'close');
	writeHead(response, refusal);
	response.write(refusal.body);
	// Ending the response is what ends the connection; the answer is whole by its length before.
	void throwAway(request).then(() => response.end());
}

function answer(response: ServerResponse, answered: Answer): void {
	writeHead(response, answered);
	response.end(answered.body);
}

function writeHead(response: ServerResponse, { status, type, body }: Answer): void {
	response.writeHead(status, {
		'content-type': type,
		'content-length': Buffer.byteLength(body),
		'cache-control': 'no-store',
		'x-content-type-options': 'nosniff'
	});
}

const NOT_FOUND: Problem = {
	status: 404,
	code: 'not_found',
	title: 'Not found',
	detail: 'Events go to POST /v1/events, or as OTLP log records to POST /v1/logs.'
};

const wrongMethod = ({ path }: Protocol): Problem => ({
	status: 405,
	code: 'method_not_allowed',
	title: 'Method not allowed',
	detail: `Events go to POST ${path}.`
});

const preflightRefused = (origin = 'a page that names no origin'): Problem => ({
	status: 403,
	code: 'origin_not_allowed',
	title: 'Origin not allowed',
	detail: `No project takes events from ${cutText(origin, 255)}. Add it to the project's allowed origins.`
});

const FAILED: Problem = {
	status: 500,
	code: 'internal',
	title: 'The collector failed',
	detail: 'This is a fault of the collector; its log tells more. Send the batch again later.'
};
