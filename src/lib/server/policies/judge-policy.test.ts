import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePolicy, type Policy } from '../../policy/policy.ts';
import { queryPolicyUsers } from '../queries/policy-verdicts.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { insertReports } from '../testing/insert-reports.ts';
import { capabilities, ceremony, rawEvent, revoked } from '../testing/sample-events.ts';
import { consequencesOf, judgePolicy, ruleParameters } from './judge-policy.ts';

const PROJECT = 'policies';
const MODEL = {
	sound: '11111111-1111-4111-8111-111111111111',
	weak: '22222222-2222-4222-8222-222222222222',
	unlisted: '33333333-3333-4333-8333-333333333333'
};
/** Users by number, so that a list of them reads as who they are. */
const USER = {
	bound: 1,
	synced: 2,
	both: 3,
	none: 4,
	weak: 5,
	unknown: 6,
	lately: 7,
	left: 8,
	ana: 9
};

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
	await database.client.insert({
		table: 'authenticators_state_v1',
		format: 'JSONEachRow',
		values: [MODEL.sound, MODEL.weak].map((aaguid) => ({
			...{ aaguid, generation: 1, name: 'Key', mds_number: 7 }
		}))
	});
	await insertReports(database.client, [
		{ aaguid: MODEL.sound, status: 'FIDO_CERTIFIED_L2', effective_date: '2026-08-01' },
		{ aaguid: MODEL.weak, status: 'REVOKED', effective_date: '2026-10-15' },
		{ aaguid: MODEL.weak, status: 'FIDO_CERTIFIED_L1', effective_date: '2026-09-10' }
	]);
	const of = (user_hash: number, role = '') => ({
		...{ project_id: PROJECT, user_hash, os_name: 'Windows' },
		...(role && { tags: { role } })
	});
	const registers = (
		shared: ReturnType<typeof of>,
		at: string,
		credential_hash: number,
		kind: 'bound' | 'synced' | 'syncable' | 'flagless',
		more = {}
	) =>
		ceremony(shared, {
			at,
			type: 'registration',
			end: {
				credential_hash,
				...(kind !== 'flagless' && {
					backup_eligible: kind !== 'bound',
					backup_state: kind === 'synced'
				}),
				...{ aaguid: MODEL.unlisted, user_verified: true, ...more }
			},
			verdict: { verified: true }
		});
	await database.insert([
		...registers(of(USER.bound, 'admin'), '2026-09-01 10:00', 0x10, 'bound', {
			aaguid: MODEL.sound
		}),
		...registers(of(USER.synced, 'admin'), '2026-09-02 10:00', 0x20, 'synced'),
		...registers(of(USER.both, 'support'), '2026-01-01 10:00', 0x30, 'bound', {
			aaguid: MODEL.sound
		}),
		...registers(of(USER.both, 'support'), '2026-09-03 10:00', 0x31, 'synced'),
		capabilities(of(USER.none, 'admin'), '2026-09-04 10:00', true),
		...registers(of(USER.weak), '2026-09-05 10:00', 0x50, 'bound', {
			...{ aaguid: MODEL.weak, user_verified: false }
		}),
		...registers(of(USER.unknown), '2026-09-06 10:00', 0x60, 'flagless', {
			...{ aaguid: '', user_verified: null }
		}),
		// Became an administrator, and their passkey was backed up, later on.
		...registers(of(USER.lately, 'support'), '2026-09-07 10:00', 0x70, 'syncable'),
		...ceremony(of(USER.lately, 'admin'), {
			at: '2026-10-07 10:00',
			type: 'authentication',
			end: {
				...{ credential_hash: 0x70, backup_eligible: true, backup_state: true },
				user_verified: true
			},
			verdict: { verified: true }
		}),
		...registers(of(USER.left, 'admin'), '2026-09-08 10:00', 0x80, 'synced'),
		revoked(of(USER.left), '2026-09-20 10:00', 0x80),
		rawEvent(of(USER.left, 'former'), 'client.capabilities', '2026-09-21 10:00'),
		// A name that begins like another, and a value with an equals sign.
		rawEvent(
			{ ...of(USER.ana), tags: { role2: 'admin', team: 'a=b' } },
			'client.capabilities',
			'2026-09-09 10:00'
		)
	]);
});
afterAll(() => database.close());

const policyOf = (rule: object, groups: object = {}): Policy => {
	const parsed = parsePolicy(
		JSON.stringify({
			version: 1,
			groups,
			rules: [{ id: 'rule', title: 'A rule', who: 'everybody', ...rule }]
		})
	);
	if ('mistakes' in parsed) throw new Error(JSON.stringify(parsed.mistakes));
	return parsed.policy;
};

