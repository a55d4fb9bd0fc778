import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VERSION } from '../common/version.ts';
import { certificate, serveSite, type Server } from './testing/serve-site.ts';

const directory = mkdtempSync(join(tmpdir(), 'passlens-doctor-'));
const caFile = join(directory, 'ca.pem');
let secure: Server;
let plain: Server;

beforeAll(async () => {
	writeFileSync(caFile, certificate.cert);
	secure = await serveSite({ replies: { '/': 'hello', '/slow': () => undefined } });
	plain = await serveSite({ replies: { '/': 'hello' }, tls: false });
});
afterAll(async () => {
	await Promise.all([secure.close(), plain.close()]);
	rmSync(directory, { recursive: true });
});

test('a site without errors: a report, exit code 0', async () => {
	const { code, stdout, stderr } = await run(
		...['doctor', `https://localhost:${secure.port}`, '--ca', caFile, '--allow-private']
	);
	expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
	expect(stdout).toContain(`Passkey set-up of https://localhost:${secure.port}, RP ID localhost`);
	expect(stdout).toMatch(/✓ ok {6}The RP ID localhost is the origin's own host. \[rp_id_matches\]/);
	expect(stdout).toMatch(/\n0 errors, 0 warnings, \d+ notes, \d+ ok\n$/);
});

test('errors: what to do and where to read, exit code 1', async () => {
	const { code, stdout } = await run('doctor', `https://localhost:${secure.port}`);
	expect(code).toBe(1);
	expect(stdout).toMatch(/✗ error .*\n.*\[private_address_refused\]\n.*→ .*--allow-private/);
	expect(stdout).toContain('https://www.iana.org/');
});

test('--json: one object, with everything', async () => {
	const { code, stdout } = await run(
		...['doctor', `http://localhost:${plain.port}/`, '--allow-private', '--json'],
		...['--rp-id', 'com', '--related', 'https://a.example', '--endpoint', 'http://localhost:1']
	);
	expect(code).toBe(1);
	const report = JSON.parse(stdout);
	expect(report).toMatchObject({
		version: VERSION,
		origin: `http://localhost:${plain.port}`,
		rp_id: 'com'
	});
	expect(report.errors).toBe(
		report.findings.filter(({ level }: { level: string }) => level === 'error').length
	);
	expect(Object.keys(report.findings[0]).sort()).toEqual(
		['advice', 'area', 'code', 'found', 'level', 'link'].sort()
	);
});

test('--timeout ends waiting', async () => {
	const { code, stdout } = await run(
		...['doctor', `https://localhost:${secure.port}/slow`, '--ca', caFile],
		...['--allow-private', '--timeout', '0.5']
	);
	expect(code).toBe(1);
	expect(stdout).toContain('[timed_out]');
});

test.each([
	[[]],
	[['doctor']],
	[['examine', 'https://example.com']],
	[['doctor', 'https://a.example', 'https://b.example']],
	[['doctor', 'ftp://example.com']],
	[['doctor', 'https://user:secret@example.com']],
	[['doctor', 'https://example.com', '--nonsense']],
	[['doctor', 'https://example.com', '--endpoint', 'collector']],
	[['doctor', 'https://example.com', '--timeout', 'soon']],
	[['doctor', 'https://example.com', '--ca', '/no/such/file']]
])('wrong usage %j: says so, exit code 2', async (args) => {
	const { code, stdout, stderr } = await run(...args);
	expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
	expect(stderr).toContain('Usage: npx @passlens/sdk doctor <origin>');
});

test('--help is no error', async () => {
	const { code, stdout } = await run('--help');
	expect(code).toBe(0);
	expect(stdout).toContain('--allow-private');
});

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
	return new Promise((resolve) => {
		const child = execFile(
			process.execPath,
			[join(import.meta.dirname, 'main.ts'), ...args],
			(_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr })
		);
	});
}
