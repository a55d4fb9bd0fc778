import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findFreePort } from '../../tests/support/find-free-port.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The product as a user runs it, over this data, in a process of its own. */
export async function startServe(dataDir: string): Promise<{ url: string; stop(): Promise<void> }> {
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
		if (said.includes('Passlens is running')) break;
	}
	child.stdout.resume();
	if (!said.includes('Passlens is running')) throw new Error(`serve.ts did not start:\n${said}`);
	return {
		url: `http://localhost:${port}`,
		async stop() {
			child.kill('SIGTERM');
			await exited;
		}
	};
}
