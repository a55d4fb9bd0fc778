import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCollector, uuidV7, type TestCollector } from '../collector/testing/harness.ts';

let collector: TestCollector;
let empty: string;
beforeAll(async () => {
	empty = await mkdtemp(join(tmpdir(), 'passlens-signatures-'));
	collector = await startTestCollector();
	await fail({ name: 'HouseError', signature: 'odd' });
	await fail({ name: 'NotReadableError' });
});
afterAll(async () => {
	await collector.close();
	await rm(empty, { recursive: true });
});

async function fail(error: object): Promise<void> {
	const ceremony = { ceremony_id: uuidV7(), ceremony_type: 'authentication', request: {} };
	await collector.send([
		{
			...{ ...ceremony, id: uuidV7(), type: 'ceremony.finished', time_unix_ms: Date.now() },
			...{ outcome: 'error', elapsed_ms: 4_000, error }
		}
	]);
	await collector.stored();
}

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
	const command = [join(import.meta.dirname, 'signatures.ts'), ...args];
	return new Promise((resolve) => {
		const child = execFile(process.execPath, command, (_error, stdout, stderr) =>
			resolve({ code: child.exitCode ?? -1, stdout, stderr })
		);
	});
}

const causes = () =>
	collector.query(
		`SELECT cause, cause_rule, count() AS n FROM events_raw_v1 WHERE error_name = 'HouseError' GROUP BY ALL ORDER BY cause`
	);

test('a name given on the command line counts in a running collector within seconds', async () => {
	expect(await causes()).toEqual([{ cause: 'unknown', cause_rule: '', n: '1' }]);
	const named = await run(
		...['name', '--error', 'HouseError', '--message', 'odd', 'extension_interfered'],
		...['--note', 'our proxy', '--author', 'Kim', '--data-dir', collector.dataDir]
	);
	expect(named).toMatchObject({ code: 0, stderr: '' });
	expect(named.stdout).toContain('HouseError: odd is extension_interfered (likely) from now on');
	await expect
		.poll(() => collector.log.some((line) => line.includes('names of errors were changed')), {
			timeout: 10_000
		})
		.toBe(true);
	await fail({ name: 'HouseError', signature: 'odd' });
	expect(await causes()).toEqual([
		{ cause: 'extension_interfered', cause_rule: 'operator', n: '1' },
		{ cause: 'unknown', cause_rule: '', n: '1' }
	]);
	const { stdout } = await run('names', '--data-dir', collector.dataDir);
	expect(stdout).toMatch(
		/^[0-9a-f]{10} {2}HouseError: odd\n.*extension_interfered \(likely\): our proxy\n.*by Kim, \d{4}-\d\d-\d\d\n$/
	);
});

test('while Passlens runs, the list says what to do instead of failing with a stack', async () => {
	const { code, stderr } = await run('list', '--data-dir', collector.dataDir);
	expect(code).toBe(1);
	expect(stderr).toMatch(/^The database in .* cannot be opened: .* End that one/m);
});

test('a fresh installation has nothing to list', async () => {
	const { stdout } = await run('list', '--data-dir', empty);
	expect(stdout).toBe('The rules know every error so far.\n');
});

test.each([
	[['name', '--error', 'X', 'tired'], /A cause is one of user_cancelled/],
	[['name', '--error', 'X', 'unknown', '--confidence', 'sure'], /--confidence is one of certain/],
	[['name', '0123456789', 'unknown'], /No error has the id 0123456789/],
	[['forget', '0123456789'], /No named error has the id/],
	[['list', 'everything'], /^npm run signatures -- list/],
	[['list', '--nonsense'], /Unknown option/]
])('%j is told in a sentence', async (args, message) => {
	const { code, stdout, stderr } = await run(...args, '--data-dir', empty);
	expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
	expect(stderr).toMatch(message);
	expect(stderr).not.toMatch(/\n\s+at /);
});
