import { describe, expect, it } from 'vitest';
import { newestRelease, returned, triageState, type Decision } from './triage-state.ts';

/** 2.10 appeared after 2.9, and a repair of 2.9 after both: names do not order them, time does. */
const releases = new Map([
	['2.9.0', '2026-10-01T08:00:00.000Z'],
	['2.10.0', '2026-10-10T08:00:00.000Z'],
	['2.9.1', '2026-10-12T08:00:00.000Z'],
	['', '2026-09-01T08:00:00.000Z']
]);
const seen = (release: string, day: string, first = day) => ({
	release,
	first_at: `${first}T22:30:00.000Z`,
	last_at: `${day}T12:00:00.000Z`
});
/** By its clock 22:30 UTC is the next day. */
const period = { from: '2026-10-02', zone: 'Europe/Berlin' };
const resolved = (afterRelease: string, day = '2026-10-11'): Decision => ({
	decision: 'resolved',
	afterRelease,
	decidedAt: Date.parse(`${day}T12:00:00.000Z`)
});

describe('triageState', () => {
	it.each([
		['begun in the period', undefined, [seen('2.9.0', '2026-10-20', '2026-10-01')], 'new'],
		['begun before it', undefined, [seen('2.9.0', '2026-10-20', '2026-09-30')], 'ongoing'],
		['opened again', { ...resolved(''), decision: 'open' as const }, [], 'new'],
		[
			'opened again, and older',
			{ ...resolved(''), decision: 'open' as const },
			[seen('2.9.0', '2026-09-20'), seen('2.9.1', '2026-10-20')],
			'ongoing'
		],
		[
			'it is ignored, whatever comes',
			{ ...resolved(''), decision: 'ignored' as const },
			[seen('2.9.1', '2026-10-20')],
			'ignored'
		],
		['not seen since', resolved(''), [seen('2.10.0', '2026-10-11')], 'resolved'],
		['seen since, in any release', resolved(''), [seen('2.9.0', '2026-10-13')], 'regressed'],
		[
			'old pages go on failing in the release it was resolved after',
			resolved('2.10.0'),
			[seen('2.10.0', '2026-10-30'), seen('2.9.0', '2026-10-30')],
			'resolved'
		],
		['seen in a later release', resolved('2.10.0'), [seen('2.9.1', '2026-10-13')], 'regressed'],
		[
			'a release whose name is greater but which is older',
			resolved('2.9.1', '2026-10-13'),
			[seen('2.10.0', '2026-10-14')],
			'resolved'
		],
		[
			'the release it was resolved after is no longer known: its time decides',
			resolved('1.0.0'),
			[seen('2.9.0', '2026-10-12')],
			'regressed'
		]
	] as const)('%s', (_title, decision, sightings, state) => {
		expect(triageState(decision, sightings, releases, period)).toBe(state);
	});
});

it('names the release in which it came back first', () => {
	const sightings = [seen('2.9.1', '2026-10-13'), seen('2.10.0', '2026-10-30')];
	expect(returned(resolved('2.9.0'), sightings, releases)).toBe('2.10.0');
	expect(returned(resolved('2.9.1'), sightings, releases)).toBeUndefined();
});

it('takes the release that appeared last for the newest', () => {
	expect(newestRelease(releases)).toBe('2.9.1');
	expect(newestRelease(new Map([['', '2026-09-01T08:00:00.000Z']]))).toBeUndefined();
});
