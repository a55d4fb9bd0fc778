import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideFailure } from '../../../../settings/failure-triage.ts';
import { openSettings, type Settings } from '../../../../settings/open-settings.ts';
import { createProject } from '../../../../settings/projects.ts';
import { countStarted } from '../../failures/failure-list.ts';
import { parseFilters } from '../../filters.ts';
import { readDifferences } from '../differences.ts';
import { ceremonyParameters } from '../queries/ceremony-parameters.ts';
import { queryCeremonyCauses, queryCeremonyOutcomes } from '../queries/ceremony-facets.ts';
import { queryCeremonyList } from '../queries/ceremony-list.ts';
import type { FailureKind } from '../queries/failure-groups.ts';
import { parseCursor } from '../queries/list-cursor.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, promptShown, rawEvent, uuidv7, type Shared } from '../testing/sample-events.ts';
import { groupIdOf } from '../queries/failure-sql.ts';
import { readEarlierDecisions } from './read-earlier-decisions.ts';
import { queryStarted, readFailures } from './read-failures.ts';

const PROJECT = 'failures';
const NOT_FOCUSED = {
	error_name: 'NotAllowedError',
	error_signature: 'no focus',
	cause: 'not_focused'
};
const CANCELLED = {
	error_name: 'NotAllowedError',
	error_signature: 'denied',
	cause: 'user_cancelled'
};

let database: TemporaryDatabase;
let dataDir: string;
let settings: Settings;

beforeAll(async () => {
	database = await openTemporaryDatabase();
	dataDir = mkdtempSync(join(tmpdir(), 'passlens-settings-'));
	settings = await openSettings({ dataDir });
	await createProject(settings, { id: PROJECT, name: PROJECT });
	await database.insert(scene());
	await database.rollUp(PROJECT);
});
afterAll(async () => {
	await settings?.destroy();
	await database?.close();
	rmSync(dataDir, { recursive: true, force: true });
});

const client = (browser_name: string, more: object = {}): Shared => ({
	...{ project_id: PROJECT, os_name: 'Windows', browser_name, browser_version: '150' },
	...{ release: '1.0', client_ecosystem: 'microsoft', ...more }
});

/**
 * In the compared days (8 to 14 Oct) 8 of 10 Chrome users sign in. In the period (15 to 21 Oct), release 1.1, ten others lose the focus:
 * two of them succeed at a second try. Four in Edge, which nobody used before, fail as well. One failure was there in September already.
 */
function scene() {
	const events = [
		...ceremony(client('Chrome', { user_hash: 500 }), {
			...{ at: '2026-09-10 10:00', type: 'authentication', end: NOT_FOCUSED }
		})
	];
	for (let user = 1; user <= 10; user++)
		events.push(
			...ceremony(client('Chrome', { user_hash: user }), {
				...{ at: `2026-10-1${user % 5} 10:${10 + user}`, type: 'authentication' },
				...(user <= 8 ? { verdict: { verified: true } } : { end: CANCELLED })
			})
		);
	const broken = (browser: string) => client(browser, { release: '1.1', tags: { build: 'b7' } });
	for (let user = 101; user <= 110; user++) {
		const session_id = uuidv7(`2026-10-16 10:${user - 91}`);
		// The page does not know whom it has; that the same session's password sign-in names them tells.
		events.push(
			...ceremony(
				{ ...broken('Chrome'), session_id },
				{
					...{ at: `2026-10-16 10:${user - 91}`, type: 'authentication', end: NOT_FOCUSED }
				}
			),
			rawEvent(
				{ ...broken('Chrome'), session_id, user_hash: user },
				'signin.finished',
				'2026-10-16 11:00',
				{
					...{ signin_method: 'password', client_outcome: 'succeeded' }
				}
			)
		);
		if (user <= 102)
			events.push(
				...ceremony(
					{ ...broken('Chrome'), session_id, user_hash: user },
					{
						...{ at: '2026-10-16 10:50', type: 'authentication', verdict: { verified: true } }
					}
				)
			);
	}
	for (let index = 0; index < 4; index++)
		events.push(
			...ceremony(
				{ ...broken('Edge'), session_id: uuidv7('2026-10-17 10:00') },
				{
					...{ at: `2026-10-17 10:0${index}`, type: 'authentication', end: NOT_FOCUSED }
				}
			)
		);
	const prompt_id = randomUUID();
	events.push(
		promptShown(client('Chrome', { user_hash: 7 }), '2026-10-18 09:59', {
			...{ prompt_id, prompt_placement: 'banner' }
		}),
		...ceremony(client('Chrome', { user_hash: 7 }), {
			...{ at: '2026-10-18 10:00', type: 'registration', request: { prompt_id } },
			verdict: { verified: false, verdict_reason: 'attestation_rejected' }
		}),
		...ceremony(client('Chrome', { user_hash: 8 }), {
			...{ at: '2026-10-18 11:00', type: 'authentication', end: CANCELLED }
		}),
		...ceremony(client('Chrome'), {
			...{ at: '2026-10-18 12:00', type: 'authentication', ends: false },
			request: { mediation: 'conditional' }
		})
	);
	return events;
}

