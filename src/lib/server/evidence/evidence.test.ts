import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listEvidence } from '../../../../settings/evidence.ts';
import { openSettings, type Settings } from '../../../../settings/open-settings.ts';
import { savePolicy } from '../../../../settings/policies.ts';
import { createProject } from '../../../../settings/projects.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { insertReports } from '../testing/insert-reports.ts';
import { ceremony } from '../testing/sample-events.ts';
import { makeEvidence, type Evidence } from './make-evidence.ts';
import { verifyEvidence } from './verify-evidence.ts';
import { writeEvidence } from './write-evidence.ts';

const POLICY = `version: 1
rules:
  - id: bound # as the auditors ask
    title: Administrators hold device-bound credentials
    who: [role=admin]
    kinds: [device_bound]
  - id: sound
    title: No known weakness
    who: everybody
    certification: { no_known_weakness: true }
`;

const MODEL = '11111111-1111-4111-8111-111111111111';

let database: TemporaryDatabase;
let settings: Settings;
let home: string;
let folder: string;
let evidence: Evidence;

beforeAll(async () => {
	database = await openTemporaryDatabase();
	home = await mkdtemp(join(tmpdir(), 'passlens-evidence-'));
	settings = await openSettings({ dataDir: home });
	await createProject(settings, { id: 'bank', name: 'Bank' });
	await savePolicy(settings, { projectId: 'bank', document: POLICY, note: 'First', author: 'Kim' });
	const registers = (user_hash: number, at: string, synced: boolean, project_id = 'bank') =>
		ceremony(
			{ project_id, user_hash, tags: { role: 'admin' } },
			{
				...{ at, type: 'registration' },
				end: {
					credential_hash: user_hash,
					backup_eligible: synced,
					backup_state: synced,
					aaguid: MODEL
				},
				verdict: { verified: true }
			}
		);
	await database.insert([
		...registers(1, '2026-10-01 10:00', true),
		...registers(2, '2026-10-02 10:00', false),
		...registers(3, '2026-11-02 10:00', true),
		...registers(4, '2026-10-01 10:00', true, 'another')
	]);
	await insertReports(database.client, [
		{ aaguid: MODEL, status: 'REVOKED', effective_date: '2026-10-20' },
		{ aaguid: MODEL, status: 'FIDO_CERTIFIED_L1', effective_date: '2026-10-01' }
	]);
	await database.rollUp('bank');
	evidence = await makeEvidence({
		...{
			client: database.client,
			settings,
			project: { id: 'bank', name: 'Bank', timeZone: 'UTC' }
		},
		...{ on: '2026-10-31', days: 90, author: 'Lee', note: 'Yearly audit' }
	});
	folder = join(home, 'evidence');
	await writeEvidence(folder, evidence);
});
afterAll(async () => {
	await settings.destroy();
	await database.close();
	await rm(home, { recursive: true, force: true });
});

const file = (path: string) => evidence.files.get(path)!.toString('utf8');
const manifest = () =>
	JSON.parse(file('manifest.json')) as { key_fingerprint: string; [name: string]: unknown };

