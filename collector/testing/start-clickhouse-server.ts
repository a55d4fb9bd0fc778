import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 120_000;

export interface ClickHouseServer {
	url: string;
	/** Ends it as kill -9 does; its data stays. */
	kill(): Promise<void>;
	/** Ends it and deletes its data. */
	stop(): Promise<void>;
}

/** Starts a ClickHouse server in a process of its own and waits until it answers. One that was killed may be started again where it was. */
export async function startClickHouseServer(
	given: {
		dataDir?: string;
		port?: number;
		tcpPort?: number;
		configFile?: string;
		/** Beside this process's own. */
		env?: Record<string, string>;
	} = {}
): Promise<ClickHouseServer & { dataDir: string; port: number }> {
	const dataDir = given.dataDir ?? (await mkdtemp(join(tmpdir(), 'passlens-server-')));
	const port = given.port ?? (await freePort());
	const child = spawn(
		process.execPath,
		[
			'--experimental-ffi',
			'--no-warnings',
			join(import.meta.dirname, 'clickhouse-server.mjs'),
			dataDir,
			String(port),
			String(given.tcpPort ?? ''),
			given.configFile ?? ''
		],
		{ stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...given.env } }
	);
	let errors = '';
	child.stderr.on('data', (chunk) => (errors += chunk));
	const exited = once(child, 'exit');
	const url = `http://127.0.0.1:${port}`;
	for (const until = Date.now() + PATIENCE_MS; ; await sleep(100)) {
		if (
			await fetch(`${url}/ping`).then(
				(response) => response.ok,
				() => false
			)
		)
			break;
		if (Date.now() > until || child.exitCode !== null)
			throw new Error(`The ClickHouse server did not start. ${errors}`);
	}
	const kill = async () => {
		child.kill('SIGKILL');
		await exited;
	};
	return {
		url,
		dataDir,
		port,
		kill,
		async stop() {
			await kill();
			await rm(dataDir, { recursive: true, force: true });
		}
	};
}

export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}