const filtersOf = (more: Record<string, string> = {}) =>
	parseFilters(
		new URLSearchParams({
			...{ project: PROJECT, period: 'custom', from: '2026-10-15', to: '2026-10-21', ...more }
		}),
		{ projects: [{ id: PROJECT, timeZone: 'UTC' }] }
	);
const read = (kind: 'errors' | 'expected' = 'errors', more: Record<string, string> = {}) =>
	readFailures({ client: database.client, settings, filters: filtersOf(more), kind });

describe('readFailures', () => {
	it('groups errors by cause and signature, the commonest first, with users, trend and history', async () => {
		const { groups, buckets } = await read();
		expect(groups).toMatchObject([
			{
				...{ outcome: 'failed', cause: 'not_focused', ceremonies: 14, before: 0, state: 'ongoing' },
				// Ten by their session's other events, and four sessions of which nobody is known.
				...{ users: 10, strangers: 4 },
				...{ first_release: '1.0', first_at: '2026-09-10T10:00:00.000Z' },
				...{ trend: [0, 10, 4, 0, 0, 0, 0] }
			},
			{ outcome: 'rejected', cause: 'attestation_rejected', ceremonies: 1, first_release: '1.0' }
		]);
		expect(buckets).toHaveLength(7);
		expect(groups[0]!.last_at).toBe('2026-10-17T10:03:00.000Z');
	});

	it('keeps what is expected apart', async () => {
		const { groups } = await read('expected');
		expect(groups.map(({ outcome, ceremonies, lost }) => ({ outcome, ceremonies, lost }))).toEqual(
			expect.arrayContaining([
				{ outcome: 'cancelled', ceremonies: 1, lost: undefined },
				{ outcome: 'untouched', ceremonies: 1, lost: undefined }
			])
		);
		expect(groups).toHaveLength(2);
	});

	it('counts users lost against the compared period, on the same system and browser', async () => {
		const [group] = (await read()).groups;
		// Ten in Chrome, of whom two succeeded; before, eight in ten did. In Edge there is nobody to compare with.
		expect(group!.lost).toMatchObject({
			...{ baseline: 'compared_period', people: 14, succeeded: 2, compared: 10, uncompared: 4 },
			estimate: expect.closeTo(10 * (0.8 - 0.2), 9)
		});
		expect(group!.lost!.low).toBeGreaterThan(0);
		expect(group!.lost!.high).toBeLessThan(10);
	});

	it('counts them against the others of the period where nothing is compared', async () => {
		const [group] = (await read('errors', { compare: 'none' })).groups;
		expect(group).toMatchObject({ before: undefined });
		// The one other sign-in in Chrome was cancelled, so nothing was lost.
		expect(group!.lost).toMatchObject({ baseline: 'rest', estimate: expect.closeTo(-2, 9) });
	});

	it('follows the filters, and tells what began before and elsewhere all the same', async () => {
		const { groups } = await read('errors', { platform: 'Windows', from: '2026-10-17' });
		expect(groups[0]).toMatchObject({
			...{ ceremonies: 4, users: 0, strangers: 4, first_at: '2026-09-10T10:00:00.000Z' },
			first_release: '1.0'
		});
		expect((await read('errors', { platform: 'Android' })).groups).toEqual([]);
	});

	it('is regressed when it is seen in a release that appeared after the one it was resolved after', async () => {
		const id = (await read()).groups[0]!.group_id;
		const decide = (decision: 'resolved' | 'ignored' | 'open', afterRelease = '') =>
			decideFailure(settings, {
				...{ projectId: PROJECT, groupId: id, decision, afterRelease },
				...{ owner: 'Kim', note: '', author: 'Lee' }
			});
		await decide('resolved', '1.0');
		expect((await read()).groups[0]).toMatchObject({
			state: 'regressed',
			back_in: '1.1',
			owner: 'Kim'
		});
		await decide('resolved', '1.1');
		expect((await read()).groups[0]).toMatchObject({ state: 'resolved', back_in: undefined });
		await decide('ignored');
		expect((await read()).groups[0]).toMatchObject({ state: 'ignored' });
		await decide('open');
		expect((await read()).groups[0]).toMatchObject({ state: 'ongoing' });
		// The same group where the period reaches back to its first ceremony.
		const sinceThen = { from: '2026-09-10' };
		expect((await read('errors', sinceThen)).groups[0]).toMatchObject({ state: 'new' });
	});
});

