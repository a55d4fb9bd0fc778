/**
 * Posts one body over and over from a process of its own, so that the generator's work is not the server's:
 * `node generate-load.ts <url> <authorization> <milliseconds> <connections>` with the body on standard input.
 * Prints `{ answers, failures, seconds }`. Raw sockets with prepared bytes: a client library would be the bottleneck.
 */
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

const [address, authorization, milliseconds, connections] = process.argv.slice(2) as [
	string,
	string,
	string,
	string
];
const url = new URL(address);
const body = await buffer(process.stdin);
const request = Buffer.concat([
	Buffer.from(
		`POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: ${authorization}\r\n` +
			`content-type: application/json\r\ncontent-length: ${body.length}\r\n` +
			`user-agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36\r\n\r\n`
	),
	body
]);

let answers = 0;
let failures = 0;
const started = performance.now();
const until = started + Number(milliseconds);
await Promise.all(Array.from({ length: Number(connections) }, run));
const seconds = (performance.now() - started) / 1000;
process.stdout.write(JSON.stringify({ answers, failures, seconds }));

/** One connection, one request at a time. */
function run(): Promise<void> {
	return new Promise((resolve, reject) => {
		const socket: Socket = connect(Number(url.port), '127.0.0.1', () => socket.write(request));
		socket.setNoDelay(true);
		let received = '';
		socket.on('data', (chunk) => {
			received += chunk.toString('latin1');
			const head = received.indexOf('\r\n\r\n');
			if (head === -1) return;
			const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
			if (received.length < head + 4 + length) return;
			if (received.startsWith('HTTP/1.1 202')) answers++;
			else failures++;
			received = '';
			if (performance.now() < until) socket.write(request);
			else {
				socket.end();
				resolve();
			}
		});
		socket.on('error', reject);
	});
}
