import type { Exclusion, KpiPart } from '../../format/kpi.ts';
import { FALLBACK_REASON_NAMES } from '../../format/names.ts';
import { seenOf } from './coverage.ts';
import {
	defineShare,
	NO_OFFERS,
	NO_SIGNINS,
	NO_USERS,
	notCollected,
	type Kpi
} from './define-kpi.ts';
import type { Rows } from './sources.ts';

const IN_PERIOD = 'Days of the chosen period';

/** Told with every figure of users: a simulated one is one all the same, as long as its project counts it. */
const synthetic = (count = 0): Exclusion => ({
	kind: 'synthetic',
	count,
	reason: 'Synthetic users',
	counted: true
});

const tests = (count: number | undefined, reason: string): Exclusion => ({
	kind: 'test_authenticators',
	count: count ?? 0,
	reason,
	counted: true
});

const SHOWINGS = ['Not told', 'First', 'Second', 'Third', 'Fourth', 'Fifth and later'];

const promptPart = (row: Rows['prompts'][number]): KpiPart => ({
	key: String(row.showing_number),
	name: SHOWINGS[row.showing_number] ?? '',
	numerator: row.created,
	denominator: row.shown
});

/** Who could have a passkey, who was asked, who has one, who uses it. */
export const ADOPTION_KPIS: Kpi[] = [
	defineShare(
		{
			id: 'eligible_users',
			name: 'Eligible users',
			numerator: 'Users seen on a client that can use a passkey',
			denominator: 'Users seen',
			window: IN_PERIOD,
			grain: 'user',
			lowerIsBetter: false,
			caveats: [
				'A user counts once the page has called identify. A client that did not tell its capabilities is not counted as eligible.'
			],
			published: [
				{
					figure: '93 % of accounts',
					source: 'FIDO Passkey Index 2025, at second hand',
					short: 0.93
				}
			],
			source: 'FIDO Passkey Index (“eligible”)'
		},
		['users'],
		({ users }, collected) =>
			collected.users
				? {
						numerator: users?.eligible ?? 0,
						denominator: users?.seen ?? 0,
						excluded: [
							{
								kind: 'unknown',
								count: users?.capability_unknown ?? 0,
								reason: 'Users whose client told no capabilities',
								counted: true
							},
							synthetic(users?.synthetic_seen)
						],
						coverage: {
							numerator: (users?.seen ?? 0) - (users?.capability_unknown ?? 0),
							denominator: users?.seen ?? 0,
							of: 'Users seen whose client told what it can'
						}
					}
				: notCollected(NO_USERS)
	),
	defineShare(
		{
			id: 'activation_rate',
			name: 'Users with a passkey',
			term: 'activation rate',
			numerator: 'Users seen in the period who hold at least one active passkey on its last day',
			denominator: 'Users seen',
			window: `${IN_PERIOD}; passkeys as of its last day`,
			grain: 'user',
			lowerIsBetter: false,
			caveats: [
				'A passkey counts from when Passlens first saw it, at its creation or a sign-in. Those of users who never came back are not known.'
			],
			published: [
				{
					figure: '36 % of accounts; 5–15 % where nothing asks on the client',
					source: 'FIDO Passkey Index 2025, at second hand; Corbado, March 2026',
					short: 0.36
				}
			],
			source: 'Corbado Connect “activation”; FIDO Passkey Index “enrolled”',
			rivals: ['enrollment_rate']
		},
		['holders', 'users', 'telemetry'],
		({ holders, users, telemetry }, collected) =>
			collected.users
				? {
						numerator: holders?.holders ?? 0,
						denominator: holders?.seen ?? 0,
						excluded: [
							tests(holders?.test_holders, 'Users with a passkey of a virtual authenticator'),
							synthetic(users?.synthetic_seen)
						],
						coverage: seenOf(telemetry)
					}
				: notCollected(NO_USERS)
	),
	defineShare(
		{
			id: 'enrollment_rate',
			name: 'Created one when offered',
			term: 'enrollment rate',
			numerator: 'Users who created a passkey and had been offered one',
			denominator: 'Users who were offered one (a creation prompt was shown)',
			window: `${IN_PERIOD}; offer and creation both in it`,
			grain: 'user',
			lowerIsBetter: false,
			caveats: [
				'Offers are what the site reports with prompt.shown (purpose enroll or upgrade). Creations without an offer are left out of both counts.',
				'Which came first is not asked here; the enrolment funnel on Adoption asks it.'
			],
			source: 'Corbado KPI “passkey enrollment rate”',
			rivals: ['activation_rate', 'append_rate']
		},
		['users', 'telemetry'],
		({ users, telemetry }, collected) => {
			if (!collected.offers) return notCollected(NO_OFFERS);
			const { offered = 0, created = 0, offered_or_created = 0 } = users ?? {};
			const both = offered + created - offered_or_created;
			return {
				numerator: both,
				denominator: offered,
				excluded: [
					{
						kind: 'other',
						count: created - both,
						reason: 'Users who created one without an offer in the period'
					},
					tests(users?.test_created, 'Users who created one with a virtual authenticator'),
					synthetic(users?.synthetic_seen)
				],
				coverage: seenOf(telemetry)
			};
		}
	),
	defineShare(
		{
			id: 'append_rate',
			name: 'Creation rate per prompt',
			term: 'append rate',
			numerator: 'Creation prompts that led to a passkey',
			denominator: 'Creation prompts shown, by which showing it was for the user',
			window: IN_PERIOD,
			grain: 'prompt',
			lowerIsBetter: false,
			caveats: ['A prompt led to a passkey when a registration that names the prompt succeeded.'],
			source: 'Corbado “append rate”',
			rivals: ['enrollment_rate']
		},
		['prompts', 'telemetry'],
		({ prompts = [], telemetry }, collected) => {
			if (!collected.offers) return notCollected(NO_OFFERS);
			const sum = (of: (row: Rows['prompts'][number]) => number) =>
				prompts.reduce((total, row) => total + of(row), 0);
			return {
				numerator: sum(({ created }) => created),
				denominator: sum(({ shown }) => shown),
				parts: prompts.map(promptPart),
				excluded: [
					tests(
						sum((row) => row.test_created),
						'Prompts that led to a passkey of a virtual authenticator'
					),
					{
						kind: 'synthetic',
						count: sum((row) => row.synthetic_shown),
						reason: 'Synthetic prompts',
						counted: true
					},
					{
						kind: 'unknown',
						count: prompts.find(({ showing_number }) => showing_number === 0)?.shown ?? 0,
						reason: 'Prompts whose showing is not told',
						counted: true
					}
				],
				coverage: seenOf(telemetry)
			};
		}
	),
	defineShare(
		{
			id: 'usage_rate_all',
			name: 'Sign-ins by passkey',
			term: 'usage rate, all sign-ins',
			numerator: 'Successful sign-ins by passkey',
			denominator: 'Successful sign-ins by any method',
			window: IN_PERIOD,
			grain: 'sign-in',
			lowerIsBetter: false,
			caveats: [
				'Sign-ins by other methods are what the site reports with signIn. Without any report the share is not known, rather than 100 %.',
				'Everybody is in the denominator: it rises with adoption. The share among those who have a passkey is usage_rate_enrolled.'
			],
			published: [
				{
					figure: '26 % of sign-ins',
					source: 'FIDO Passkey Index 2025, at second hand',
					short: 0.26
				}
			],
			source: 'FIDO Passkey Index; Corbado (newer definition)',
			rivals: ['usage_rate_enrolled']
		},
		['activity', 'telemetry'],
		({ activity, telemetry }, collected) => {
			if (!collected.signins) return notCollected(NO_SIGNINS);
			const { passkey_signins = 0, other_signins = 0 } = activity ?? {};
			return {
				numerator: passkey_signins,
				denominator: passkey_signins + other_signins,
				excluded: signinExclusions(activity),
				coverage: seenOf(telemetry)
			};
		}
	),
	defineShare(
		{
			id: 'usage_rate_enrolled',
			name: 'Passkey use among enrolled users',
			term: 'usage rate, enrolled users',
			numerator: 'Successful sign-ins by passkey',
			denominator: 'Successful sign-ins of users who held a usable passkey at that moment',
			window: IN_PERIOD,
			grain: 'sign-in',
			lowerIsBetter: false,
			caveats: [
				'A passkey counts from when Passlens first saw it: sign-ins before that are of users not known to have one.',
				'A passkey on another device counts as well: a low share may mean that it cannot be reached here.'
			],
			source: 'Corbado (older definition)',
			rivals: ['usage_rate_all']
		},
		['activity', 'enrolled_signins', 'telemetry'],
		({ activity, enrolled_signins, telemetry }, collected) => {
			if (!collected.signins) return notCollected(NO_SIGNINS);
			if (!collected.users) return notCollected(NO_USERS);
			const passkey = activity?.passkey_signins ?? 0;
			return {
				numerator: passkey,
				denominator: passkey + (enrolled_signins?.of_holders ?? 0),
				excluded: [
					...signinExclusions(activity),
					{
						kind: 'unknown',
						count: enrolled_signins?.unnamed ?? 0,
						reason: 'Sign-ins by other methods that name no user'
					}
				],
				coverage: seenOf(telemetry)
			};
		}
	),
	defineShare(
		{
			id: 'fallback_rate',
			name: 'Fallback rate',
			numerator: 'Sign-ins that began with a passkey and ended with another method',
			denominator: 'Sign-ins that began with a passkey: those, and successful passkey sign-ins',
			window: IN_PERIOD,
			grain: 'sign-in',
			lowerIsBetter: true,
			caveats: [
				'The site tells why it fell back: no passkey here, the ceremony failed, the user chose.'
			],
			source: 'Corbado “fallback usage”'
		},
		['activity', 'telemetry'],
		({ activity, telemetry }, collected) => {
			if (!collected.signins) return notCollected(NO_SIGNINS);
			const reasons = {
				no_passkey_here: activity?.fell_back_no_passkey ?? 0,
				ceremony_failed: activity?.fell_back_failed ?? 0,
				user_choice: activity?.fell_back_by_choice ?? 0
			};
			const fallbacks = Object.values(reasons).reduce((sum, count) => sum + count, 0);
			const denominator = fallbacks + (activity?.passkey_signins ?? 0);
			return {
				numerator: fallbacks,
				denominator,
				parts: Object.entries(reasons).map(([key, numerator]) => ({
					key,
					name: FALLBACK_REASON_NAMES[key] ?? key,
					numerator,
					denominator
				})),
				excluded: signinExclusions(activity),
				coverage: seenOf(telemetry)
			};
		}
	)
];

function signinExclusions(activity: Rows['activity'] | undefined): Exclusion[] {
	return [
		{
			kind: 'conditional_untouched',
			count: activity?.untouched ?? 0,
			reason: 'Conditional requests nobody picked a passkey in'
		},
		tests(activity?.test_signins, 'Sign-ins with a virtual authenticator'),
		{
			kind: 'synthetic',
			count: activity?.synthetic_signins ?? 0,
			reason: 'Synthetic sign-ins',
			counted: true
		}
	];
}