describe('what was decided under another cause', () => {
	it('is told of the error that has it no more, and not of one that others still have', async () => {
		const { groups } = await read();
		for (const group of groups) expect(groupIdOf(group)).toBe(group.group_id);
		const [group] = groups;
		const decide = (cause: string) =>
			decideFailure(settings, {
				...{ projectId: PROJECT, groupId: groupIdOf({ ...group!, cause }), afterRelease: '' },
				...{ decision: 'ignored', owner: 'Kim', note: '', author: cause }
			});
		for (const cause of ['unknown', 'timed_out', group!.cause]) await decide(cause);
		const told = (cause: string) =>
			readEarlierDecisions({
				...{ client: database.client, settings, project: PROJECT },
				identity: { ...group!, cause }
			});
		expect(await told(group!.cause)).toMatchObject([
			{ cause: 'timed_out', author: 'timed_out', decision: 'ignored', owner: 'Kim' },
			{ cause: 'unknown', author: 'unknown' }
		]);
		// Ceremonies still have the group's own cause, so what was decided about it stands there.
		expect(await told('request_pending')).toHaveLength(2);
		expect(await told('unknown')).toMatchObject([{ cause: 'timed_out' }]);
	});
});

describe('under a search line', () => {
	const under = async (line: string, kind: FailureKind = 'errors') => {
		const { groups } = await readFailures({
			...{ client: database.client, settings, filters: filtersOf(), kind, line }
		});
		const outcomes = await queryStarted(database.client, { filters: filtersOf(), line });
		return { groups, started: countStarted(outcomes, 'all') };
	};

	it('groups, trend, users lost and the share are of the ceremonies it asks for', async () => {
		const [all, edge] = [await under(''), await under('browser:edge')];
		expect(edge.groups).toMatchObject([
			{ cause: 'not_focused', ceremonies: 4, users: 0, trend: [0, 0, 4, 0, 0, 0, 0], before: 0 }
		]);
		// Nobody used Edge before, so nobody there can be compared.
		expect(edge.groups[0]!.lost).toBeUndefined();
		const { groups } = await under('browser:chrome');
		expect(groups[0]!.lost).toMatchObject({ people: 10, succeeded: 2, compared: 10 });
		expect(edge.started).toBe(4);
		expect(all.started).toBeGreaterThan(15);
	});

	it('what it asks of their end chooses among the groups, and is no part of what they are a share of', async () => {
		const { groups, started } = await under('cause:attestation_rejected');
		expect(groups.map(({ cause }) => cause)).toEqual(['attestation_rejected']);
		expect(started).toBe((await under('')).started);
	});

	it('is never less known: first seen and standing are those of all that is kept', async () => {
		const { groups } = await under('release:>=1.1 -browser:edge');
		expect(groups[0]).toMatchObject({ ceremonies: 10, first_at: '2026-09-10T10:00:00.000Z' });
	});

	it('finds nothing where it cannot be read', async () => {
		expect(await under('relaese:1.1')).toEqual({ groups: [], started: 0 });
	});

	it('narrows both sides of what is different, and chooses by the group', async () => {
		const id = (await read()).groups[0]!.group_id;
		const found = await readDifferences({
			...{ client: database.client, filters: filtersOf({ from: '2026-10-01' }) },
			search: new URLSearchParams({ failure: id, q: 'browser:chrome' })
		});
		expect(found).toMatchObject({ selected: 10, rest: 13 });
		expect(found.ranked.map(({ dimension }) => dimension)).not.toContain('browser');
	});
});

describe('a group’s ceremonies', () => {
	it('are listed and counted by its id', async () => {
		const id = (await read()).groups[0]!.group_id;
		const parameters = ceremonyParameters(filtersOf(), new URLSearchParams({ failure: id }));
		const rows = await queryCeremonyList(database.client, {
			...{ ...parameters, ...parseCursor(null), limit: 100 }
		});
		expect(rows).toHaveLength(14);
		expect(new Set(rows.map(({ cause }) => cause))).toEqual(new Set(['not_focused']));
		expect(await queryCeremonyOutcomes(database.client, parameters)).toEqual([
			{ outcome: 'failed', ceremonies: 14 }
		]);
		expect(await queryCeremonyCauses(database.client, parameters)).toEqual([
			{ cause: 'not_focused', ceremonies: 14 }
		]);
	});

	it('differ from the others of the same kind by release, tag and browser, each told with both sides', async () => {
		const id = (await read()).groups[0]!.group_id;
		const found = await readDifferences({
			...{ client: database.client, filters: filtersOf({ from: '2026-10-01' }) },
			search: new URLSearchParams({ failure: id })
		});
		expect(found).toMatchObject({
			...{ selected: 14, rest: 13, selected_people: 14 },
			kinds: [{ ceremony_type: 'authentication', mediation: 'optional' }]
		});
		const release = found.ranked.find(({ dimension }) => dimension === 'release');
		expect(release).toMatchObject({
			value: '1.1',
			selected: 14,
			selected_of: 14,
			rest: 2,
			rest_of: 13
		});
		// Nobody's passkey is known on either side, nor anybody's country.
		expect(found.unknown).toEqual(expect.arrayContaining([]));
		expect(found.ranked.every(({ q }) => q < 0.01)).toBe(true);
	});
});
