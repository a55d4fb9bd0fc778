/**
 * Posts batches from a process of its own, so that the generator's work is not the server's:
 * `node generate-load.ts <url> <authorization> <milliseconds> <connections> [<requests a second>] [<from> <pace>]` with a batch
 * as JSON on standard input, of which each request carries the same with other ids. Without a rate (or with an empty one) each
 * connection sends as soon as it was answered. With `from` the events happened one after another from that moment on, a batch
 * every `pace` milliseconds. Prints a `Load`. Raw sockets with prepared bytes: a client library would be the bottleneck.
 */
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { renewBody } from './renew-body.ts';

/** What came of it. */
export interface Load {
	answers: number;
	failures: number;
	seconds: number;
	/** From a request to its whole answer, in milliseconds. */
	p50: number;
	p99: number;
}

const [address, authorization, milliseconds, connections, rate, from, pace] = process.argv.slice(
	2
) as [string, string, string, string, string?, string?, string?];
const url = new URL(address);
const body = await buffer(process.stdin);
const head = Buffer.from(
	`POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: ${authorization}\r\n` +
		`content-type: application/json\r\ncontent-length: ${body.length}\r\n` +
		`user-agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36\r\n\r\n`
);

let batches = 0;
let answers = 0;
let failures = 0;
const times: number[] = [];
const started = performance.now();
const until = started + Number(milliseconds);
await Promise.all(Array.from({ length: Number(connections) }, (_, index) => run(index)));
times.sort((a, b) => a - b);
process.stdout.write(
	JSON.stringify({
		answers,
		failures,
		seconds: (performance.now() - started) / 1000,
		p50: times[Math.floor(times.length * 0.5)] ?? 0,
		p99: times[Math.floor(times.length * 0.99)] ?? 0
	} satisfies Load)
);

/** One connection, one request at a time. */
function run(index: number): Promise<void> {
	return new Promise((resolve, reject) => {
		const request = Buffer.concat([head, body]);
		const renew = renewBody(request.subarray(head.length));
		let sentAt = 0;
		let sent = 0;
		const socket: Socket = connect(Number(url.port), '127.0.0.1', () => void send());
		socket.setNoDelay(true);
		let received = '';
		socket.on('data', (chunk) => {
			received += chunk.toString('latin1');
			const end = received.indexOf('\r\n\r\n');
			if (end === -1) return;
			const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
			if (received.length < end + 4 + length) return;
			times.push(performance.now() - sentAt);
			if (received.startsWith('HTTP/1.1 202')) answers++;
			else failures++;
			received = '';
			void send();
		});
		socket.on('error', reject);

		async function send(): Promise<void> {
			if (rate) {
				const due = started + ((sent * Number(connections) + index) * 1000) / Number(rate);
				await sleep(Math.max(0, due - performance.now()));
			}
			if (performance.now() >= until) {
				socket.end();
				return resolve();
			}
			sent++;
			renew(from ? Math.round(Number(from) + batches++ * Number(pace)) : undefined);
			sentAt = performance.now();
			socket.write(request);
		}
	});
}
