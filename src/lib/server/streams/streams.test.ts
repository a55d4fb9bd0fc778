import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { noteAudit } from '../../../../settings/access/audit-log.ts';
import { decideFindings } from '../../../../settings/finding-triage.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { savePolicy } from '../../../../settings/policies.ts';
import { createProject } from '../../../../settings/projects.ts';
import { forgetStreamEvents, pruneStreamEvents } from '../../../../settings/stream-events.ts';
import { pauseStream, removeStream, type Stream } from '../../../../settings/streams.ts';
import { insertReports } from '../testing/insert-reports.ts';
import { ceremony, later, revoked, type CeremonyScene } from '../testing/sample-events.ts';
import { streamsScene, told } from '../testing/streams-scene.ts';
import { queryLedgerFindings } from '../queries/ledger-findings.ts';
import { waitingFor } from './deliver-streams.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const scene = streamsScene();
const { stores, siem, look, deliver, taken, add, only } = scene;
beforeAll(() => scene.start());
afterAll(() => scene.stop());

const ago = (ms: number) =>
	new Date(Date.now() - ms).toISOString().replace('T', ' ').replace('Z', '');
const HOUR = 3_600_000;

/** One that the server verified, of a user of this number, as it came just now. */
function sight(
	project_id: string,
	number: number,
	at: string,
	{ end, verdict, ...more }: Partial<CeremonyScene> & { of?: object } = {}
) {
	const of = { project_id, user_hash: 0x100 + number, received_at: later(at, 5_000), ...more.of };
	return ceremony(of, {
		...{ at, type: 'authentication', ...more },
		end: { credential_hash: number, backup_eligible: true, backup_state: true, ...end },
		verdict: { verified: true, ...verdict }
	});
}

const POLICY = `version: 1
rules:
  - { id: bound, title: Device-bound alone, who: everybody, kinds: [device_bound] }
`;

