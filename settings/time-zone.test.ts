import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSettings, type Settings } from './open-settings.ts';
import { createProject, listProjects } from './projects.ts';
import { listTimeZones, setTimeZone } from './time-zone.ts';
import { findTimeZone, TIME_ZONES } from './time-zones.ts';
import { makeDataDir } from './testing/make-data-dir.ts';

let dataDir: string;
let settings: Settings;
beforeAll(async () => {
	dataDir = await makeDataDir();
	settings = await openSettings({ dataDir });
	await createProject(settings, { id: 'shop', name: 'Shop' });
});
afterAll(async () => {
	await settings.destroy();
	await rm(dataDir, { recursive: true, force: true });
});

test('a project counts by UTC until a zone is chosen', async () => {
	expect(await listProjects(settings)).toMatchObject([{ id: 'shop', timeZone: 'UTC' }]);
	await setTimeZone(settings, { projectId: 'shop', timeZone: 'Asia/Kolkata' });
	expect(await listProjects(settings)).toMatchObject([{ id: 'shop', timeZone: 'Asia/Kolkata' }]);
	await setTimeZone(settings, { projectId: 'shop', timeZone: 'utc' });
	expect([...(await listTimeZones(settings))]).toEqual([['shop', 'UTC']]);
});

test.each([
	['Europe/Berlin', 'Europe/Berlin'],
	['america/port-au-prince', 'America/Port-au-Prince'],
	['Asia/Calcutta', 'Asia/Kolkata'],
	['europe/kiev', 'Europe/Kyiv'],
	['US/Pacific', 'America/Los_Angeles'],
	['Zulu', 'UTC'],
	[' Etc/UTC ', 'UTC']
])('%s is kept as %s', (typed, kept) => {
	expect(findTimeZone(typed)).toBe(kept);
});

test.each(['', 'Berlin', '+05:30', 'Mars/Olympus', "UTC'; DROP TABLE"])(
	'%j is refused with what to write',
	async (timeZone) => {
		await expect(setTimeZone(settings, { projectId: 'shop', timeZone })).rejects.toMatchObject({
			code: 'invalid_time_zone',
			message: `"${timeZone}" is no time zone: write its IANA name, such as Europe/Berlin or Asia/Kolkata, or UTC.`
		});
	}
);

test('a zone for nobody is refused', async () => {
	await expect(
		setTimeZone(settings, { projectId: 'nobody', timeZone: 'UTC' })
	).rejects.toMatchObject({ code: 'not_found' });
});

test('every zone that can be chosen is found under its own name', () => {
	for (const zone of TIME_ZONES) expect(findTimeZone(zone)).toBe(zone);
});
