import type { KpiDefinition } from '../../format/kpi.ts';

const IN_PERIOD = 'Days of the chosen period, UTC';

/** Who could have a passkey, who was asked, who has one, who uses it. */
export const ADOPTION_KPIS: KpiDefinition[] = [
	{
		id: 'eligible_users',
		name: 'Eligible users',
		unit: 'share',
		numerator: 'Users seen on a client that can use a passkey',
		denominator: 'Users seen',
		window: IN_PERIOD,
		lowerIsBetter: false,
		caveats: [
			'A user counts once the page has called identify. A client that did not tell its capabilities is not counted as eligible.'
		],
		source: 'FIDO Passkey Index ("eligible")'
	},
	{
		id: 'activation_rate',
		name: 'Users with a passkey',
		term: 'activation rate',
		unit: 'share',
		numerator: 'Users seen in the period who hold at least one active passkey on its last day',
		denominator: 'Users seen',
		window: `${IN_PERIOD}; passkeys as of its last day`,
		lowerIsBetter: false,
		caveats: [
			'A passkey counts from when Passlens first saw it, at its creation or a sign-in. Those of users who never came back are not known.'
		],
		source: 'Corbado Connect "activation"; FIDO Passkey Index "enrolled"'
	},
	{
		id: 'enrollment_rate',
		name: 'Created one when offered',
		term: 'enrollment rate',
		unit: 'share',
		numerator: 'Users who created a passkey and had been offered one',
		denominator: 'Users who were offered one (a creation prompt was shown)',
		window: `${IN_PERIOD}; offer and creation both in it`,
		lowerIsBetter: false,
		caveats: [
			'Offers are what the site reports with prompt.shown (purpose enroll or upgrade). Creations without an offer are left out of both counts.'
		],
		source: 'Corbado KPI "passkey enrollment rate"'
	},
	{
		id: 'append_rate',
		name: 'Creation rate per prompt',
		term: 'append rate',
		unit: 'share',
		numerator: 'Creation prompts that led to a passkey',
		denominator: 'Creation prompts shown, by which showing it was for the user',
		window: IN_PERIOD,
		lowerIsBetter: false,
		caveats: ['A prompt led to a passkey when a registration that names the prompt succeeded.'],
		source: 'Corbado "append rate"'
	},
	{
		id: 'usage_rate_all',
		name: 'Sign-ins by passkey',
		term: 'usage rate, all sign-ins',
		unit: 'share',
		numerator: 'Successful sign-ins by passkey',
		denominator: 'Successful sign-ins by any method',
		window: IN_PERIOD,
		lowerIsBetter: false,
		caveats: [
			'Sign-ins by other methods are what the site reports with signIn. Without any report the share is not known, rather than 100 %.'
		],
		source: 'FIDO Passkey Index; Corbado (newer definition)'
	},
	{
		id: 'fallback_rate',
		name: 'Fallback rate',
		unit: 'share',
		numerator: 'Sign-ins that began with a passkey and ended with another method',
		denominator: 'Sign-ins that began with a passkey: those, and successful passkey sign-ins',
		window: IN_PERIOD,
		lowerIsBetter: true,
		caveats: [
			'The site tells why it fell back: no passkey here, the ceremony failed, the user chose.'
		],
		source: 'Corbado "fallback usage"'
	}
];
