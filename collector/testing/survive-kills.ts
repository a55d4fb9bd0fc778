import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSender, untilStored } from './harness.ts';
import { compareSignIns, signIn } from './sign-ins.ts';
import { startClickHouseServer } from './start-clickhouse-server.ts';

const SENDERS = 16;
/** In a batch: twenty events. */
const SIGN_INS = 10;
const LONGEST_LIFE_MS = 1_500;

/** What came out of it: everything that was acknowledged, and what the figures say of it. */
export interface Survived {
	kills: number;
	acknowledged: number;
	/** As `compareSignIns` finds them. */
	missing: number;
	duplicates: number;
}

interface Running {
	send: ReturnType<typeof createSender>;
	query<Row>(query: string): Promise<Row[]>;
	kill(): Promise<void>;
}

/**
 * Kills a collector as kill -9 does, again and again, at random moments while it is under load, and with a ClickHouse server
 * that one by turns. Senders behave as the SDK does: what was not acknowledged is sent again, the same events with the same
 * ids, until it is. At the end what was acknowledged is compared with what is there.
 */
export async function surviveKills({
	dataDir,
	rounds,
	over,
	onRound
}: {
	dataDir: string;
	rounds: number;
	over: 'embedded' | 'server';
	onRound?: (round: number, acknowledged: number) => void;
}): Promise<Survived> {
	let server = over === 'server' ? await startClickHouseServer() : undefined;
	let collector: Running | undefined = await startCollector(dataDir, server?.url);
	const acknowledged: string[] = [];
	let ceremonies = 0;
	let ending = false;

	async function keepSending(): Promise<void> {
		while (!ending) {
			const batch = Array.from({ length: SIGN_INS }, signIn).flat();
			while (!(await isTaken(collector, batch))) await sleep(20);
			acknowledged.push(...batch.map(({ id }) => id));
			ceremonies += SIGN_INS;
		}
	}

	const senders = Array.from({ length: SENDERS }, keepSending);
	for (let round = 1; round <= rounds; round++) {
		// A collector that is killed before it took anything proves little, so in most rounds it does first.
		const before = acknowledged.length;
		for (let i = 0; round % 5 !== 0 && i < 600 && acknowledged.length === before; i++)
			await sleep(50);
		await sleep(Math.random() * LONGEST_LIFE_MS);
		if (server && round % 2 === 0) {
			await server.kill();
			await sleep(Math.random() * LONGEST_LIFE_MS);
			server = await startClickHouseServer(server);
		} else {
			const killed = collector;
			collector = undefined;
			await killed.kill();
			collector = await startCollector(dataDir, server?.url);
		}
		onRound?.(round, acknowledged.length);
	}
	ending = true;
	await Promise.all(senders);
	await untilStored(dataDir);
	const found = await compareSignIns({ query: collector.query, acknowledged, ceremonies });
	await collector.kill();
	await server?.stop();
	return { kills: rounds, acknowledged: acknowledged.length, ...found };
}

async function startCollector(dataDir: string, url: string | undefined): Promise<Running> {
	const child: ChildProcess = fork(
		join(import.meta.dirname, 'collector-process.ts'),
		url ? [dataDir, url] : [dataDir],
		{ execArgv: [] }
	);
	const [hello] = (await once(child, 'message')) as [Parameters<typeof createSender>[0]];
	return {
		send: createSender(hello),
		async query<Row>(query: string) {
			child.send({ id: 1, query });
			const [answer] = (await once(child, 'message')) as [{ rows: Row[] }];
			return answer.rows;
		},
		async kill() {
			child.kill('SIGKILL');
			await once(child, 'exit');
		}
	};
}

async function isTaken(collector: Running | undefined, batch: { id: string }[]): Promise<boolean> {
	try {
		const response = await collector?.send(batch, { as: 'server' });
		await response?.arrayBuffer();
		return response?.status === 202;
	} catch {
		return false;
	}
}