describe.each(stores.each)('Streams with settings in %s', (name, open) => {
	const project = `streams-${name.toLowerCase()}`;
	let settings: Settings;
	let stream: Stream;
	beforeAll(async () => {
		settings = await open();
		for (const id of [project, `${project}-other`]) await createProject(settings, { id, name: id });
	});
	afterAll(() => settings.destroy());

	it('tell nothing of what was there before them', async () => {
		const { asked } = siem.state;
		await savePolicy(settings, { projectId: project, document: POLICY, note: '', author: 'Kim' });
		await noteAudit(settings, { actor: { kind: 'nobody', name: '' }, action: 'signed-out' });
		await scene.database.insert([
			...sight(project, 1, ago(5 * HOUR), { type: 'registration' }),
			...sight(project, 2, ago(5 * HOUR), { end: { backup_eligible: false } })
		]);
		stream = await add(settings);
		await look(settings);
		await look(settings);
		await deliver(settings);
		expect(siem.state.asked).toBe(asked);
		expect(stream.secret).toMatch(/^whsec_/);
	});

	it('tell each thing that matters once, as OCSF has it, signed, and nobody’s name', async () => {
		const from = siem.taken.length;
		const at = ago(-1_000);
		await scene.database.insert([
			...sight(project, 3, at, { type: 'registration', end: { backup_state: false } }),
			// The ledger: BS without BE. A policy: synced, where device-bound alone is allowed.
			...sight(project, 4, at, { end: { backup_eligible: false } }),
			...sight(project, 5, at, {
				verdict: { verified: false, verdict_reason: 'signature_invalid' }
			}),
			...sight(project, 6, at, {
				type: 'registration',
				verdict: { verified: false, verdict_reason: 'attestation_rejected' }
			}),
			// Nothing to be told: an everyday refusal, one of a simulated user.
			...sight(project, 7, at, {
				verdict: { verified: false, verdict_reason: 'challenge_expired' }
			}),
			...sight(project, 8, at, { type: 'registration', of: { synthetic: true } }),
			{
				...revoked({ project_id: project, user_hash: 0x101 }, at, 1),
				received_at: later(at, 5_000)
			},
			...sight(project, 3, later(at, 60_000))
		]);
		await savePolicy(settings, {
			projectId: project,
			document: `${POLICY}# 2\n`,
			note: 'secret-note',
			author: 'Kim'
		});
		const kim = { kind: 'person', id: 'person-1', name: 'Kim Possible' } as const;
		await noteAudit(settings, { actor: kim, action: 'signed-in' });
		await noteAudit(settings, {
			...{ actor: kim, action: 'looked-up', projectId: project, subject: '/users' },
			detail: { query: 'anna@example.com' }
		});
		await look(settings, new Date(Date.now() + 2 * 60_000));
		await look(settings, new Date(Date.now() + 2 * 60_000));
		await deliver(settings);
		await deliver(settings);
		expect(told(taken(from)).sort()).toEqual([
			'2003/2 “Device-bound alone” is broken by 5 users',
			'2004/1 Backed up without being eligible: BE 0, BS 1 from the first',
			'3001/10 A passkey was registered',
			'3001/10 The server refused a new passkey: attestation_rejected',
			'3001/11 A passkey was revoked: superseded',
			'3001/99 Now backed up. The provider has synced it: losing the device no longer loses it.',
			'3002/1 Somebody signed in to Passlens',
			'3002/1 The server refused a sign-in by passkey: signature_invalid',
			'3004/2 Somebody looked at a single user or at rows of single people',
			'3004/3 Version 2 of the policy was put in force'
		]);
		const everything = siem.taken.map(({ body }) => body).join();
		for (const word of ['Kim', 'Possible', 'anna', 'secret-note', stream.secret])
			expect(everything).not.toContain(word);
		const { body, headers } = siem.taken.at(-1)!;
		const key = Buffer.from(stream.secret.slice(6), 'base64');
		const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
		expect(headers['webhook-signature']).toBe(
			`v1,${createHmac('sha256', key).update(signed).digest('base64')}`
		);
		expect(await only(settings, stream.id)).toMatchObject({ sent: 10, failures: 0, lastError: '' });
	});

	it('tell what was decided about a finding', async () => {
		const from = siem.taken.length;
		const day = new Date().toISOString().slice(0, 10);
		const [finding] = await queryLedgerFindings(scene.database.client, {
			...{ project, from: '2020-01-01', to: day, ecosystem: '', platform: '', application: '' }
		});
		await decideFindings(settings, {
			...{
				projectId: project,
				findingIds: [finding!.id],
				decision: 'ignored',
				note: '',
				author: ''
			}
		});
		await look(settings);
		await deliver(settings);
		expect(taken(from)).toMatchObject([
			{
				...{ class_uid: 2004, activity_name: 'Close', status: 'Suppressed' },
				finding_info: { uid: finding!.id }
			}
		]);
	});

	it('tell what a receiver refuses once it takes it: later each time, and as it was', async () => {
		const from = siem.taken.length;
		siem.state.status = 500;
		await noteAudit(settings, { actor: { kind: 'nobody', name: '' }, action: 'sign-in-refused' });
		await look(settings);
		const now = Date.now();
		await deliver(settings, now);
		await deliver(settings, now + 1_000);
		const before = await only(settings, stream.id);
		expect(before).toMatchObject({ failures: 1, nextAt: now + 5_000 });
		expect(before.lastError).toContain('answered 500');
		expect(await waitingFor(settings, before)).toMatchObject({ events: 1, more: false });
		await deliver(settings, now + 5_000);
		expect(await only(settings, stream.id)).toMatchObject({ failures: 2, nextAt: now + 15_000 });
		siem.state.status = 200;
		await deliver(settings, now + 15_000);
		expect(told(taken(from))).toEqual(['3002/1 Somebody could not sign in to Passlens']);
		expect(await only(settings, stream.id)).toMatchObject({ failures: 0, lastError: '' });
	});

	it('hold what comes while they are paused, and go on where they were', async () => {
		const from = siem.taken.length;
		await pauseStream(settings, { id: stream.id, paused: true });
		await noteAudit(settings, { actor: { kind: 'nobody', name: '' }, action: 'signed-out' });
		await look(settings);
		await deliver(settings);
		expect(siem.taken).toHaveLength(from);
		await pauseStream(settings, { id: stream.id, paused: false });
		await deliver(settings);
		expect(told(taken(from))).toEqual(['3002/2 Somebody signed out of Passlens']);
	});

	it('tell only of the topics and projects that were chosen', async () => {
		const from = siem.taken.length;
		await removeStream(settings, stream.id);
		const narrow = await add(settings, {
			...{ name: 'Narrow', format: 'lines', authorization: 'Splunk of-the-operator' },
			...{ projects: [project], topics: ['credentials'] }
		});
		await look(settings);
		const at = ago(-1_000);
		await scene.database.insert([
			...sight(project, 30, at, { type: 'registration' }),
			...sight(`${project}-other`, 31, at, { type: 'registration' }),
			...sight(project, 32, at, {
				verdict: { verified: false, verdict_reason: 'signature_invalid' }
			})
		]);
		await noteAudit(settings, { actor: { kind: 'nobody', name: '' }, action: 'signed-out' });
		await look(settings, new Date(Date.now() + 60_000));
		await deliver(settings);
		expect(taken(from)).toMatchObject([
			{
				class_uid: 3001,
				user: { credential_uid: '000000000000001e' },
				metadata: { tenant_uid: project }
			}
		]);
		const { headers } = siem.taken.at(-1)!;
		expect(headers).toMatchObject({
			...{ authorization: 'Splunk of-the-operator', 'content-type': 'application/x-ndjson' }
		});
		await removeStream(settings, narrow.id);
	});

	it('tell nothing more of somebody who is erased, and leave out what is a week old', async () => {
		const from = siem.taken.length;
		const wide = await add(settings, { projects: [project], topics: ['credentials'] });
		await look(settings);
		const at = ago(-1_000);
		await scene.database.insert(
			[40, 41, 42].flatMap((one) => sight(project, one, at, { type: 'registration' }))
		);
		await look(settings, new Date(Date.now() + 60_000));
		await forgetStreamEvents(settings, { projectId: project, userHash: String(0x100 + 41) });
		await settings
			.updateTable('stream_event')
			.set({ found_unix_ms: Date.now() - 8 * 86_400_000 })
			.where('user_hash', '=', (0x100 + 42).toString(16).padStart(16, '0'))
			.execute();
		await pruneStreamEvents(settings);
		await deliver(settings);
		expect(taken(from)).toMatchObject([{ user: { credential_uid: '0000000000000028' } }]);
		expect(await only(settings, wide.id)).toMatchObject({ sent: 1, leftOut: 1 });
		await removeStream(settings, wide.id);
	});
});

it('A stream tells another status of a model of authenticators, once, and nothing at the first look', async () => {
	const settings = await stores.openSqlite();
	const from = siem.taken.length;
	const stream = await add(settings, { name: 'Models', topics: ['authenticators'] });
	const says = async (generation: number, status: string) => {
		const model = { aaguid: '11111111-1111-4111-8111-111111111111', description: 'Key 5' };
		await scene.database.client.insert({
			...{ table: 'authenticators_state_v1', format: 'JSONEachRow' },
			values: [{ ...model, generation, name: 'Key', mds_number: 7 }]
		});
		const effective_date = `2026-01-0${generation}`;
		await insertReports(scene.database.client, [{ aaguid: model.aaguid, status, effective_date }]);
		await look(settings);
		await deliver(settings);
	};
	await says(1, 'FIDO_CERTIFIED_L2');
	await says(2, 'FIDO_CERTIFIED_L2');
	await says(3, 'REVOKED');
	await says(4, 'REVOKED');
	expect(taken(from)).toMatchObject([
		{ class_uid: 3004, severity: 'High', message: 'Key 5: FIDO_CERTIFIED_L2 → REVOKED' }
	]);
	await removeStream(settings, stream.id);
	await settings.destroy();
});
