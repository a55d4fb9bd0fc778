import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, rawEvent, promptShown, type RawEvent } from '../testing/sample-events.ts';
import { parseFilters } from '../../filters.ts';
import { queryEnrolmentCohorts } from './enrolment-cohorts.ts';
import { readEnrolmentFunnel } from './enrolment-funnel.ts';
import { toFunnelParameters } from './funnel-parameters.ts';
import { parseGap, readGapUsers } from './funnel-gaps.ts';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

let projects = 0;

async function asked(story: (project_id: string) => RawEvent[], { disorder = false } = {}) {
	const project = `enrolment-${++projects}`;
	const events = story(project);
	await database.insert(disorder ? events.toReversed() : events);
	if (disorder) await database.insert(events.filter((_, index) => index % 2 === 0));
	await database.rollUp(project);
	const search = `project=${project}&period=custom&from=2026-11-02&to=2026-11-30`;
	return parseFilters(new URLSearchParams(search), {
		projects: [{ id: project, timeZone: 'UTC' }]
	});
}

const visit = (project_id: string, user: number, at: string, release = '2.0') =>
	rawEvent({ project_id, user_hash: user, release }, 'client.capabilities', at, {
		session_id: randomUUID(),
		passkey_capable: true
	});
const offer = (project_id: string, user: number, at: string, columns = {}) =>
	promptShown({ project_id, user_hash: user }, at, { prompt_purpose: 'enroll', ...columns });
const registered = (project_id: string, user: number, at: string, scene = {}) =>
	ceremony(
		{ project_id, user_hash: user },
		{
			at,
			type: 'registration',
			end: { credential_hash: user * 10, backup_eligible: true, backup_state: true },
			verdict: { verified: true },
			...scene
		}
	);
const used = (project_id: string, user: number, at: string) =>
	ceremony(
		{ project_id, user_hash: user },
		{
			at,
			type: 'authentication',
			end: { credential_hash: user * 10 },
			verdict: { verified: true }
		}
	);

/** User n got n steps far; 7 made a passkey without an offer, 8 before the offer, 9 had one before the period. */
const story = (project_id: string) => [
	...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((user) => visit(project_id, user, '2026-11-03 10:00')),
	...[2, 3, 4, 5, 6].map((user) => offer(project_id, user, '2026-11-03 10:05')),
	...registered(project_id, 3, '2026-11-03 10:06', {
		end: { error_name: 'NotAllowedError', cause: 'user_cancelled' },
		verdict: undefined
	}),
	...registered(project_id, 4, '2026-11-03 10:06', {
		verdict: { verified: false, verdict_reason: 'challenge_expired' }
	}),
	...registered(project_id, 5, '2026-11-03 23:59:58'),
	...registered(project_id, 6, '2026-11-04 10:06'),
	...used(project_id, 6, '2026-11-14 10:00'),
	...registered(project_id, 7, '2026-11-03 10:06'),
	...registered(project_id, 8, '2026-11-03 10:06'),
	offer(project_id, 8, '2026-11-03 10:30'),
	...registered(project_id, 9, '2026-10-01 10:00')
];

