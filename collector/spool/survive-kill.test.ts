import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSender, ref, untilStored, uuidV7 } from '../testing/harness.ts';

let dataDir: string;
let running: ChildProcess | undefined;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-kill-'));
});
afterAll(async () => {
	running?.kill('SIGKILL');
	await rm(dataDir, { recursive: true, force: true });
});

interface Hello {
	url: string;
	ingestKey: string;
	serverKey: string;
}

async function start() {
	const child = fork(join(import.meta.dirname, '../testing/collector-process.ts'), [dataDir], {
		execArgv: []
	});
	running = child;
	const [hello] = (await once(child, 'message')) as [Hello];
	return {
		send: createSender(hello),
		async kill() {
			child.kill('SIGKILL');
			await once(child, 'exit');
		},
		async query<Row>(query: string): Promise<Row[]> {
			child.send({ id: 1, query });
			const [answer] = (await once(child, 'message')) as [{ rows: Row[] }];
			return answer.rows;
		}
	};
}

/** A sign-in with its session and its credential, whole in one batch. */
function ceremony() {
	const shared = {
		session_id: uuidV7(),
		ceremony_id: uuidV7(),
		ceremony_type: 'authentication',
		request: {}
	};
	return [
		{ ...shared, id: uuidV7(), type: 'ceremony.started', time_unix_ms: Date.now() },
		{
			...shared,
			id: uuidV7(),
			type: 'ceremony.finished',
			time_unix_ms: Date.now(),
			outcome: 'succeeded',
			elapsed_ms: 900,
			credential: { credential_ref: ref(), backup_eligible: true, backup_state: true }
		}
	];
}

test(
	'what was acknowledged before kill -9 is there after it, once',
	{ timeout: 240_000 },
	async () => {
		const acknowledged = new Set<string>();
		// The waits put the kill before the segment is closed, around its insert, and after it.
		for (const wait of [0, 5, 150, 170, 200, 260, 400]) {
			const collector = await start();
			const batches = Array.from({ length: 8 }, ceremony);
			await Promise.all(
				batches.map(async (batch) => {
					const response = await collector.send(batch, { as: 'server' });
					if (response.status === 202) for (const { id } of batch) acknowledged.add(id);
				})
			);
			await new Promise((resolve) => setTimeout(resolve, wait));
			await collector.kill();
		}

		const collector = await start();
		await untilStored(dataDir);
		const rows = await collector.query<{ event_id: string }>(
			'SELECT event_id FROM events_raw_v1 FINAL'
		);
		const stored = rows.map(({ event_id }) => event_id);
		expect(acknowledged.size).toBe(7 * 16);
		expect([...acknowledged].filter((id) => !stored.includes(id))).toEqual([]);
		expect(new Set(stored).size).toBe(stored.length);
		expect(
			await collector.query(
				`SELECT toUInt32((SELECT count() FROM ceremonies_v1 WHERE outcome = 'succeeded')) AS ceremonies,
			toUInt32((SELECT count() FROM credentials_v1 WHERE uses_count = 1)) AS credentials,
			toUInt32((SELECT count() FROM sessions_v1)) AS sessions`
			)
		).toEqual([{ ceremonies: 56, credentials: 56, sessions: 56 }]);
		await collector.kill();
	}
);
