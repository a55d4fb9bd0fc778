import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardGently } from './forward-gently.ts';
import { freePort, startClickHouseServer } from './start-clickhouse-server.ts';

/** Starts servers that make one cluster, `main`, each a shard, without Keeper. */
export async function startCluster({
	shards
}: {
	shards: number;
}): Promise<{ urls: string[]; stop(): Promise<void> }> {
	const directory = await mkdtemp(join(tmpdir(), 'passlens-cluster-'));
	const ports = await Promise.all(Array.from({ length: shards }, freePort));
	const ways = await Promise.all(ports.map(forwardGently));
	const configFile = join(directory, 'config.xml');
	const shard = ({ port }: { port: number }) =>
		`<shard><replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`;
	await writeFile(
		configFile,
		`<clickhouse><remote_servers><main>${ways.map(shard).join('')}</main></remote_servers></clickhouse>`
	);
	const servers = await Promise.all(
		ports.map((tcpPort) => startClickHouseServer({ tcpPort, configFile }))
	);
	return {
		urls: servers.map(({ url }) => url),
		async stop() {
			await Promise.all(servers.map((server) => server.stop()));
			for (const way of ways) way.close();
			await rm(directory, { recursive: true, force: true });
		}
	};
}
