import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Privacy } from '../../settings/privacy.ts';
import { createProject } from '../../settings/projects.ts';
import { setPrivacy } from '../../settings/set-privacy.ts';
import {
	batchOf,
	ORIGIN,
	ref,
	startTestCollector,
	uuidV7,
	type TestCollector
} from '../testing/harness.ts';
import { writeMmdb } from '../testing/write-mmdb.ts';

const ADDRESS = '81.2.69.142';
let directory: string;
let collector: TestCollector;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'passlens-privacy-'));
	const country = join(directory, 'country.mmdb');
	const data = { country: { iso_code: 'GB' } };
	await writeFile(country, writeMmdb({ networks: [{ address: '81.2.69.0', prefix: 24, data }] }));
	collector = await startTestCollector({
		rateLimits: { proxies: { count: 1 } },
		tables: { country }
	});
});
afterAll(async () => {
	await collector?.close();
	await rm(directory, { recursive: true, force: true });
});

/** A sign-in, the server's word on it, and the end of the passkey, with everything that a project may not want to keep. */
async function send({ ingestKey, serverKey }: { ingestKey: string; serverKey: string }) {
	const shared = {
		...{ user_ref: ref(), session_id: uuidV7(), tags: { plan: 'gold', team: 'red' } },
		time_unix_ms: Date.now()
	};
	const ceremony = { ceremony_id: uuidV7(), ceremony_type: 'authentication' };
	const credential = { credential_ref: ref(), backup_eligible: true, backup_state: true };
	const page = [
		{ ...shared, ...ceremony, type: 'ceremony.started', request: {} },
		{
			...{ ...shared, ...ceremony, type: 'ceremony.finished', request: {} },
			...{ outcome: 'succeeded', elapsed_ms: 900, credential }
		}
	];
	const server = [
		{ ...shared, ...ceremony, type: 'ceremony.verdict', verified: true, credential },
		{
			...{ ...shared, type: 'credential.revoked', reason: 'user_removed' },
			credential_ref: credential.credential_ref
		}
	];
	for (const [key, events] of [
		[ingestKey, page],
		[serverKey, server]
	] as const) {
		const answer = await fetch(`${collector.url}/v1/events`, {
			method: 'POST',
			headers: {
				...{ 'content-type': 'application/json', authorization: `Bearer ${key}` },
				...{ origin: ORIGIN, 'x-forwarded-for': ADDRESS }
			},
			body: JSON.stringify(batchOf(events.map((event) => ({ ...event, id: uuidV7() }))))
		});
		expect(await answer.json()).toMatchObject({ accepted: events.length, refused: [] });
	}
}

const NOBODY = { users: '0', credentials: '0' };
const SOMEBODY = { users: '1', credentials: '1' };
const BOTH = ['plan', 'team'];

test.each<[id: string, privacy: Omit<Privacy, 'consentFirst'> | undefined, kept: object]>([
	['everything', undefined, { ...SOMEBODY, countries: ['', 'GB'], tags: BOTH }],
	[
		'no-country',
		{ country: false, references: true, tags: undefined },
		{ ...SOMEBODY, countries: [''], tags: BOTH }
	],
	[
		'nobody',
		{ country: true, references: false, tags: undefined },
		{ ...NOBODY, countries: ['', 'GB'], tags: BOTH }
	],
	[
		'one-tag',
		{ country: true, references: true, tags: ['plan', 'other'] },
		{ ...SOMEBODY, countries: ['', 'GB'], tags: ['plan'] }
	],
	[
		'little',
		{ country: false, references: false, tags: [] },
		{ ...NOBODY, countries: [''], tags: [] }
	]
])('a project that keeps %s', async (id, privacy, kept) => {
	const keys = await createProject(collector.settings, { id, name: id, origins: [ORIGIN] });
	if (privacy)
		await setPrivacy(collector.settings, {
			projectId: id,
			privacy: { ...privacy, consentFirst: false }
		});
	await send(keys);
	await collector.stored();
	const [found] = await collector.query(
		`SELECT count() AS events, uniqExactIf(user_hash, user_hash != 0) AS users,
			uniqExactIf(credential_hash, credential_hash != 0) AS credentials,
			arraySort(groupUniqArray(toString(country))) AS countries,
			arraySort(arrayDistinct(arrayFlatten(groupArray(mapKeys(tags))))) AS tags
		FROM events_raw_v1 FINAL WHERE project_id = '${id}'`
	);
	expect(found).toEqual({ events: '4', ...kept });
	const [made] = await collector.query(
		`SELECT (SELECT count() FROM users_v1 WHERE project_id = '${id}') AS users,
			(SELECT count() FROM credentials_v1 WHERE project_id = '${id}') AS credentials,
			(SELECT countIf(outcome = 'succeeded') FROM ceremonies_v1 WHERE project_id = '${id}') AS succeeded`
	);
	const { users, credentials } = kept as typeof NOBODY;
	expect(made).toEqual({ users, credentials, succeeded: '1' });
});
