import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAuditLog } from '../../../../settings/access/audit-log.ts';
import { listEvidence } from '../../../../settings/evidence.ts';
import {
	readEvidenceSchedule,
	setEvidenceSchedule
} from '../../../../settings/evidence-schedule.ts';
import { openSettings, type Settings } from '../../../../settings/open-settings.ts';
import { createProject } from '../../../../settings/projects.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { lastTurn, makeDueEvidence } from './keep-evidence.ts';
import { verifyEvidence } from './verify-evidence.ts';

let database: TemporaryDatabase;
let settings: Settings;
let home: string;

beforeAll(async () => {
	database = await openTemporaryDatabase();
	home = await mkdtemp(join(tmpdir(), 'passlens-scheduled-'));
	settings = await openSettings({ dataDir: home });
	for (const id of ['bank', 'shop']) await createProject(settings, { id, name: id });
});
afterAll(async () => {
	await settings.destroy();
	await database.close();
	await rm(home, { recursive: true, force: true });
});

const due = (now: string, directory = join(home, 'evidence')) =>
	makeDueEvidence({
		...{ client: () => Promise.resolve(database.client), settings, directory },
		now: new Date(now)
	});
const scheduled = () => readEvidenceSchedule(settings, 'bank');

describe('Evidence that is made by itself', () => {
	it.each([
		['week', '2026-11-28T12:00Z', '2026-11-22', 7],
		['week', '2026-11-29T23:59Z', '2026-11-22', 7],
		['week', '2026-11-30T00:59Z', '2026-11-22', 7],
		['week', '2026-11-30T01:00Z', '2026-11-29', 7],
		['month', '2026-11-28T12:00Z', '2026-10-31', 31],
		['month', '2026-12-01T00:30Z', '2026-10-31', 31],
		['month', '2026-12-01T02:00Z', '2026-11-30', 30],
		['month', '2028-03-01T02:00Z', '2028-02-29', 29]
	] as const)('of every %s, at %s: as of %s', (every, now, on, days) => {
		expect(lastTurn(every, 'UTC', new Date(now))).toEqual({ on, days });
	});

	it.each([
		['Pacific/Auckland', '2026-11-29T11:59Z', '2026-11-22'],
		['Pacific/Auckland', '2026-11-29T12:00Z', '2026-11-29'],
		['America/Los_Angeles', '2026-11-30T08:59Z', '2026-11-22'],
		['America/Los_Angeles', '2026-11-30T09:00Z', '2026-11-29']
	])('in %s at %s: of the week to %s', (zone, now, on) => {
		expect(lastTurn('week', zone, new Date(now))).toEqual({ on, days: 7 });
	});

	it('is written once a turn, where it is asked for alone, signed and noted', async () => {
		await setEvidenceSchedule(settings, { projectId: 'bank', every: 'week', author: 'Lee' });
		for (const now of ['2026-11-28T12:00Z', '2026-11-28T12:10Z', '2026-11-30T12:00Z'])
			await due(now);
		expect(await readdir(join(home, 'evidence'))).toEqual(['bank']);
		const folders = ['2026-11-22-week', '2026-11-29-week'];
		expect((await readdir(join(home, 'evidence', 'bank'))).sort()).toEqual(folders);
		for (const folder of folders)
			expect(await verifyEvidence(join(home, 'evidence', 'bank', folder))).toMatchObject({
				mistakes: []
			});
		expect(await scheduled()).toMatchObject({ lastAsOf: '2026-11-29', lastError: '' });
		expect(
			(await listEvidence(settings, 'bank')).map(({ asOf, author }) => [asOf, author])
		).toEqual([
			['2026-11-29', 'Lee'],
			['2026-11-22', 'Lee']
		]);
		const entries = await readAuditLog(settings, { action: 'exported' });
		expect(entries.map(({ actor, projectId, detail }) => [actor.kind, projectId, detail])).toEqual([
			['schedule', 'bank', { as_of: '2026-11-29' }],
			['schedule', 'bank', { as_of: '2026-11-22' }]
		]);
	});

	it('that cannot be written says why, and is made when it can', async () => {
		const occupied = join(home, 'a-file');
		await writeFile(occupied, '');
		await due('2026-12-08T12:00Z', occupied);
		expect(await scheduled()).toMatchObject({
			lastAsOf: '2026-11-29',
			lastError: expect.stringContaining('ENOTDIR')
		});
		await due('2026-12-08T12:10Z');
		expect(await scheduled()).toMatchObject({ lastAsOf: '2026-12-06', lastError: '' });
	});

	it('ends when it is no longer asked for', async () => {
		await setEvidenceSchedule(settings, { projectId: 'bank', author: 'Lee' });
		await due('2026-12-20T12:00Z');
		expect(await scheduled()).toBeUndefined();
		expect(await readdir(join(home, 'evidence', 'bank'))).toHaveLength(3);
	});
});
