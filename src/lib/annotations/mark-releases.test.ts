import { describe, expect, it } from 'vitest';
import type { Annotation } from '../../../settings/annotations.ts';
import { markReleases } from './mark-releases.ts';

const note = (day: string, text: string): Annotation => ({
	...{ id: text, day, text, kind: 'release', author: '', source: 'api' },
	...{ createdAt: 0, changedAt: undefined }
});
const release = (release: string, first_day: string) => ({ release, first_day });
const marked = (more: Partial<Parameters<typeof markReleases>[0]>) =>
	markReleases({
		...{ noted: [], releases: [], firstDay: '2026-08-01' },
		period: { from: '2026-10-01', to: '2026-10-31' },
		...more
	}).map(({ day, text, source }) => [day, text, source]);

describe('markReleases', () => {
	it('marks the releases that appeared in the period, between what was noted', () => {
		const releases = [
			release('2.6', '2026-11-01'),
			release('2.5', '2026-10-31'),
			release('2.4', '2026-10-01'),
			release('2.3', '2026-09-30')
		];
		expect(marked({ releases, noted: [note('2026-10-11', 'Campaign')] })).toEqual([
			['2026-10-01', '2.4 first seen', 'data'],
			['2026-10-11', 'Campaign', 'api'],
			['2026-10-31', '2.5 first seen', 'data']
		]);
	});

	it.each([
		['Release 2.4', []],
		['Roll-out of v2.4: half of the users', []],
		['Release 2.4.1', [['2026-10-09', '2.4 first seen', 'data']]]
	])('says a release once where somebody noted “%s”', (text, marks) => {
		const noted = [note('2026-10-08', text)];
		expect(marked({ noted, releases: [release('2.4', '2026-10-09')] })).toEqual([
			['2026-10-08', text, 'api'],
			...marks
		]);
	});

	it('marks none in the first week of the data, when all that was there comes for a first time', () => {
		const releases = [release('2.5', '2026-10-08'), release('2.4', '2026-10-07')];
		expect(marked({ releases, firstDay: '2026-10-01' })).toEqual([
			['2026-10-08', '2.5 first seen', 'data']
		]);
	});

	it('marks none where there is one on nearly every day', () => {
		const releases = Array.from({ length: 13 }, (_, at) =>
			release(`build-${at}`, `2026-10-${String(at + 10)}`)
		);
		expect(marked({ releases: releases.slice(1) })).toHaveLength(12);
		expect(marked({ releases, noted: [note('2026-10-08', 'Campaign')] })).toEqual([
			['2026-10-08', 'Campaign', 'api']
		]);
	});
});
