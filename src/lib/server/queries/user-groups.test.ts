import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseFilters } from '../../filters.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { promptShown, rawEvent } from '../testing/sample-events.ts';
import { parseUserGroup, readUserGroup } from './user-groups.ts';

const PROJECT = 'groups';
const FILTERS = parseFilters(
	new URLSearchParams(`project=${PROJECT}&period=custom&from=2026-11-09&to=2026-11-15`),
	{ projects: [{ id: PROJECT, timeZone: 'UTC' }] }
);

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
	const signIn = (user_hash: number, at: string, columns: object) =>
		rawEvent({ project_id: PROJECT, user_hash }, 'signin.finished', at, {
			...{ signin_method: 'password', client_outcome: 'succeeded' },
			...columns
		});
	const prompt = (user_hash: number, columns: object) =>
		promptShown({ project_id: PROJECT, user_hash }, '2026-11-11 10:00', columns);
	await database.insert([
		prompt(6, { prompt_placement: 'checkout', tags: { copy: 'short' } }),
		prompt(6, { prompt_placement: 'checkout' }),
		prompt(7, {}),
		signIn(1, '2026-11-10 10:00', {}),
		signIn(1, '2026-11-12 10:00', { fallback_reason: 'user_choice' }),
		signIn(2, '2026-11-11 10:00', { fallback_reason: 'no_passkey_here' }),
		signIn(3, '2026-11-11 10:00', { client_outcome: 'failed' }),
		signIn(4, '2026-11-11 10:00', { signin_method: 'otp' }),
		// Before the period, and by nobody who is known.
		signIn(5, '2026-11-02 10:00', {}),
		signIn(0, '2026-11-11 10:00', {})
	]);
	await database.rollUp(PROJECT);
});
afterAll(() => database.close());

const asked = (search: string) => parseUserGroup(new URLSearchParams(search));

async function usersOf(search: string) {
	const { total, users } = await readUserGroup({
		...{ client: database.client, filters: FILTERS },
		group: asked(search)!
	});
	return {
		total,
		users: users.map(({ user_hash, attempts }) => [Number(`0x${user_hash}`), attempts])
	};
}

it('lists who signed in with a method in the period, the latest first, and how often', async () => {
	expect(await usersOf('group=signed-in&which=password')).toEqual({
		total: 2,
		users: [
			[1, 2],
			[2, 1]
		]
	});
	expect(await usersOf('group=signed-in&which=otp')).toEqual({ total: 1, users: [[4, 1]] });
	expect(await usersOf('group=signed-in&which=social')).toEqual({ total: 0, users: [] });
});

it('lists who fell back for a reason', async () => {
	expect(await usersOf('group=fell-back&which=user_choice')).toEqual({ total: 1, users: [[1, 1]] });
	expect(await usersOf('group=fell-back&which=ceremony_failed')).toEqual({ total: 0, users: [] });
});

it('lists who tried a method, those in vain too', async () => {
	const { total, users } = await usersOf('group=tried&which=password');
	expect([total, users.toSorted()]).toEqual([
		3,
		[
			[1, 2],
			[2, 1],
			[3, 1]
		]
	]);
});

it('lists whom prompts of one placement were shown to, and how often', async () => {
	expect(await usersOf('group=prompted&which=placement&of=checkout')).toEqual({
		total: 1,
		users: [[6, 2]]
	});
	expect(await usersOf('group=prompted&which=tag:copy&of=short')).toEqual({
		total: 1,
		users: [[6, 1]]
	});
	// What no site says is a part, too.
	expect((await usersOf('group=prompted&which=placement')).users).toEqual([[7, 1]]);
});

it('knows only groups that there are', () => {
	for (const search of [
		'',
		'group=all',
		'group=signed-in',
		'group=failed&which=x',
		'group=prompted&which=colour'
	])
		expect(asked(search)).toBeUndefined();
});
