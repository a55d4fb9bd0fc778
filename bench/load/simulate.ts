import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Puts a simulated rollout into a data directory, in a process of its own: one process at a time owns a database. */
export function simulate(dataDir: string, { users, days }: { users: number; days: number }): void {
	const simulator = join(import.meta.dirname, '../../simulator/main.ts');
	const size = ['--users', String(users), '--days', String(days), '--data-dir', dataDir];
	const { status, stderr } = spawnSync(
		process.execPath,
		[simulator, ...size, '--via', 'database'],
		{ encoding: 'utf8' }
	);
	if (status !== 0) throw new Error(`The simulation failed: ${stderr}`);
}
