import type { IncomingMessage } from 'node:http';

const IDLE_MS = 5_000;
const MOST_BYTES = 64 * 1024 ** 2;

/**
 * Reads the rest of a request and keeps nothing of it: to its end, or until nothing came for five seconds, or 64 MiB did. How
 * long a request may take altogether is the server's `requestTimeout`.
 */
export function throwAway(request: IncomingMessage): Promise<void> {
	return new Promise((resolve) => {
		let bytes = 0;
		const enough = () => {
			clearTimeout(timer);
			resolve();
		};
		const timer = setTimeout(enough, IDLE_MS);
		request.on('data', (chunk: Buffer) => {
			bytes += chunk.length;
			if (bytes > MOST_BYTES) enough();
			else timer.refresh();
		});
		for (const event of ['end', 'error', 'close']) request.on(event, enough);
		request.resume();
	});
}