describe('Evidence', () => {
	it('holds the inventory and each rule’s verdicts of that day, of that project alone', () => {
		const [header, ...credentials] = file('credentials.csv').trim().split('\n');
		expect(header).toContain('"credential_hash","user_hash","status","sync_state"');
		expect(credentials.map((line) => line.slice(1, 17))).toEqual([
			'0000000000000001',
			'0000000000000002'
		]);
		const verdicts = file('policy/bound.csv').trim().split('\n').slice(1);
		expect(verdicts.map((line) => line.split(',').slice(0, 2))).toEqual([
			['"0000000000000001"', '"breaks"'],
			['"0000000000000002"', '"keeps"']
		]);
	});

	it('holds the same rows as Parquet, as another program reads them', async () => {
		const { DuckDBInstance } = await import('@duckdb/node-api');
		const connection = await (await DuckDBInstance.create()).connect();
		const read = async (path: string, columns: string) =>
			(
				await connection.runAndReadAll(
					`SELECT ${columns} FROM read_parquet('${join(folder, path)}') ORDER BY ALL`
				)
			).getRows();
		expect(await read('credentials.parquet', 'user_hash, sync_state')).toEqual([
			['0000000000000001', 'synced'],
			['0000000000000002', 'device_bound']
		]);
		expect(await read('policy/bound.parquet', 'user_hash, verdict, reasons')).toEqual([
			['0000000000000001', 'breaks', 'kind'],
			['0000000000000002', 'keeps', '']
		]);
	});

	it('names day, person, reason, policy and definitions, and is kept as made', async () => {
		expect(manifest()).toMatchObject({
			...{ as_of: '2026-10-31', period: { from: '2026-08-03', to: '2026-10-31' } },
			...{ made_by: 'Lee', note: 'Yearly audit', policy_version: 1, rules: ['bound', 'sound'] }
		});
		expect(file('policy/in-force.yaml')).toBe(POLICY);
		expect(JSON.parse(file('policy/versions.json'))).toMatchObject([
			{ author: 'Kim', revision: 1 }
		]);
		const figures = JSON.parse(file('figures.json')) as { definition: { id: string } }[];
		expect(figures.map(({ definition }) => definition.id)).toContain('sync_coverage');
		expect(await listEvidence(settings, 'bank')).toMatchObject([
			{ author: 'Lee', asOf: '2026-10-31', sums: evidence.sums }
		]);
	});

	it.each([
		['2026-10-19', 'FIDO_CERTIFIED_L1', '2026-10-01', 'keeps', ''],
		['2026-10-20', 'REVOKED', '2026-10-20', 'breaks', 'known_weakness']
	])('says of %s what FIDO had reported of a model by then', async (on, ...said) => {
		const [status, since, verdict, reason] = said;
		const made = await makeEvidence({
			...{ client: database.client, settings, on, days: 30, author: 'Lee', note: '' },
			project: { id: 'bank', name: 'Bank', timeZone: 'UTC' }
		});
		const of = (path: string) => made.files.get(path)!.toString('utf8');
		expect(of('credentials.csv')).toContain(`"${status}","${since}","FIDO_CERTIFIED_L1"`);
		const [, first] = of('policy/sound.csv').split('\n');
		expect(first).toContain(`"${verdict}"`);
		expect(first).toContain(reason);
	});

	it('holds no key of pseudonyms and no private key', async () => {
		const secrets = [
			...(await settings.selectFrom('project').select('pseudonym_key as secret').execute()),
			...(await settings.selectFrom('evidence_key').select('private_key as secret').execute())
		].map(({ secret }) => secret);
		expect(secrets).toHaveLength(2);
		const everything = Buffer.concat([...evidence.files.values()]).toString('latin1');
		for (const secret of secrets)
			expect(everything).not.toContain(secret.trim().split('\n').at(-2) ?? secret);
		expect(everything).not.toContain('PRIVATE KEY');
	});
});

/** The commands of README.txt, word by word, as somebody without Passlens runs them. */
function runDocumented(cwd: string): number[] {
	const commands = file('README.txt')
		.split('\n')
		.filter((line) => /^ {2}(openssl pkeyutl|sha256sum)/.test(line))
		.map((line) => line.trim());
	expect(commands).toHaveLength(2);
	return commands.map((command) => spawnSync('sh', ['-c', command], { cwd }).status ?? -1);
}

describe('Whoever has the files', () => {
	it('verifies them by the documented commands, and by ours, with the fingerprint', async () => {
		expect(runDocumented(folder)).toEqual([0, 0]);
		const { key_fingerprint } = manifest();
		expect(await verifyEvidence(folder, key_fingerprint)).toMatchObject({ mistakes: [] });
		const der = spawnSync(
			'sh',
			['-c', 'openssl pkey -pubin -in public-key.pem -outform DER | sha256sum'],
			{ cwd: folder }
		);
		expect(der.stdout.toString()).toContain(key_fingerprint);
	});

	it.each([
		['one byte of a table', 'credentials.csv', [0, 1], 'credentials.csv was changed'],
		[
			'one byte of a Parquet file',
			'policy/bound.parquet',
			[0, 1],
			'policy/bound.parquet was changed'
		],
		['one byte of the manifest', 'manifest.json', [0, 1], 'manifest.json was changed'],
		['one byte of the list of sums', 'SHA256SUMS', [1, 1], 'the signature does not fit'],
		['one byte of the signature', 'SHA256SUMS.sig', [1, 0], 'the signature does not fit']
	])('is told when %s is another', async (_, path, statuses, mistake) => {
		const copy = await mkdtemp(join(home, 'copy-'));
		await cp(folder, copy, { recursive: true });
		const content = await readFile(join(copy, path));
		content[Math.floor(content.length / 2)]! ^= 1;
		await writeFile(join(copy, path), content);
		expect(runDocumented(copy)).toEqual(statuses);
		const { mistakes } = await verifyEvidence(copy);
		expect(mistakes.join('\n')).toContain(mistake);
	});

	it('is told when a file is missing, added, or another key signed it all', async () => {
		const copy = await mkdtemp(join(home, 'copy-'));
		await cp(folder, copy, { recursive: true });
		await rm(join(copy, 'figures.json'));
		await writeFile(join(copy, 'extra.csv'), 'a');
		expect((await verifyEvidence(copy)).mistakes).toEqual([
			'figures.json is missing',
			'extra.csv is not in the list: it was added'
		]);
		const { mistakes } = await verifyEvidence(folder, 'f'.repeat(64));
		expect(mistakes).toHaveLength(1);
		expect(mistakes[0]).toContain('not with the one expected');
		await appendFile(join(copy, 'SHA256SUMS'), `${'0'.repeat(64)}  ../../etc/passwd\n`);
		expect((await verifyEvidence(copy)).mistakes).toContain('../../etc/passwd is missing');
	});
});