const scope = (on = '2026-11-01') => ({
	client: database.client,
	...{ project: PROJECT, zone: 'UTC', on }
});

async function usersOf(policy: Policy, verdict: 'breaks' | 'untold', on?: string) {
	const { client, ...where } = scope(on);
	const rows = await queryPolicyUsers(client, {
		...ruleParameters(policy, policy.rules[0]!, where),
		...{ verdict, after: '', limit: 100 }
	});
	return Object.fromEntries(
		rows.map((row) => [
			Object.keys(USER).find(
				(name) => USER[name as keyof typeof USER] === parseInt(row.user_hash, 16)
			),
			[
				...row.credentials.flatMap(({ reasons }) => reasons),
				...(row.missing > 0 ? [`missing ${row.missing}`] : [])
			]
		])
	);
}

describe('A rule finds exactly those who break it', () => {
	it.each<[string, object, Record<string, string[]>]>([
		[
			'device-bound alone, of administrators',
			{ who: ['role=admin'], kinds: ['device_bound'] },
			{ synced: ['kind'], lately: ['kind'] }
		],
		[
			'syncable or synced, of everybody',
			{ kinds: ['syncable', 'synced'] },
			{ bound: ['kind'], both: ['kind'], weak: ['kind'] }
		],
		[
			'a list of models allowed',
			{ models: { allow: [MODEL.sound, MODEL.unlisted] } },
			{ weak: ['model_not_allowed'] }
		],
		['a list of models denied', { models: { deny: [MODEL.weak] } }, { weak: ['model_denied'] }],
		[
			'a level of certification',
			{ certification: { at_least: 'L1plus' } },
			{ weak: ['certification'] }
		],
		[
			'no known weakness',
			{ certification: { no_known_weakness: true } },
			{ weak: ['known_weakness'] }
		],
		[
			'a number, of those with a role',
			{ who: ['role=admin', 'role=support'], minimum: 2 },
			{ bound: ['missing 1'], synced: ['missing 1'], none: ['missing 2'], lately: ['missing 1'] }
		],
		[
			'a number of a kind: what breaks the rule does not count',
			{ who: ['role=support'], kinds: ['device_bound'], minimum: 2 },
			{ both: ['kind', 'missing 1'] }
		],
		['an age', { maximum_age_days: 200 }, { both: ['age'] }],
		['user verification each time', { user_verified: true }, { weak: ['user_not_verified'] }],
		[
			'a group, without an exception',
			{ who: ['group:staff'], except: ['role=support'], minimum: 1 },
			{ none: ['missing 1'] }
		],
		['nobody: a tag that no one has', { who: ['role=owner'], minimum: 1 }, {}],
		['a tag by its whole name', { who: ['role2=admin'], minimum: 1 }, { ana: ['missing 1'] }],
		[
			'a tag’s value after its first equals sign',
			{ who: ['team=a=b'], minimum: 1 },
			{ ana: ['missing 1'] }
		],
		['nobody for what could be SQL', { who: ["role=' OR 1=1 --"], minimum: 1 }, {}]
	])('%s', async (_, rule, expected) => {
		const policy = policyOf(rule, { staff: ['role=admin', 'role=support'] });
		expect(await usersOf(policy, 'breaks')).toEqual(expected);
	});

	it.each([
		['that asks for no known weakness', { certification: { no_known_weakness: true } }, 1, 4],
		['that asks for something else', { models: { deny: [MODEL.weak] } }, 1, 1]
	])('%s, if a model were reported as weak', async (_, rule, before, after) => {
		const breaking = async (supposedBad: string[]) => {
			const [judged] = await judgePolicy(policyOf(rule), { ...scope(), supposedBad });
			return judged!.totals.breaking;
		};
		expect(await breaking([])).toBe(before);
		expect(await breaking([MODEL.unlisted])).toBe(after);
	});

	it.each<[string, object, Record<string, string[]>]>([
		[
			'flags that no one told',
			{ kinds: ['device_bound', 'syncable', 'synced'] },
			{ unknown: ['kind_unknown'] }
		],
		[
			'a model that no one told',
			{ models: { deny: [MODEL.weak] } },
			{ unknown: ['model_unknown'] }
		],
		[
			'models that the metadata does not name',
			{ who: ['role=support'], certification: { at_least: 'L1' } },
			{ both: ['certification_unknown'] }
		],
		[
			'verification that no one told',
			{ user_verified: true },
			{ unknown: ['verification_unknown'] }
		]
	])('and keeps apart, or takes for broken as the rule says, %s', async (_, rule, expected) => {
		expect(await usersOf(policyOf(rule), 'untold')).toEqual(expected);
		const strict = policyOf({ ...rule, unknown: 'breaks' });
		expect(await usersOf(strict, 'untold')).toEqual({});
		expect(await usersOf(strict, 'breaks')).toMatchObject(expected);
	});
});

