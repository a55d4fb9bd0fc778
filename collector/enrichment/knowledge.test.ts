import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKnowledge } from './open-knowledge.ts';
import { publishKnowledge } from './publish-knowledge.ts';
import { ref, startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { createMdsAuthority } from '../testing/sign-mds-blob.ts';

const LISTED = '11111111-2222-4333-8444-555555555555';
const KEY = '22222222-2222-4333-8444-555555555555';
/** A loaded machine takes its time over a signature. */
const soon = { timeout: 10_000 };

let directory: string;
let list: string;
let publishBlob: (no: number, statusReports: object[]) => Promise<void>;
let collector: TestCollector;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'passlens-knowledge-'));
	list = join(directory, 'aaguids.json');
	const authority = await createMdsAuthority();
	const mds = join(directory, 'blob.jwt');
	const mdsRoot = join(directory, 'root.pem');
	await writeFile(list, JSON.stringify({ [LISTED]: { name: 'New Manager' } }));
	await writeFile(mdsRoot, authority.root);
	const metadataStatement = { description: 'A key by its model', attachmentHint: ['external'] };
	publishBlob = async (no, statusReports) => {
		const entries = [{ aaguid: KEY, metadataStatement, statusReports }];
		await replace(mds, await authority.sign({ no, nextUpdate: '2026-12-01', entries }));
	};
	await publishBlob(12, [
		{ status: 'FIDO_CERTIFIED_L2', effectiveDate: '2024-02-03' },
		{ status: 'REVOKED', effectiveDate: '2026-02-03' }
	]);
	collector = await startTestCollector({
		tables: { aaguids: list, mds, mdsRoot },
		tableSchedule: { fileMs: 50, addressMs: 50, retryMs: 50 }
	});
});
afterAll(async () => {
	await collector.close();
	await rm(directory, { recursive: true });
});

/** At once, so that nobody reads half of it. */
async function replace(file: string, text: string): Promise<void> {
	await writeFile(`${file}.new`, text);
	await rename(`${file}.new`, file);
}

/** Registers a passkey and reads what the ledger says of it. */
async function register(aaguid: string) {
	const release = uuidV7();
	const ceremony = { ceremony_id: uuidV7(), ceremony_type: 'registration', request: {}, release };
	const credential = {
		...{ credential_ref: ref(), aaguid, authenticator_attachment: 'platform' },
		...{ transports: ['internal'], backup_eligible: true, backup_state: true }
	};
	await collector.send([
		{
			...ceremony,
			...{ id: uuidV7(), type: 'ceremony.finished', time_unix_ms: Date.now() },
			...{ outcome: 'succeeded', elapsed_ms: 900, credential }
		}
	]);
	await collector.stored();
	const [row] = await collector.query<{ provider: string; credential_ecosystem: string }>(
		`SELECT provider, credential_ecosystem FROM credentials_v1 WHERE aaguid = '${aaguid}'
			AND credential_hash = (SELECT any(credential_hash) FROM events_raw_v1 WHERE release = '${release}')`
	);
	return row;
}

test('a passkey gets the name that the operator’s list or the Metadata Service has for it', async () => {
	expect(await register(LISTED)).toEqual({
		provider: 'New Manager',
		credential_ecosystem: 'third_party'
	});
	expect(await register(KEY)).toEqual({
		provider: 'A key by its model',
		credential_ecosystem: 'security_key'
	});
});

test('what is known of each authenticator, and how the tables stand, can be read in the database', async () => {
	const authenticators = () =>
		collector.query(`SELECT name, named_by, status, toString(status_since) AS since, certification, mds_number
			FROM authenticators_v1 WHERE aaguid IN ('${LISTED}', '${KEY}') ORDER BY aaguid`);
	await expect.poll(authenticators, soon).toEqual([
		{
			...{ name: 'New Manager', named_by: 'aaguids', status: '', since: null },
			...{ certification: '', mds_number: 0 }
		},
		{
			...{ name: 'A key by its model', named_by: 'mds', status: 'REVOKED', since: '2026-02-03' },
			...{ certification: 'FIDO_CERTIFIED_L2', mds_number: 12 }
		}
	]);
	expect(
		await collector.query(
			`SELECT name, version, entries, last_error, toString(toDate(next_update)) AS next FROM enrichment_tables_v1
				WHERE source != '' ORDER BY name`
		)
	).toEqual([
		{ name: 'aaguids', version: expect.any(String), entries: 1, last_error: '', next: null },
		{ name: 'mds', version: 'no 12', entries: 1, last_error: '', next: '2026-12-01' }
	]);
});

