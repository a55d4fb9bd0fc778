import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSettings, type Settings } from './open-settings.ts';
import {
	addMoves,
	claimReclassification,
	finishReclassification,
	newestReclassification,
	releaseReclassification,
	requestReclassification,
	tellReclassification
} from './reclassifications.ts';
import { makeDataDir } from './testing/make-data-dir.ts';

let dataDir: string;
let settings: Settings;
beforeAll(async () => {
	dataDir = await makeDataDir();
	settings = await openSettings({ dataDir });
});
afterAll(async () => {
	await settings.destroy();
	await rm(dataDir, { recursive: true, force: true });
});

const claim = (collector: string) => claimReclassification(settings, { collector });
const earlier = (column: 'requested_unix_ms' | 'told_unix_ms', ms: number) =>
	settings
		.updateTable('reclassification')
		.set({ [column]: Date.now() - ms })
		.where('finished_unix_ms', 'is', null)
		.execute();
const NOTHING = { project: '', done: 0, total: 0, looked: 0, written: 0, moves: [] };

test('a run is asked for once, ripens, and goes to one of the collectors that try for it', async () => {
	expect(await newestReclassification(settings)).toBeUndefined();
	await requestReclassification(settings, { by: 'Kim' });
	await requestReclassification(settings, { by: 'Lee' });
	expect(await claim('a')).toBeUndefined();
	await earlier('requested_unix_ms', 5_000);
	const claimed = await Promise.all(['a', 'b', 'c'].map(claim));
	const [run, ...others] = claimed.filter((one) => one !== undefined);
	expect(run).toMatchObject({ ...NOTHING, requestedBy: 'Kim', lastError: '' });
	expect(others).toEqual([]);
});

test('what is told of it is read back, and one that is left goes to whoever comes, one that is done to nobody', async () => {
	const { id, collector } = (await newestReclassification(settings))!;
	const moves = [{ what: 'cause' as const, from: 'x', to: 'y', events: 3 }];
	const progress = { project: 'shop', done: 5, total: 9, looked: 5, written: 3, moves };
	await tellReclassification(settings, { id, ...progress });
	expect(await newestReclassification(settings)).toMatchObject(progress);
	expect(await claim('another')).toBeUndefined();
	expect(await claim(collector!)).toMatchObject(progress);
	await releaseReclassification(settings, { id, lastError: 'The database is away.' });
	expect(await claim('another')).toMatchObject({
		...progress,
		lastError: 'The database is away.'
	});
	await earlier('told_unix_ms', 61_000);
	expect(await claim('a third')).toMatchObject({ collector: 'a third' });
	await finishReclassification(settings, { id, ...progress, done: 9 });
	expect(await claim('a third')).toBeUndefined();
	expect(await newestReclassification(settings)).toMatchObject({ id, done: 9, lastError: '' });
});

test('a name given while a run is under way waits for a run of its own', async () => {
	await requestReclassification(settings, { by: 'Kim' });
	await earlier('requested_unix_ms', 5_000);
	const running = await claim('a');
	await requestReclassification(settings, { by: 'Lee' });
	expect(await newestReclassification(settings)).toMatchObject({ id: running!.id });
	await finishReclassification(settings, { id: running!.id, ...NOTHING });
	expect(await newestReclassification(settings)).toMatchObject({ requestedBy: 'Lee' });
});

test('moves of two attempts are one list, most first', () => {
	const move = (to: string, events: number) => ({ what: 'cause' as const, from: 'x', to, events });
	expect(addMoves([move('a', 1), move('b', 2)], [move('a', 4)])).toEqual([
		move('a', 5),
		move('b', 2)
	]);
});
