import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFilters } from '../../filters.ts';
import { insertDailyActivity } from '../testing/insert-daily-activity.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, promptShown, type RawEvent } from '../testing/sample-events.ts';
import { queryAdoptionBreakdown, toBreakdownParameters } from './adoption-breakdown.ts';
import { queryAdoptionPrompts } from './adoption-prompts.ts';
import { adoptionByBucket, fallbacksByReason, signinsByMethod } from './adoption-series.ts';
import { queryDailyActivity } from './daily-activity.ts';
import { EXPORTS } from './exports.ts';
import { toParameters } from './filter-sql.ts';
import { outcomesByBucket } from './overview-outcomes.ts';
import { projectFacts, projectsWithData } from './project-facts.ts';
import { queryUncountedDays } from './uncounted-days.ts';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

let projects = 0;
const at = '2026-11-03 10:00';

async function filtersOf(story: (project_id: string) => RawEvent[]) {
	const project = `adoption-${++projects}`;
	await database.insert(story(project));
	await database.rollUp(project);
	const search = `project=${project}&period=custom&from=2026-11-02&to=2026-11-08`;
	return parseFilters(new URLSearchParams(search), {
		projects: [{ id: project, timeZone: 'UTC' }]
	});
}

const registered = (project_id: string, user: number, scene = {}, time = at) =>
	ceremony(
		{ project_id, user_hash: user },
		{
			at: time,
			type: 'registration',
			end: { credential_hash: user * 10, backup_eligible: true, backup_state: true },
			verdict: { verified: true },
			...scene
		}
	);
describe('queryAdoptionPrompts', () => {
	it('groups prompts by showing and finds the passkeys that name them', async () => {
		const [first, second] = [randomUUID(), randomUUID()];
		const filters = await filtersOf((project_id) => {
			const prompt = (columns: Record<string, unknown>) =>
				promptShown({ project_id, user_hash: 1 }, at, { prompt_purpose: 'enroll', ...columns });
			return [
				prompt({ prompt_id: first, prompt_showing: 1 }),
				prompt({ prompt_id: second, prompt_showing: 2 }),
				prompt({ prompt_showing: 7 }),
				prompt({ prompt_showing: 5 }),
				prompt({}),
				prompt({ prompt_showing: 1, prompt_purpose: 'sign_in' }),
				{ ...prompt({ prompt_id: first }), event_type: 'prompt.dismissed' },
				...registered(project_id, 1, { request: { prompt_id: second } }),
				...registered(project_id, 2, {
					request: { prompt_id: first },
					end: { error_name: 'NotAllowedError', cause: 'user_cancelled' },
					verdict: undefined
				})
			];
		});
		expect(await queryAdoptionPrompts(database.client, toParameters(filters))).toEqual([
			{
				showing_number: 1,
				shown: 1,
				accepted: 0,
				dismissed: 1,
				synthetic_shown: 0,
				created: 0,
				test_created: 0
			},
			{
				showing_number: 2,
				shown: 1,
				accepted: 0,
				dismissed: 0,
				synthetic_shown: 0,
				created: 1,
				test_created: 0
			},
			{
				showing_number: 5,
				shown: 2,
				accepted: 0,
				dismissed: 0,
				synthetic_shown: 0,
				created: 0,
				test_created: 0
			},
			{
				showing_number: 0,
				shown: 1,
				accepted: 0,
				dismissed: 0,
				synthetic_shown: 0,
				created: 0,
				test_created: 0
			}
		]);
	});
});

