import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFilters, type Filters } from '../../filters.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, passwordSignIn, promptShown } from '../testing/sample-events.ts';
import { queryAdoptionPrompts } from './adoption-prompts.ts';
import { queryCeremonyList } from './ceremony-list.ts';
import { ceremonyParameters } from './ceremony-parameters.ts';
import { credentialParameters } from './credential-parameters.ts';
import { queryCredentialSummary } from './credential-summary.ts';
import { queryFailureGroups } from './failure-groups.ts';
import { toParameters } from './filter-sql.ts';
import { querySigninMethods } from './signin-methods.ts';
import { querySyncStateChanges } from './sync-states-over-time.ts';

const PROJECT = 'midnight';
const shared = { project_id: PROJECT, user_hash: 7, os_name: 'iOS', client_ecosystem: 'apple' };
/** 23:30 of the day before in Los Angeles. */
const AT = '2026-11-22 07:30';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
	await database.insert([
		...ceremony(shared, {
			...{ at: AT, type: 'registration' },
			end: { credential_hash: 7, backup_eligible: true, backup_state: true },
			verdict: { verified: true }
		}),
		...ceremony(shared, {
			...{ at: AT, type: 'authentication' },
			end: { error_name: 'NotAllowedError', cause: 'timed_out' }
		}),
		promptShown(shared, AT),
		passwordSignIn(shared, AT)
	]);
});
afterAll(() => database.close());

const onDay = (timeZone: string, day: string): Filters =>
	parseFilters(new URLSearchParams({ period: 'custom', from: day, to: day }), {
		projects: [{ id: PROJECT, timeZone }]
	});

const nothing = new URLSearchParams();
const firstPage = { before_at: '2100-01-01T00:00:00.000Z', before_id: '', limit: 50 };

describe.each([
	['UTC', '2026-11-22'],
	['America/Los_Angeles', '2026-11-21'],
	['Pacific/Niue', '2026-11-21'],
	['Asia/Kolkata', '2026-11-22'],
	['Pacific/Auckland', '2026-11-22'],
	['Pacific/Kiritimati', '2026-11-22']
])('in %s what happened at 07:30 UTC counts on %s', (timeZone, day) => {
	const [before, after] = [-1, 1].map((by) =>
		new Date(Date.parse(day) + by * 86_400_000).toISOString().slice(0, 10)
	) as [string, string];

	it.each([
		[before, 0],
		[day, 1],
		[after, 0]
	])('of %s there are %i of each', async (asked, count) => {
		const filters = onDay(timeZone, asked);
		const common = toParameters(filters);
		const ceremonies = await queryCeremonyList(database.client, {
			...ceremonyParameters(filters, nothing),
			...firstPage
		});
		expect(ceremonies).toHaveLength(2 * count);
		const failures = await queryFailureGroups(database.client, {
			...{ ...common, bucket: 'day', kind: 'errors' },
			...{ search: '', only: {}, never: {}, at_least: {}, above: {}, at_most: {}, below: {} }
		});
		expect(failures.map(({ trend }) => trend)).toEqual(count ? [{ [day]: 1 }] : []);
		const prompts = await queryAdoptionPrompts(database.client, common);
		expect(prompts.map(({ shown }) => shown)).toEqual(count ? [1] : []);
		const methods = await querySigninMethods(database.client, common);
		expect(methods.filter(({ method }) => method === 'password')).toHaveLength(count);
	});

	it('credentials stand from that day on', async () => {
		const changes = await querySyncStateChanges(database.client, {
			...toParameters(onDay(timeZone, day))
		});
		expect(changes).toEqual([{ day, sync_state: 'synced', change: 1 }]);
		const asOf = async (on: string) =>
			(
				await queryCredentialSummary(database.client, {
					...credentialParameters(onDay(timeZone, day), new URLSearchParams({ on })),
					...{ to: on, as_of: true }
				})
			).length;
		expect([(await asOf(before)) > 0, (await asOf(day)) > 0]).toEqual([false, true]);
	});
});

it('no question takes a day of a moment without saying whose day', () => {
	const folder = import.meta.dirname;
	const forgotten = readdirSync(folder)
		.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
		// A timeline looks through the UTC days that the tables are in the order of; collectors belong to no project.
		.filter((file) => !['user-timeline.ts', 'collector-health.ts'].includes(file))
		.flatMap((file) =>
			[
				...readFileSync(join(folder, file), 'utf8').matchAll(
					/\bto(?:Date|Monday|StartOf(?:Hour|Day|Week|Month))\((?!one\)|day\)|min\(day\)|\$|\{|UUIDv7|now64)[^,()]*(?:\([^()]*\)[^,()]*)*\)/g
				)
			].map(([found]) => `${file}: ${found}`)
		);
	expect(forgotten).toEqual([]);
});
