import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findFreePort } from '../../tests/support/find-free-port.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Served {
	url: string;
	/** Makes whoever follows it the administrator: there of data that nobody administers yet. */
	setUpLink: string | undefined;
	stop(): Promise<void>;
}

/** The product as a user runs it, over this data, in a process of its own. */
export async function startServe(dataDir: string): Promise<Served> {
	const port = await findFreePort();
	const ports = ['--port', String(port), '--collector-port', String(await findFreePort())];
	const child = spawn(process.execPath, ['serve.ts', ...ports, '--data-dir', dataDir], {
		cwd: ROOT,
		stdio: ['ignore', 'pipe', 'inherit']
	});
	child.stdout.setEncoding('utf8');
	const exited = once(child, 'exit');
	let said = '';
	for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
		said += String(text);
		// The last that a start says.
		if (said.includes('/v1/events')) break;
	}
	child.stdout.resume();
	if (!said.includes('/v1/events')) throw new Error(`serve.ts did not start:\n${said}`);
	return {
		url: `http://localhost:${port}`,
		setUpLink: /\S+\/welcome\/\S+/.exec(said)?.[0],
		async stop() {
			child.kill('SIGTERM');
			await exited;
		}
	};
}
