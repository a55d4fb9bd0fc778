import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
	addAnnotation,
	changeAnnotation,
	listAnnotations,
	parseAnnotation,
	removeAnnotation
} from './annotations.ts';
import { openSettings, type Settings } from './open-settings.ts';
import { createProject } from './projects.ts';
import { listSegments, removeSegment, renameSegment, saveSegment } from './segments.ts';
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

const release = { day: '2026-11-12', kind: 'release', text: 'Release 2.4', author: 'Kim' } as const;

describe('annotations', () => {
	test.each([
		['text', { ...release, text: '  ' }],
		['text', { ...release, text: 'x'.repeat(121) }],
		['text', { ...release, text: 7 }],
		['day', { ...release, day: '12 Nov' }],
		['day', { ...release, day: '2026-02-31' }],
		['kind', { ...release, kind: 'party' }],
		['author', { ...release, author: 'x'.repeat(81) }]
	])('a mistake in the %s is named', (field, input) => {
		expect(parseAnnotation(input)).toMatchObject({ mistake: { field } });
	});

	test('the same again is one, changes are kept with their time, and another project knows nothing', async () => {
		const projectId = 'shop';
		const first = await addAnnotation(settings, { projectId, annotation: release, source: 'api' });
		expect(first.added).toBe(true);
		const again = await addAnnotation(settings, { projectId, annotation: release, source: 'page' });
		expect(again).toEqual({ id: first.id, added: false });
		const { id } = first;
		const moved = { ...release, day: '2026-11-13', author: 'Lou' };
		expect(await changeAnnotation(settings, { projectId: 'other', id, annotation: moved })).toBe(
			false
		);
		expect(await changeAnnotation(settings, { projectId, id, annotation: moved })).toBe(true);
		expect(await listAnnotations(settings, { projectId })).toMatchObject([
			{ ...moved, id, source: 'api', changedAt: expect.any(Number) }
		]);
		expect(await listAnnotations(settings, { projectId, to: '2026-11-12' })).toEqual([]);
		expect(await removeAnnotation(settings, { projectId: 'other', id })).toBe(false);
		expect(await removeAnnotation(settings, { projectId, id })).toBe(true);
		expect(await listAnnotations(settings, { projectId })).toEqual([]);
	});
});

describe('segments', () => {
	test('are saved, saved over, renamed and removed, each in its project', async () => {
		const projectId = 'shop';
		expect(
			await saveSegment(settings, { projectId, name: ' Phones ', query: 'platform=iOS' })
		).toBeUndefined();
		await saveSegment(settings, { projectId, name: 'Phones', query: 'platform=Android' });
		await saveSegment(settings, { projectId, name: 'Apple', query: 'ecosystem=apple' });
		const [apple, phones] = await listSegments(settings, projectId);
		expect([apple, phones]).toMatchObject([
			{ name: 'Apple' },
			{ name: 'Phones', query: 'platform=Android' }
		]);
		expect(await listSegments(settings, 'other')).toEqual([]);
		expect(
			await renameSegment(settings, { projectId, id: apple!.id, name: 'Phones' })
		).toMatchObject({ field: 'name' });
		await renameSegment(settings, { projectId: 'other', id: apple!.id, name: 'Stolen' });
		await renameSegment(settings, { projectId, id: apple!.id, name: 'At Apple' });
		await removeSegment(settings, { projectId: 'other', id: phones!.id });
		await removeSegment(settings, { projectId, id: phones!.id });
		expect(await listSegments(settings, projectId)).toMatchObject([{ name: 'At Apple' }]);
	});

	test.each([
		['name', { name: ' ', query: 'platform=iOS' }],
		['name', { name: 'x'.repeat(61), query: 'platform=iOS' }],
		['query', { name: 'All', query: '' }]
	])('a mistake in the %s is named', async (field, input) => {
		expect(await saveSegment(settings, { projectId: 'shop', ...input })).toMatchObject({ field });
	});
});
