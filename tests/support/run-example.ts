import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PINNED_NODE } from '../../tools/install.mjs';
import { until } from './until.ts';

const START_MS = 120_000;
const STOP_MS = 30_000;

export interface RunningExample {
	output(): string;
	/** Ends it as an operator does, or by another signal. Null: a signal ended it, else its exit code. */
	end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
	stop(): Promise<void>;
}

/** Runs an example's server, on the pinned Node unless `command` names another program, with its environment, and waits until its page answers. */
export async function runExample({
	command = PINNED_NODE,
	args,
	cwd,
	env = {},
	url
}: {
	command?: string;
	args: string[];
	cwd: string;
	env?: Record<string, string>;
	url: string;
}): Promise<RunningExample> {
	const child = spawn(command, args, {
		cwd,
		env: { ...process.env, ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
		// A server may have workers: they form a group, so that none outlives the test.
		detached: true
	});
	const chunks: string[] = [];
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
	const output = () => chunks.join('');
	const exited = once(child, 'exit') as Promise<[number | null]>;
	const send = (signal: NodeJS.Signals) => {
		try {
			process.kill(-child.pid!, signal);
		} catch {
			// It has ended already.
		}
	};
	const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
		send(signal);
		const late = setTimeout(() => send('SIGKILL'), STOP_MS);
		const [code] = await exited;
		clearTimeout(late);
		send('SIGKILL');
		return code;
	};
	const stop = async () => void (await end());
	try {
		const answers = until(
			async () => {
				const { status } = await fetch(url);
				if (status !== 200) throw new Error(`it answered ${status}`);
			},
			{ timeoutMs: START_MS }
		);
		const endsTooSoon = exited.then(() => {
			throw new Error('it ended');
		});
		await Promise.race([answers, endsTooSoon]);
	} catch (cause) {
		await stop();
		throw new Error(`The example did not start:\n${output()}`, { cause });
	}
	return { output, end, stop };
}
