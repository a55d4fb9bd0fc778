import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeChanges } from '../../changes/describe-change.ts';
import { parseFilters } from '../../filters.ts';
import { answerKpis, type ShareResult } from '../kpis/answer-kpis.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, promptShown, rawEvent, type RawEvent } from '../testing/sample-events.ts';
import { toParameters } from './filter-sql.ts';
import { queryPromptParts } from './prompt-parts.ts';
import { queryReadiness } from './readiness.ts';
import { EXPLAINED, readBreakdowns } from './segment-counts.ts';
import { querySigninMethods } from './signin-methods.ts';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

let projects = 0;
const NOW = '2026-11-10 10:00';
const BEFORE = '2026-11-03 10:00';

async function filtersOf(story: (project_id: string) => RawEvent[]) {
	const project = `segments-${++projects}`;
	await database.insert(story(project));
	await database.rollUp(project);
	const search = `project=${project}&period=custom&from=2026-11-09&to=2026-11-15`;
	return parseFilters(new URLSearchParams(search), {
		projects: [{ id: project, timeZone: 'UTC' }]
	});
}

const CLIENTS = [
	{ browser_name: 'Chrome', os_name: 'Windows', client_ecosystem: 'microsoft', release: '2.4' },
	{ browser_name: 'Edge', os_name: 'Windows', client_ecosystem: 'microsoft', release: '2.4' },
	{ browser_name: 'Safari', os_name: 'iOS', client_ecosystem: 'apple', release: '2.4' }
];

/** `of` sign-ins by passkey on a client, of which `verified` went well and the others failed. */
function signIns(
	shared: Record<string, unknown> & { project_id: string },
	at: string,
	[verified, of]: [number, number]
): RawEvent[] {
	return Array.from({ length: of }, (_, index) =>
		ceremony(shared, {
			at,
			type: 'authentication',
			...(index < verified
				? { verdict: { verified: true } }
				: { end: { client_outcome: 'error', error_name: 'NotAllowedError', cause: 'unknown' } })
		})
	).flat();
}

async function changesOf(filters: Awaited<ReturnType<typeof filtersOf>>) {
	const [{ kpis }, breakdowns] = await Promise.all([
		answerKpis({ client: database.client, ids: EXPLAINED, filters }),
		readBreakdowns(database.client, filters)
	]);
	return describeChanges(
		EXPLAINED.map((id) => ({ ...(kpis[id] as ShareResult), breakdown: breakdowns[id] }))
	);
}

describe('readBreakdowns', () => {
	it('adds up to the figure in every dimension, and names a planted change first', async () => {
		const filters = await filtersOf((project_id) =>
			CLIENTS.flatMap((client) => [
				...signIns({ project_id, ...client }, BEFORE, [54, 60]),
				...signIns({ project_id, ...client }, NOW, [client.browser_name === 'Edge' ? 12 : 54, 60])
			])
		);
		const { ceremony_success: breakdown, error_rate } = await readBreakdowns(
			database.client,
			filters
		);
		expect(breakdown.platform).toEqual([
			{
				key: 'Windows',
				before: { numerator: 108, denominator: 120 },
				after: { numerator: 66, denominator: 120 }
			},
			{
				key: 'iOS',
				before: { numerator: 54, denominator: 60 },
				after: { numerator: 54, denominator: 60 }
			}
		]);
		for (const segments of Object.values(breakdown))
			expect(segments.reduce((sum, { after }) => sum + after.numerator, 0)).toBe(120);
		for (const segments of Object.values(error_rate))
			expect(segments.reduce((sum, { after }) => sum + after.numerator, 0)).toBe(60);
		const changes = await changesOf(filters);
		expect(changes.map(({ id, direction }) => [id, direction]).toSorted()).toEqual([
			['ceremony_success', 'down'],
			['error_rate', 'up']
		]);
		expect(changes.find(({ id }) => id === 'ceremony_success')).toMatchObject({
			direction: 'down',
			parts: [
				{ text: expect.stringMatching(/^Ceremony success fell by 23.pp to 66\.7.%\.$/) },
				{},
				{ text: 'Edge', segment: { dimension: 'browser', value: 'Edge' } },
				{ text: expect.stringMatching(/all of it: there it went from 90.% to 20.%/) },
				{},
				{ text: 'Windows' },
				{}
			]
		});
	});

	it('has nothing to say where nothing changed', async () => {
		const filters = await filtersOf((project_id) =>
			CLIENTS.flatMap((client) => [
				...signIns({ project_id, ...client }, BEFORE, [54, 60]),
				...signIns({ project_id, ...client }, NOW, [52, 60])
			])
		);
		expect(await changesOf(filters)).toEqual([]);
	});
});

