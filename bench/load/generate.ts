import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Load } from './generate-load.ts';

export interface Target {
	url: string;
	key: string;
}

/** When events happened that are sent now: one batch after the other, the first at `from`, Unix epoch in milliseconds. */
export interface History {
	from: number;
	/** Milliseconds from one batch to the next. */
	pace: number;
}

/** Runs `generate-load.ts` against a server. @throws Error when a request was refused */
export async function generate({
	target: { url, key },
	batch,
	milliseconds,
	connections = 32,
	rate,
	history
}: {
	target: Target;
	/** Sent over and over with other ids. */
	batch: object;
	milliseconds: number;
	connections?: number;
	/** Requests a second; as many as go when left out. */
	rate?: number;
	/** They happen as they are sent when left out. */
	history?: History;
}): Promise<Load> {
	const child = spawn(
		process.execPath,
		[
			join(import.meta.dirname, 'generate-load.ts'),
			url,
			`Bearer ${key}`,
			...[milliseconds, connections, rate ?? '', history?.from ?? '', history?.pace ?? ''].map(
				String
			)
		],
		{ stdio: ['pipe', 'pipe', 'inherit'] }
	);
	child.stdin.end(JSON.stringify(batch));
	const load = JSON.parse(await text(child.stdout)) as Load;
	if (load.failures > 0)
		throw new Error(`${load.failures} of ${load.answers + load.failures} requests were refused.`);
	return load;
}
