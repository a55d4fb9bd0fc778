import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideFailure, listFailureTriage } from './failure-triage.ts';
import { openSettings, type Settings } from './open-settings.ts';
import { createProject } from './projects.ts';
import { makeDataDir } from './testing/make-data-dir.ts';

let dataDir: string;
let settings: Settings;
beforeAll(async () => {
	dataDir = await makeDataDir();
	settings = await openSettings({ dataDir });
	for (const id of ['shop', 'other']) await createProject(settings, { id, name: id });
});
afterAll(async () => {
	await settings.destroy();
	await rm(dataDir, { recursive: true, force: true });
});

const decide = (projectId: string, groupId: string, change: object = {}) =>
	decideFailure(settings, {
		...{ projectId, groupId, decision: 'resolved', afterRelease: '2.4.0' },
		...{ owner: 'Kim', note: 'Repaired', author: 'Lee', ...change }
	});

test('the newest decision of a group comes first, and the earlier ones stay', async () => {
	const before = Date.now();
	await decide('shop', 'aaaaaaaaaa');
	await decide('shop', 'bbbbbbbbbb', { decision: 'ignored' });
	await decide('shop', 'aaaaaaaaaa', { decision: 'open', note: '' });
	await decide('other', 'aaaaaaaaaa');
	const [newest, ...earlier] = await listFailureTriage(settings, {
		projectId: 'shop',
		groupId: 'aaaaaaaaaa'
	});
	expect(newest).toMatchObject({ decision: 'open', note: '', owner: 'Kim', author: 'Lee' });
	expect(newest!.decidedAt).toBeGreaterThanOrEqual(before);
	expect(earlier).toMatchObject([{ decision: 'resolved', afterRelease: '2.4.0' }]);
	expect(await listFailureTriage(settings, { projectId: 'shop' })).toHaveLength(3);
});

test('only what is resolved is resolved from a release on', async () => {
	await decide('other', 'cccccccccc', { decision: 'ignored' });
	const [decision] = await listFailureTriage(settings, { projectId: 'other' });
	expect(decision).toMatchObject({ decision: 'ignored', afterRelease: '' });
});