describe('A policy of a past day', () => {
	const boundAdmins = policyOf({ who: ['role=admin'], kinds: ['device_bound'] });

	it.each([
		['before the revocation', '2026-09-19', { synced: ['kind'], left: ['kind'] }],
		['before somebody became an administrator', '2026-10-06', { synced: ['kind'] }],
		['on the day somebody did', '2026-10-07', { synced: ['kind'], lately: ['kind'] }],
		['before anybody came', '2025-12-31', {}]
	])('goes by tags, credentials and flags of that day: %s', async (_, on, expected) => {
		expect(await usersOf(boundAdmins, 'breaks', on)).toEqual(expected);
	});

	it('knows how a passkey was backed up then', async () => {
		const synced = policyOf({ who: ['role=admin', 'role=support'], kinds: ['synced'] });
		expect(await usersOf(synced, 'breaks', '2026-10-06')).toHaveProperty('lately', ['kind']);
		expect(await usersOf(synced, 'breaks', '2026-10-07')).not.toHaveProperty('lately');
	});
});

describe('A policy of a past day goes by what FIDO had reported of a model by then', () => {
	const strong = policyOf({ certification: { at_least: 'L2' } });
	const sound = policyOf({ certification: { no_known_weakness: true } });

	it.each([
		['the day before it was certified', '2026-09-09', {}, { weak: ['certification_unknown'] }],
		['the day it was', '2026-09-10', { weak: ['certification'] }, {}],
		['the day before it was revoked', '2026-10-14', { weak: ['certification'] }, {}]
	])('%s', async (_, on, breaks, untold) => {
		expect(await usersOf(strong, 'breaks', on)).toEqual(breaks);
		expect(await usersOf(sound, 'breaks', on)).toEqual({});
		const { weak } = await usersOf(strong, 'untold', on);
		expect(weak ? { weak } : {}).toEqual(untold);
	});

	it('the day it was revoked, and says since when', async () => {
		const { client, ...where } = scope('2026-10-15');
		const [user] = await queryPolicyUsers(client, {
			...ruleParameters(sound, sound.rules[0]!, where),
			...{ verdict: 'breaks', after: '', limit: 100 }
		});
		expect(user?.credentials).toMatchObject([
			{
				...{ reasons: ['known_weakness'], model_status: 'REVOKED' },
				...{ model_status_since: '2026-10-15', model_certification: 'FIDO_CERTIFIED_L1' }
			}
		]);
	});
});

it('counts everybody a rule is about under one verdict', async () => {
	const [judged] = await judgePolicy(policyOf({ kinds: ['device_bound'] }), scope());
	expect(judged?.totals).toEqual({
		...{ users: 9, keeping: 2, breaking: 3, untold: 1, without: 3 },
		...{ credentials: 7, breaking_credentials: 3 }
	});
});

describe('A change of policy shows what comes of it', () => {
	const hash = (name: keyof typeof USER) => USER[name].toString(16).padStart(16, '0');
	const before = policyOf({ who: ['role=admin'], kinds: ['device_bound'] });

	it('for a rule that is made looser here and stricter there', async () => {
		const after = policyOf({ who: ['role=support'], kinds: ['device_bound'] });
		expect(await consequencesOf({ before, after }, scope())).toEqual([
			{
				...{ id: 'rule', title: 'A rule', change: 'changed', breaking: 1 },
				...{ newly: [hash('both')], noLonger: [hash('synced'), hash('lately')] }
			}
		]);
	});

	it('for the first policy, one that is taken away, and one that only changes its words', async () => {
		const none = { ...before, rules: [] };
		const reworded = policyOf({
			who: ['role=admin'],
			kinds: ['device_bound'],
			why: 'Auditors ask.'
		});
		const all = [hash('synced'), hash('lately')];
		const asked = async (pair: { before: Policy | undefined; after: Policy }) =>
			(await consequencesOf(pair, scope()))[0];
		expect(await asked({ before: undefined, after: before })).toMatchObject({
			...{ change: 'added', newly: all, noLonger: [] }
		});
		expect(await asked({ before, after: none })).toMatchObject({
			...{ change: 'removed', newly: [], noLonger: all, breaking: 0 }
		});
		expect(await asked({ before, after: reworded })).toMatchObject({
			...{ change: 'same', newly: [], noLonger: [], breaking: 2 }
		});
	});
});