test('a collector that could not load its list takes from nobody what another one knows', async () => {
	const log = () => undefined;
	const knowledge = await openKnowledge({
		...{ sources: { aaguids: join(directory, 'not-there.json') }, settings: collector.settings },
		...{ directory: join(directory, 'another'), collector: 'another', log }
	});
	const { client } = collector;
	const stop = publishKnowledge({ knowledge, client, collector: 'another', log });
	const told = `SELECT last_error != '' AS failed FROM enrichment_tables_v1 WHERE collector = 'another' AND source != ''`;
	await expect.poll(() => collector.query(told)).toEqual([{ failed: 1 }]);
	await stop();
	knowledge.close();
	expect(
		await collector.query(`SELECT count() AS n FROM authenticators_v1 WHERE aaguid = '${LISTED}'`)
	).toEqual([{ n: '1' }]);
	await client.command({ query: `TRUNCATE TABLE enrichment_tables_state_v1` });
});

test('a report that a later blob has no more is kept with the days it was there, and counted until then', async () => {
	const reports = () =>
		collector.query<{ status: string; gone: number; whole: number }>(
			`SELECT status, gone_at IS NOT NULL AS gone, first_seen_at <= last_seen_at AND first_seen_at > '2026-01-01' AS whole
			FROM authenticator_reports_v1 WHERE aaguid = '${KEY}' ORDER BY status`
		);
	const today = () =>
		collector.query(`SELECT status, certification FROM authenticators_v1 WHERE aaguid = '${KEY}'`);
	const certified = { status: 'FIDO_CERTIFIED_L2', effectiveDate: '2024-02-03' };
	await publishBlob(13, [certified, { status: 'USER_VERIFICATION_BYPASS' }]);
	await expect.poll(reports, soon).toEqual([
		{ status: 'FIDO_CERTIFIED_L2', gone: 0, whole: 1 },
		{ status: 'REVOKED', gone: 1, whole: 1 },
		{ status: 'USER_VERIFICATION_BYPASS', gone: 0, whole: 1 }
	]);
	await expect
		.poll(today, soon)
		.toEqual([{ status: 'USER_VERIFICATION_BYPASS', certification: 'FIDO_CERTIFIED_L2' }]);
	// It comes back, as if it had never been away.
	await publishBlob(14, [certified, { status: 'REVOKED', effectiveDate: '2026-02-03' }]);
	await expect.poll(async () => (await reports()).map(({ gone }) => gone)).toEqual([0, 0, 1]);
	await expect.poll(today, soon).toMatchObject([{ status: 'REVOKED' }]);
});

test('a collector without the Metadata Service, whose source was taken away, ends no report', async () => {
	const log = () => undefined;
	const knowledge = await openKnowledge({
		...{ sources: { aaguids: list }, settings: collector.settings },
		...{ directory: join(directory, 'without'), collector: 'without', log }
	});
	const ended = `SELECT countIf(gone_at IS NULL) AS open, countIf(gone_at IS NOT NULL) AS gone FROM authenticator_reports_v1`;
	const before = await collector.query(ended);
	expect(before).toMatchObject([{ open: '2' }]);
	const { client } = collector;
	const stop = publishKnowledge({ knowledge, client, collector: 'without', log });
	await expect
		.poll(() => collector.query(`SELECT 1 FROM enrichment_tables_v1 WHERE collector = 'without'`))
		.not.toEqual([]);
	await stop();
	knowledge.close();
	expect(await collector.query(ended)).toEqual(before);
	await client.command({ query: `TRUNCATE TABLE enrichment_tables_state_v1` });
});

test('a list that breaks keeps its names and says so; one that is emptied takes them back', async () => {
	const state = () =>
		collector.query(`SELECT entries, last_error FROM enrichment_tables_v1 WHERE name = 'aaguids'`);
	await replace(list, '{');
	await expect
		.poll(state, soon)
		.toEqual([{ entries: 1, last_error: expect.stringContaining('not JSON') }]);
	expect(await register(LISTED)).toMatchObject({ provider: 'New Manager' });

	await replace(list, '{}');
	await expect.poll(state, soon).toEqual([{ entries: 0, last_error: '' }]);
	expect(await register(LISTED)).toMatchObject({ provider: '', credential_ecosystem: 'unknown' });
	expect(
		await collector.query(`SELECT count() AS n FROM authenticators_v1 WHERE aaguid = '${LISTED}'`)
	).toEqual([{ n: '0' }]);
});