describe('queryPromptParts', () => {
	it('tells prompts apart by what the site says of them', async () => {
		const offered = randomUUID();
		const filters = await filtersOf((project_id) => {
			const prompt = (user_hash: number, columns: Record<string, unknown>) =>
				promptShown({ project_id, user_hash }, NOW, {
					...{ prompt_purpose: 'enroll', prompt_mode: 'manual' },
					...columns
				});
			return [
				prompt(1, {
					...{ prompt_id: offered, prompt_placement: 'after_signin', prompt_showing: 1 },
					tags: { experiment: 'blue', exp: 'x' }
				}),
				prompt(1, {
					...{ prompt_placement: 'after_signin', prompt_showing: 2 },
					tags: { experiment: 'red' }
				}),
				prompt(2, { prompt_placement: 'checkout', prompt_mode: 'automatic' }),
				prompt(3, { prompt_placement: 'checkout', prompt_purpose: 'sign_in' }),
				...ceremony(
					{ project_id, user_hash: 1 },
					{
						...{ at: NOW, type: 'registration', request: { prompt_id: offered } },
						...{ end: { credential_hash: 10 }, verdict: { verified: true } }
					}
				)
			];
		});
		const by = async (dimension: Parameters<typeof queryPromptParts>[1]['by']) => {
			const parameters = { ...toParameters(filters), by: dimension };
			const rows = await queryPromptParts(database.client, parameters);
			return rows.map(({ part, shown, created, users }) => [part, shown, created, users]);
		};
		expect(await by('placement')).toEqual([
			['after_signin', 2, 1, 1],
			['checkout', 1, 0, 1]
		]);
		expect(await by('mode')).toEqual([
			['manual', 2, 1, 1],
			['automatic', 1, 0, 1]
		]);
		expect(await by('showing')).toEqual([
			['', 1, 0, 1],
			['1', 1, 1, 1],
			['2', 1, 0, 1]
		]);
		expect(await by('tag:experiment')).toEqual([
			['', 1, 0, 1],
			['blue', 1, 1, 1],
			['red', 1, 0, 1]
		]);
	});
});

describe('queryReadiness', () => {
	it('counts a user by the best of their clients, and tells what blocks the others', async () => {
		const filters = await filtersOf((project_id) => {
			const visit = (user_hash: number, columns: Record<string, unknown>) =>
				rawEvent({ project_id, user_hash, session_id: randomUUID() }, 'client.capabilities', NOW, {
					...{ os_name: 'Android', browser_name: 'Chrome' },
					...columns
				});
			const capable = { webauthn_supported: true, passkey_capable: true };
			const blocked = { webauthn_supported: false, passkey_capable: false };
			return [
				visit(1, capable),
				visit(1, { ...blocked, in_app_browser: true }),
				visit(2, { ...blocked, in_app_browser: true, browser_name: 'Facebook' }),
				visit(3, blocked),
				visit(4, { webauthn_supported: true, passkey_capable: false }),
				visit(5, { webauthn_supported: true }),
				visit(6, {})
			];
		});
		const rows = await queryReadiness(database.client, toParameters(filters));
		expect(rows.map(({ readiness, visits, users }) => [readiness, visits, users])).toEqual([
			['ready', 1, 1],
			['in_app', 2, 1],
			['no_webauthn', 1, 1],
			['no_authenticator', 1, 1],
			['unclear', 1, 1],
			['not_told', 1, 1]
		]);
		expect(rows[2]!.mostly).toBe('Android, Chrome');
	});
});

describe('querySigninMethods', () => {
	it('puts methods side by side, and knows no success rate where failures are not reported', async () => {
		const filters = await filtersOf((project_id) => {
			const signIn = (signin_method: string, client_outcome: string, elapsed_ms?: number) =>
				rawEvent({ project_id }, 'signin.finished', NOW, {
					...{ signin_method, client_outcome, elapsed_ms }
				});
			return [
				...signIns({ project_id }, NOW, [3, 4]),
				signIn('password', 'succeeded', 20_000),
				signIn('password', 'failed', 90_000),
				signIn('otp', 'succeeded')
			];
		});
		expect(await querySigninMethods(database.client, toParameters(filters))).toEqual([
			{
				...{ method: 'passkey', attempts: 4, succeeded: 3, failures_told: true },
				...{ timed: 3, p50_ms: 3_000, p95_ms: 3_000 }
			},
			{
				...{ method: 'otp', attempts: 1, succeeded: 1, failures_told: false },
				...{ timed: 0, p50_ms: null, p95_ms: null }
			},
			{
				...{ method: 'password', attempts: 2, succeeded: 1, failures_told: true },
				...{ timed: 1, p50_ms: 20_000, p95_ms: 20_000 }
			}
		]);
	});
});
