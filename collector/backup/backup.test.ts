import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { EXAMPLES } from '../../sdk/event/examples.ts';
import { requestErasure, listErasuresToDo } from '../../settings/erasures.ts';
import { openSettings } from '../../settings/open-settings.ts';
import { findPseudonymKey } from '../../settings/projects.ts';
import { encodeBlock } from '../store/encode-block.ts';
import { startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { askRunning } from './ask-running.ts';
import { restore } from './restore.ts';

vi.setConfig({ testTimeout: 120_000 });

let collector: TestCollector;
let home: string;
let backup: string;
beforeAll(async () => {
	home = await mkdtemp(join(tmpdir(), 'passlens-backup-'));
	backup = join(home, 'first');
	collector = await startTestCollector();
	const { 'ceremony.verdict': verdict, 'credential.revoked': revoked, ...page } = EXAMPLES;
	const at = (events: object[]) => events.map((event) => ({ ...event, time_unix_ms: Date.now() }));
	await collector.send(at(Object.values(page)));
	await collector.send(at([verdict, revoked]), { as: 'server' });
	await collector.stored();
	const dead = join(collector.dataDir, 'spool', 'dead');
	await mkdir(dead, { recursive: true });
	await writeFile(join(dead, '1-x.rows'), encodeBlock([{ project_id: 'shop', user_hash: '7' }]));
}, 60_000);
afterAll(async () => {
	await collector?.close();
	await rm(home, { recursive: true, force: true });
});

/** A command as an operator runs it, in a process of its own: one process owns an embedded database. */
async function run(tool: string, ...words: string[]) {
	const path = join(import.meta.dirname, '../../tools', `${tool}.ts`);
	const run = promisify(execFile)(process.execPath, [path, ...words]);
	return run.then(
		({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
		(error: { code: number; stdout: string; stderr: string }) => error
	);
}

test('a backup is made while the collector runs, and whatever waits or was set aside is in it', async () => {
	const made = await run('backup', backup, '--data-dir', collector.dataDir);
	expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('Backed up to') });
	// Looked at now and then, so that a short step may have passed.
	expect(made.stderr).toMatch(/backing up the database|adding up checksums/);
	expect((await readdir(backup)).sort()).toEqual([
		...['database', 'files', 'manifest.json', 'settings.json']
	]);
	expect(await readdir(join(backup, 'files', 'spool', 'dead'))).toEqual(['1-x.rows']);
	expect(await run('restore', backup, '--check')).toMatchObject({ code: 0 });
});

test('a directory that holds something is not written to', async () => {
	const before = await readFile(join(backup, 'manifest.json'));
	await expect(askRunning({ dataDir: collector.dataDir, target: backup })).rejects.toMatchObject({
		code: 'target_not_empty',
		message: expect.stringContaining(backup)
	});
	expect(await readFile(join(backup, 'manifest.json'))).toEqual(before);
});

test('what was restored is what was backed up, and whoever was erased since is erased again', async () => {
	await requestErasure(collector.settings, { projectId: 'shop', userHash: '41' });
	const newer = join(home, uuidV7());
	await askRunning({ dataDir: collector.dataDir, target: newer });
	const dataDir = join(home, uuidV7());
	expect(await run('restore', backup, '--data-dir', dataDir, '--erasures', newer)).toMatchObject({
		code: 0,
		// What the collector was still counting when it was backed up is counted from raw events.
		stdout: expect.stringMatching(/are what their raw events make of them|remade from raw events/)
	});
	const settings = await openSettings({ dataDir });
	expect(await findPseudonymKey(settings, 'shop')).toEqual(
		await findPseudonymKey(collector.settings, 'shop')
	);
	expect(await listErasuresToDo(settings, { since: Infinity })).toMatchObject([{ userHash: '41' }]);
	expect(await readdir(join(dataDir, 'spool', 'dead'))).toEqual(['1-x.rows']);
	expect(await run('verify', '--data-dir', dataDir)).toMatchObject({
		code: 0,
		stdout: expect.stringMatching(/shop: \d+ raw events recomputed, no difference/)
	});
	const again = restore({ source: backup, database: { dataDir }, settings });
	await expect(again).rejects.toMatchObject({ code: 'not_empty' });
	await settings.destroy();
});

test.each([
	['a changed file', (path: string) => appendFile(join(path, 'settings.json'), ' '), 'damaged'],
	['a file too many', (path: string) => writeFile(join(path, 'files', 'x'), ''), 'damaged'],
	['a missing file', (path: string) => rm(join(path, 'settings.json')), 'damaged'],
	['no manifest', (path: string) => rm(join(path, 'manifest.json')), 'no_backup'],
	[
		'a schema of a later version',
		async (path: string) => {
			const text = await readFile(join(path, 'manifest.json'), 'utf8');
			await writeFile(
				join(path, 'manifest.json'),
				text.replace(/"schema": "[^"]+"/, '"schema": "9999_later"')
			);
		},
		'newer_version'
	]
])('a backup with %s is refused, and nothing is restored', async (_, damage, code) => {
	const path = join(home, uuidV7());
	await cp(backup, path, { recursive: true });
	await damage(path);
	const dataDir = join(home, uuidV7());
	const settings = await openSettings({ dataDir });
	const refused = restore({ source: path, database: { dataDir }, settings });
	await expect(refused).rejects.toMatchObject({ code });
	expect(await readdir(dataDir)).not.toContain('clickhouse');
	await settings.destroy();
});
