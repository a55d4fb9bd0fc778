import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { toBatch, hasArrived } from './batch.ts';
import type { SimulatedDay } from './simulate.ts';
import type { Transmission } from './transmission.ts';

const ATTEMPTS = 8;

export class DeliveryError extends Error {
	readonly code: 'refused' | 'unreachable';
	constructor(code: DeliveryError['code'], message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

/**
 * Posts the simulated days to a running collector, each visit's batches with its own User-Agent.
 * The time of sending is the real one, so the events are what they would be after a long outage of the network: old, and told as such.
 *
 * @returns events accepted
 * @throws DeliveryError
 */
export async function sendToCollector({
	collectorUrl,
	ingestKey,
	serverKey,
	days,
	now,
	concurrency = 12,
	onDay
}: {
	/** Such as `http://localhost:7301`. */
	collectorUrl: string;
	ingestKey: string;
	serverKey: string;
	days: Iterable<SimulatedDay>;
	/** Nothing after this is sent: Unix milliseconds. */
	now: number;
	concurrency?: number;
	onDay?: (day: SimulatedDay, events: number) => void;
}): Promise<number> {
	const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
	const url = new URL('/v1/events', collectorUrl);
	let accepted = 0;
	try {
		for (const day of days) {
			const before = accepted;
			const waiting = day.transmissions.values();
			const work = async () => {
				for (const transmission of waiting) {
					if (!hasArrived(transmission, now)) continue;
					const key = transmission.from === 'server' ? serverKey : ingestKey;
					// Not "accepted += await …": that would add to what it was before the wait.
					const taken = await deliver({ url, agent, transmission, key });
					accepted += taken;
				}
			};
			await Promise.all(Array.from({ length: concurrency }, work));
			onDay?.(day, accepted - before);
		}
	} finally {
		agent.destroy();
	}
	return accepted;
}

async function deliver({
	url,
	agent,
	transmission,
	key
}: {
	url: URL;
	agent: Agent;
	transmission: Transmission;
	key: string;
}): Promise<number> {
	let cause: unknown;
	for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
		// Stamped at every attempt, as the contract asks: the collector measures the clock from it.
		const body = JSON.stringify(toBatch({ transmission, sentAt: Date.now() }));
		const answer = await post({ url, agent, body, key, userAgent: transmission.userAgent }).catch(
			(error: unknown) => {
				cause = error;
				return undefined;
			}
		);
		if (answer?.status === 202) {
			const receipt = JSON.parse(answer.text) as {
				accepted: number;
				refused: { field: string; reason: string }[];
			};
			const refused = receipt.refused[0];
			if (refused)
				throw new DeliveryError(
					'refused',
					`The collector refused an event: ${refused.field} ${refused.reason}`
				);
			return receipt.accepted;
		}
		if (answer && answer.status < 500 && answer.status !== 429)
			throw new DeliveryError(
				'refused',
				`The collector answered ${answer.status}: ${answer.text.slice(0, 400)}`
			);
		await sleep(Math.min(5_000, (answer?.retryAfterSeconds ?? 0) * 1_000 || 100 * 2 ** attempt));
	}
	throw new DeliveryError(
		'unreachable',
		`The collector at ${url.origin} did not take a batch after ${ATTEMPTS} attempts.`,
		{ cause }
	);
}

interface Answer {
	status: number;
	text: string;
	retryAfterSeconds: number;
}

/** node:http and not fetch: a page's User-Agent header must go out as it is, and thousands of times a second. */
function post({
	url,
	agent,
	body,
	key,
	userAgent
}: {
	url: URL;
	agent: Agent;
	body: string;
	key: string;
	userAgent: string;
}): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const call = request(
			url,
			{
				agent,
				method: 'POST',
				headers: {
					authorization: `Bearer ${key}`,
					'content-type': 'application/json',
					'content-length': Buffer.byteLength(body),
					'user-agent': userAgent
				}
			},
			(response) => {
				let text = '';
				response.setEncoding('utf8');
				response.on('data', (chunk: string) => (text += chunk));
				response.on('error', reject);
				response.on('end', () =>
					resolve({
						status: response.statusCode ?? 0,
						text,
						retryAfterSeconds: Number(response.headers['retry-after']) || 0
					})
				);
			}
		);
		call.on('error', reject);
		call.end(body);
	});
}
