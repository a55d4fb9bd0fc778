import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectDatabase } from '../migrations/connect.ts';
import { migrateDatabase } from '../migrations/migrate-database.ts';

// Each verification recomputes everything in a database of its own, in a process of its own.
vi.setConfig({ testTimeout: 180_000 });

let dataDir: string;
let empty: string;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-verify-'));
	empty = await mkdtemp(join(tmpdir(), 'passlens-migrate-'));
	await migrateDatabase({ dataDir });
	await change(
		`INSERT INTO events_raw_v1 (project_id, event_id, event_type, occurred_at, received_at, session_id, user_hash)
		VALUES ('shop', generateUUIDv7(), 'client.capabilities', now64(3) - INTERVAL 2 DAY, now64(3) - INTERVAL 2 DAY, generateUUIDv7(), 7)`
	);
});
afterAll(() =>
	Promise.all([dataDir, empty].map((path) => rm(path, { recursive: true, maxRetries: 5 })))
);

/** One process at a time owns the database: this one lets go of it again. */
async function change(query: string): Promise<void> {
	const client = await connectDatabase({ dataDir });
	await client.command({ query });
	await client.close();
}

function run(
	command: string,
	...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
	const words = [join(import.meta.dirname, command), '--data-dir', dataDir, ...args];
	return new Promise((resolve) => {
		const child = execFile(process.execPath, words, (_error, stdout, stderr) =>
			resolve({ code: child.exitCode ?? -1, stdout, stderr })
		);
	});
}

test('verify ends with 0 when every table is what the raw events make of it', async () => {
	const { code, stdout } = await run('verify.ts');
	expect(code).toBe(0);
	expect(stdout).toMatch(/^shop: 1 raw events recomputed, no difference\.\n/);
});

test('verify lists a difference and ends with 2; with --repair it puts it right and ends with 0', async () => {
	await change(
		`INSERT INTO users_state_v1 (project_id, user_hash, first_seen_at, last_seen_at) VALUES ('shop', 42, now64(3) - INTERVAL 3 DAY, now64(3) - INTERVAL 3 DAY)`
	);
	const found = await run('verify.ts');
	expect(found.code).toBe(2);
	expect(found.stdout).toMatch(/users_state_v1 {2}user_hash=42 .*found/);
	expect(await run('verify.ts', '--repair')).toMatchObject({
		code: 0,
		stdout: expect.stringContaining('1 difference, remade')
	});
});

test.each(['verify.ts', 'reclassify.ts'])(
	'%s refuses a project that nobody knows',
	async (command) => {
		expect(await run(command, '--project', 'shpo')).toEqual({
			code: 1,
			stdout: '',
			stderr: expect.stringContaining(
				'There is no project "shpo": npm run project -- list names them.'
			)
		});
	}
);

test('a dry run of migrate prints every statement, and makes nothing', async () => {
	const { code, stdout } = await run('migrate.ts', '--dry-run', '--data-dir', empty);
	expect(code).toBe(0);
	expect(stdout).toContain('CREATE TABLE IF NOT EXISTS events_raw_v1');
	expect(stdout).toMatch(/-- \d+ migrations would be applied\.\n$/);
	expect(existsSync(join(empty, 'clickhouse'))).toBe(false);
	expect((await run('migrate.ts', '--dry-run')).stdout).toBe('The database is up to date.\n');
});