describe.each([
	['in order', false],
	['backwards, half of them twice', true]
])('the enrolment funnel, its events %s', (_, disorder) => {
	it('counts who took each step at or after the one before', async () => {
		const filters = await asked(story, { disorder });
		const { steps, counts } = await readEnrolmentFunnel(
			database.client,
			toFunnelParameters(filters, new URLSearchParams()),
			{ offers: true }
		);
		expect(steps.map(({ users }) => users)).toEqual([8, 6, 4, 3, 2, 1]);
		expect(counts).toEqual({ outside_users: 2, enrolled_before: 1 });
		expect(steps.map(({ median_ms }) => median_ms)).toEqual([
			null,
			300_000,
			// 60 s, 60 s, 13 h 54 min 58 s, and a day and 60 s: of an even number the upper one.
			50_098_000,
			3_000,
			200,
			863_640_000
		]);
	});

	it('lets all steps follow the first within the window, and no later', async () => {
		const filters = await asked(story, { disorder });
		const usersWithin = async (window: string) => {
			const search = new URLSearchParams({ window });
			const { steps } = await readEnrolmentFunnel(
				database.client,
				toFunnelParameters(filters, search),
				{ offers: true }
			);
			return steps.map(({ users }) => users);
		};
		expect(await usersWithin('1')).toEqual([8, 6, 3, 2, 1, 0]);
		expect(await usersWithin('7')).toEqual([8, 6, 4, 3, 2, 0]);
		expect(await usersWithin('30')).toEqual([8, 6, 4, 3, 2, 1]);
	});

	it('passes over the offers of a site that reports none', async () => {
		const filters = await asked(
			(project) => story(project).filter(({ event_type }) => event_type !== 'prompt.shown'),
			{ disorder }
		);
		const { steps } = await readEnrolmentFunnel(
			database.client,
			toFunnelParameters(filters, new URLSearchParams()),
			{ offers: false }
		);
		expect(steps.map(({ users }) => users)).toEqual([8, null, 6, 5, 4, 1]);
	});

	it('names the users behind each gap by their hashes, and what they hold', async () => {
		const filters = await asked(story, { disorder });
		const behind = async (step: string) => {
			const search = new URLSearchParams({ funnel: 'enrolment', step });
			const { users, total } = await readGapUsers({
				client: database.client,
				filters,
				search,
				gap: parseGap(search)!
			});
			expect(users).toHaveLength(total);
			return users.map(({ user_hash, passkeys }) => [Number.parseInt(user_hash, 16), passkeys]);
		};
		expect((await behind('offered')).toSorted()).toEqual([
			[1, 0],
			[7, 1]
		]);
		expect((await behind('started')).toSorted()).toEqual([
			[2, 0],
			[8, 1]
		]);
		expect(await behind('created')).toEqual([[3, 0]]);
		expect(await behind('verified')).toEqual([[4, 0]]);
		expect(await behind('first_use')).toEqual([[5, 1]]);
	});

	it('puts each user into the cohort of their first week, and of the release they first met', async () => {
		const filters = await asked(
			(project) => [
				...story(project),
				visit(project, 1, '2026-10-20 10:00'),
				visit(project, 2, '2026-11-10 10:00', '2.1')
			],
			{ disorder }
		);
		const cohorts = async (cohort: 'week' | 'release', window = '') => {
			const rows = await queryEnrolmentCohorts(database.client, {
				...toFunnelParameters(filters, new URLSearchParams({ window })),
				offers_reported: true,
				cohort
			});
			expect(rows.every(({ cohorts }) => cohorts === rows.length)).toBe(true);
			return rows.map((row) => [row.cohort, row.at_step, row.followed, row.came_to_use]);
		};
		expect(await cohorts('week')).toEqual([
			['2026-11-02', [7, 6, 4, 3, 2, 1], 7, 0],
			['2026-10-19', [1, 0, 0, 0, 0, 0], 1, 0]
		]);
		// Who came to use a passkey did so on the eleventh day: within thirty, and nobody was followed for as long.
		expect(await cohorts('release')).toEqual([['2.0', [8, 6, 4, 3, 2, 1], 8, 0]]);
		expect(await cohorts('release', '30')).toEqual([['2.0', [8, 6, 4, 3, 2, 1], 0, 0]]);
	});
});

it('follows the attempt that got furthest, and a prompt that names it whatever the clocks say', async () => {
	const prompt_id = randomUUID();
	const filters = await asked((project) => [
		visit(project, 1, '2026-11-03 10:00'),
		offer(project, 1, '2026-11-03 10:05:02', { prompt_id }),
		// By its own clock it began before the offer that led to it.
		...registered(project, 1, '2026-11-03 10:05', { request: { prompt_id } }),
		...registered(project, 1, '2026-11-03 10:09', {
			end: { error_name: 'NotAllowedError', cause: 'user_cancelled' },
			verdict: undefined
		})
	]);
	const { steps } = await readEnrolmentFunnel(
		database.client,
		toFunnelParameters(filters, new URLSearchParams()),
		{ offers: true }
	);
	expect(steps.map(({ users }) => users)).toEqual([1, 1, 1, 1, 1, 0]);
});

it('is all zeros without anyone', async () => {
	const filters = await asked(() => []);
	const parameters = toFunnelParameters(filters, new URLSearchParams());
	const { steps, counts } = await readEnrolmentFunnel(database.client, parameters, {
		offers: true
	});
	expect(steps.map(({ users }) => users)).toEqual([0, 0, 0, 0, 0, 0]);
	expect(steps.every(({ median_ms }) => median_ms === null)).toBe(true);
	expect(counts).toEqual({ outside_users: 0, enrolled_before: 0 });
});