describe('what comes from the daily rollup', () => {
	const rollup = async () => {
		const filters = await filtersOf(() => []);
		await insertDailyActivity(database.client, filters.project, [
			{ day: '2026-11-04', activity: 'seen', users: [1, 2] },
			{
				day: '2026-11-04',
				activity: 'seen',
				users: [2],
				os_name: 'Android',
				client_ecosystem: 'google',
				country: 'NZ'
			},
			{ day: '2026-11-04', activity: 'registration', detail: 'succeeded', users: [1] },
			{ day: '2026-11-04', activity: 'registration', detail: 'failed', users: [2] },
			{ day: '2026-11-04', activity: 'automatic_registration', detail: 'succeeded', users: [2] },
			{
				day: '2026-11-06',
				activity: 'authentication',
				detail: 'succeeded',
				users: [1],
				occurrences: 4
			},
			{ day: '2026-11-06', activity: 'signin', detail: 'password', users: [2], occurrences: 2 },
			{ day: '2026-11-06', activity: 'fallback', detail: 'user_choice', users: [2], occurrences: 1 }
		]);
		const rows = await queryDailyActivity(database.client, {
			...toParameters(filters),
			bucket: 'day'
		});
		const [facts] = await projectFacts(database.client, filters);
		return { filters, rows, firstDay: facts!.first_day };
	};

	it('leaves days before the first event unknown, and quiet days at zero', async () => {
		const { filters, rows, firstDay } = await rollup();
		const outcomes = outcomesByBucket({ rows, range: filters, firstDay });
		expect(outcomes.map(({ total }) => total)).toEqual([null, null, 2, 0, 4, 0, 0]);
		expect(outcomes[2]).toMatchObject({ succeeded: 1, failed: 1, rejected: 0 });
		const series = adoptionByBucket({ rows, range: filters, firstDay });
		expect(series.map(({ created_by_user: created }) => created)).toEqual([
			null,
			null,
			1,
			0,
			0,
			0,
			0
		]);
		expect(series[2]).toMatchObject({ created_automatically: 1 });
		expect(series[4]).toMatchObject({ passkey: 4, password: 2, otp: 0 });
	});

	it('lists methods by their number and reasons that occurred', async () => {
		const { rows } = await rollup();
		expect(signinsByMethod(rows)).toEqual([
			{ method: 'passkey', signins: 4 },
			{ method: 'password', signins: 2 }
		]);
		expect(fallbacksByReason(rows)).toEqual([{ reason: 'user_choice', signins: 1 }]);
	});

	it('counts a user of two platforms in both rows', async () => {
		const { filters } = await rollup();
		const platforms = await queryAdoptionBreakdown(database.client, toParameters(filters));
		expect(platforms.map(({ value, seen }) => [value, seen])).toEqual([
			['iOS', 2],
			['Android', 1]
		]);
		expect(platforms[0]).toMatchObject({ created: 2, passkey_signins: 4, other_signins: 2 });
	});

	it('breaks down by country, and by platform where the address asks for nothing known', async () => {
		const { filters } = await rollup();
		const ask = (search: string) =>
			queryAdoptionBreakdown(
				database.client,
				toBreakdownParameters(filters, new URLSearchParams(search))
			);
		const byCountry = await ask('by=country');
		expect(byCountry.map(({ value, ecosystem, seen }) => [value, ecosystem, seen])).toEqual([
			['', '', 2],
			['NZ', '', 1]
		]);
		expect(byCountry[0]).toMatchObject({ created: 2, passkey_signins: 4, other_signins: 2 });
		expect(await ask('by=shoe_size')).toEqual(await ask(''));
	});

	it('breaks down by a tag of that very name, and by its whole value', async () => {
		const filters = await filtersOf(() => []);
		const seen = { day: '2026-11-04', activity: 'seen' };
		await insertDailyActivity(database.client, filters.project, [
			{ ...seen, users: [1, 2], tags: ['copy=a=ä', 'copy-2=x'] },
			{ ...seen, users: [3], tags: ['copy=b'] },
			{ ...seen, users: [3, 4, 5] }
		]);
		const by = async (tag: string) => {
			const search = new URLSearchParams({ by: `tag:${tag}` });
			const rows = await queryAdoptionBreakdown(
				database.client,
				toBreakdownParameters(filters, search)
			);
			return rows.map(({ value, seen: users }) => [value, users]);
		};
		expect(await by('copy')).toEqual([
			['', 3],
			['a=ä', 2],
			['b', 1]
		]);
		expect(await by('copy-2')).toEqual([
			['', 3],
			['x', 2]
		]);
	});

	it('exports the numbers the charts show', async () => {
		const { filters, rows, firstDay } = await rollup();
		const input = { client: database.client, filters, search: new URLSearchParams() };
		expect(await EXPORTS['ceremonies-by-outcome']!.run(input)).toEqual(
			outcomesByBucket({ rows, range: filters, firstDay })
		);
		expect(await EXPORTS['sign-ins-by-method']!.run(input)).toEqual(signinsByMethod(rows));
	});
});

describe('projectFacts', () => {
	it('tells data, synthetic data and applications of one project', async () => {
		const filters = await filtersOf((project_id) => [
			promptShown({ project_id, synthetic: true, application: 'shop' }, at)
		]);
		const ask = { project: filters.project, zone: 'UTC', to: filters.to };
		expect(await projectFacts(database.client, ask)).toMatchObject([
			{ has_data: true, has_synthetic: true }
		]);
		expect(await projectFacts(database.client, { ...ask, to: '2026-11-01' })).toMatchObject([
			{ has_data: true, has_synthetic: false }
		]);
		expect(await projectFacts(database.client, { ...ask, project: 'nobody' })).toMatchObject([
			{ has_data: false, has_synthetic: false, applications: [] }
		]);
		expect(await projectsWithData(database.client, {})).toContainEqual({
			project_id: filters.project
		});
	});
});

describe('queryUncountedDays', () => {
	it('counts days whose events are in no rollup, of what is kept', async () => {
		const project = `adoption-${++projects}`;
		const days = ['2026-11-01', '2026-11-03', '2026-11-05'];
		await database.insert(days.map((day) => promptShown({ project_id: project }, `${day} 10:00`)));
		const uncounted = async (zone = 'UTC') => {
			const [row] = await queryUncountedDays(database.client, { project, zone });
			return row?.days;
		};
		expect(await uncounted()).toBe(3);
		await insertDailyActivity(database.client, project, [{ day: '2026-11-03', activity: 'seen' }]);
		expect(await uncounted()).toBe(2);
		// In Kiritimati the ten o'clock of UTC is the next day, and none of those is counted.
		expect(await uncounted('Pacific/Kiritimati')).toBe(3);
		await database.client.command({
			query: `INSERT INTO retention_horizons_v1 VALUES ({project: String}, '2026-11-02', '2026-11-02')`,
			query_params: { project }
		});
		expect(await uncounted()).toBe(1);
		expect(await uncounted('Pacific/Kiritimati')).toBe(2);
		await database.rollUp(project);
		expect(await uncounted()).toBe(0);
	});

	it.each([
		// 07:30 UTC of the 22nd is the 21st there, and the 22nd in Tokyo.
		['America/Los_Angeles', '2026-11-21', 0],
		['America/Los_Angeles', '2026-11-22', 1],
		['Asia/Tokyo', '2026-11-22', 0],
		['Asia/Tokyo', '2026-11-23', 1]
	])('in %s, where %s is counted, misses %i', async (zone, counted, missed) => {
		const project = `adoption-${++projects}`;
		await database.insert([promptShown({ project_id: project }, '2026-11-22 07:30')]);
		await insertDailyActivity(database.client, project, [{ day: counted, activity: 'seen' }]);
		expect(await queryUncountedDays(database.client, { project, zone })).toEqual([
			{ days: missed }
		]);
	});
});
