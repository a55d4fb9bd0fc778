import type { Exclusion, KpiAnswer } from '../../format/kpi.ts';
import { decidedOf, seenOf } from './coverage.ts';
import { defineDuration, defineShare, NO_VERDICTS, notCollected, type Kpi } from './define-kpi.ts';
import type { Rows } from './sources.ts';

const IN_PERIOD = 'Ceremonies that began on days of the chosen period';
const STARTED =
	'Ceremonies started by a user’s action: conditional requests only once a passkey was picked; pending ones not yet';

type Row = Rows['ceremonies'] | undefined;

/** What is left out of every count of ceremonies, and what is in them that a reader may want to know of. */
function standing(row: Row): Exclusion[] {
	return [
		{
			kind: 'conditional_untouched',
			count: row?.untouched ?? 0,
			reason: 'Conditional requests nobody picked a passkey in'
		},
		{ kind: 'unknown', count: row?.pending ?? 0, reason: 'Began less than five minutes ago' },
		{
			kind: 'test_authenticators',
			count: row?.tests ?? 0,
			reason: 'With a browser’s virtual authenticator',
			counted: true
		},
		{ kind: 'synthetic', count: row?.synthetic ?? 0, reason: 'Synthetic ceremonies', counted: true }
	];
}

/** What is in a count of verdicts or responses that a reader may want to leave out. */
const madeUp = ({
	tests = 0,
	synthetic = 0,
	what
}: {
	tests: number | undefined;
	synthetic: number | undefined;
	what: string;
}): Exclusion[] => [
	{
		kind: 'test_authenticators',
		count: tests,
		reason: 'With a browser’s virtual authenticator',
		counted: true
	},
	{ kind: 'synthetic', count: synthetic, reason: `Synthetic ${what}`, counted: true }
];

const ofStarted = (row: Row, numerator: number | undefined): KpiAnswer => ({
	numerator: numerator ?? 0,
	denominator: row?.started ?? 0,
	excluded: standing(row),
	coverage: seenOf(row)
});

/** How ceremonies end, how long they take, and how much of them is seen. */
export const CEREMONY_KPIS: Kpi[] = [
	defineShare(
		{
			id: 'ceremony_success',
			name: 'Ceremony success',
			term: 'ceremony success rate',
			numerator: 'Ceremonies verified by the server',
			denominator: `${STARTED}; without those the page completed but no verdict came for`,
			window: IN_PERIOD,
			grain: 'ceremony',
			lowerIsBetter: false,
			caveats: [
				'Without any server verdict the figure is not known: the page cannot tell whether a response was accepted.',
				'Where verdicts are missing for some completed ceremonies the share errs on the low side: read it with its coverage.'
			],
			published: [
				{
					figure: '93 % by passkey, 63 % by other methods',
					source: 'FIDO Passkey Index 2025, at second hand',
					short: 0.93
				},
				{
					figure: '95–99 % on a device that was used before, 55–95 % on others',
					source: 'Corbado benchmark 2026'
				}
			],
			source: 'Corbado PASR'
		},
		['ceremonies'],
		({ ceremonies: row }) => {
			const coverage = decidedOf(row);
			const excluded: Exclusion[] = [
				{
					kind: 'unknown',
					count: row?.undecided ?? 0,
					reason: 'Completed by the page, no server verdict'
				},
				...standing(row)
			];
			if (row && row.completed > 0 && row.completed_decided === 0 && row.verified === 0)
				return { ...notCollected(NO_VERDICTS), excluded, coverage };
			return {
				numerator: row?.verified ?? 0,
				denominator: (row?.started ?? 0) - (row?.undecided ?? 0),
				excluded,
				coverage
			};
		}
	),
	defineDuration(
		{
			id: 'time_to_sign_in',
			name: 'Time to sign in',
			term: 'ceremony time',
			numerator: 'From the page’s call to the browser’s answer; the card shows the median',
			denominator: 'Sign-in ceremonies started by a user’s action that succeeded',
			window: IN_PERIOD,
			grain: 'ceremony',
			lowerIsBetter: true,
			caveats: [
				'Conditional (autofill) requests are left out: they begin with the page, not with the user.',
				'The clock runs while the user reads, unlocks and touches; network and server time are not in it.'
			],
			published: [
				{
					figure: '8.5 s by passkey, 31.2 s by other methods',
					source: 'FIDO Passkey Index 2025, at second hand',
					short: 8_500
				}
			],
			source: 'FIDO Passkey Index; Passage Flex'
		},
		['ceremonies'],
		({ ceremonies: row }) => ({
			p50: row?.p50 ?? null,
			p75: row?.p75 ?? null,
			p95: row?.p95 ?? null,
			count: row?.timed ?? 0,
			excluded: [
				{
					kind: 'other',
					count: row?.untimed ?? 0,
					reason: 'Autofill sign-ins, or without a measured time'
				},
				...standing(row)
			],
			coverage: seenOf(row)
		})
	),
	defineShare(
		{
			id: 'drop_off',
			name: 'Never finished',
			term: 'drop-off',
			numerator:
				'Ceremonies started and never finished: neither the page nor the server told of an end',
			denominator: STARTED,
			window: IN_PERIOD,
			grain: 'ceremony',
			lowerIsBetter: true,
			caveats: [
				'A page that was closed cannot say how its ceremony ended: an end that was lost on the way looks the same.',
				'One that ended after five minutes is not in it; abandonment counts those, too.'
			],
			source: 'Corbado',
			rivals: ['abandonment']
		},
		['ceremonies'],
		({ ceremonies: row }) => ofStarted(row, row?.dropped)
	),
	defineShare(
		{
			id: 'abandonment',
			name: 'No end within five minutes',
			term: 'abandonment',
			numerator: 'Ceremonies without any end within five minutes',
			denominator: 'Ceremonies started, conditional requests left out whatever became of them',
			window: IN_PERIOD,
			grain: 'ceremony',
			lowerIsBetter: true,
			caveats: [
				'Conditional requests begin with each page load. Drop-off takes those in which a passkey was picked, this does not.',
				'A dialog that stays open for longer is in it though it may end well.'
			],
			source: 'Janssen abandonmentRate',
			rivals: ['drop_off']
		},
		['ceremonies'],
		({ ceremonies: row }) => ({
			numerator: row?.overdue ?? 0,
			denominator: row?.asked ?? 0,
			excluded: [
				{
					kind: 'other',
					count: row?.conditional_driven ?? 0,
					reason: 'Conditional requests in which a passkey was picked'
				},
				...standing(row)
			],
			coverage: seenOf(row)
		})
	),
	defineShare(
		{
			id: 'cancel_rate',
			name: 'Cancelled',
			term: 'cancel rate',
			numerator: 'Ceremonies the user most likely dismissed',
			denominator: STARTED,
			window: IN_PERIOD,
			grain: 'ceremony',
			lowerIsBetter: true,
			caveats: [
				'Browsers use one message for dismissing, timing out and having no passkey here: cancelled is a probable cause, told with its evidence on each ceremony.'
			],
			source: 'Passlens; kept apart from errors on purpose',
			rivals: ['error_rate']
		},
		['activity', 'ceremonies'],
		({ activity, ceremonies }) => ({
			numerator: activity?.cancelled ?? 0,
			denominator: activity?.started ?? 0,
			excluded: standing(ceremonies),
			coverage: seenOf(ceremonies)
		})
	),
	defineShare(
		{
			id: 'error_rate',
			name: 'Errors',
			term: 'error rate',
			numerator: 'Ceremonies ended by an error that is not the user’s choice',
			denominator: STARTED,
			window: IN_PERIOD,
			grain: 'ceremony',
			lowerIsBetter: true,
			caveats: [
				'Refusals by the server are counted apart, and so are requests the page itself ended.'
			],
			source: 'Corbado “authentication error rate”',
			rivals: ['cancel_rate', 'rejection_rate']
		},
		['activity', 'ceremonies'],
		({ activity, ceremonies }) => ({
			numerator: activity?.failed ?? 0,
			denominator: activity?.started ?? 0,
			excluded: standing(ceremonies),
			coverage: seenOf(ceremonies)
		})
	),
	defineShare(
		{
			id: 'rejection_rate',
			name: 'Refused by the server',
			term: 'server rejection rate',
			numerator: 'Ceremonies the relying party refused',
			denominator:
				'Ceremonies the client completed: the page told so, or the server had a response to judge',
			window: IN_PERIOD,
			grain: 'ceremony',
			lowerIsBetter: true,
			caveats: [
				'Completed ceremonies without a verdict are in the denominator: where many are missing the share errs on the low side.',
				'Automatic creates are in it: the server judges them like any other.'
			],
			source: 'Janssen rejectionRate',
			rivals: ['error_rate']
		},
		['ceremonies'],
		({ ceremonies: row }) => {
			const coverage = decidedOf(row);
			const excluded = standing(row).filter(({ kind }) => kind !== 'conditional_untouched');
			if (row && row.responded > 0 && row.responded_decided === 0)
				return { ...notCollected(NO_VERDICTS), excluded, coverage };
			return {
				numerator: row?.refused ?? 0,
				denominator: row?.responded ?? 0,
				excluded: [
					{
						kind: 'unknown',
						count: (row?.responded ?? 0) - (row?.responded_decided ?? 0),
						reason: 'Completed, no server verdict',
						counted: true
					},
					...excluded
				],
				coverage
			};
		}
	),
	defineShare(
		{
			id: 'cda_completion',
			name: 'Cross-device completion',
			term: 'CDA completion',
			numerator: 'Cross-device ceremonies that succeeded',
			denominator:
				'Cross-device prompts: the response came from another device, the site asked for one (hint hybrid), or the connection to it failed',
			window: IN_PERIOD,
			grain: 'ceremony',
			lowerIsBetter: false,
			caveats: [
				'A page cannot see the QR code: where the site does not ask with the hint “hybrid”, who looked at it and gave up is not known, and the share errs on the high side.'
			],
			published: [
				{
					figure: '60–78 % on Windows, 66–86 % on macOS',
					source: 'Corbado benchmark 2026'
				},
				{
					figure:
						'step by step: page to prompt 48 %, to the scanned code 29 %, to the phone 64 %, to signed in 89 %',
					source: 'Google, by Corbado benchmark 2026'
				}
			],
			source: 'Corbado benchmark'
		},
		['ceremonies'],
		({ ceremonies: row }) => ({
			numerator: row?.cda_succeeded ?? 0,
			denominator: row?.cda_prompted ?? 0,
			excluded: standing(row),
			coverage: {
				numerator: row?.cda_hinted ?? 0,
				denominator: row?.cda_prompted ?? 0,
				of: 'Cross-device prompts the site asked for itself, so that giving up shows'
			}
		})
	),
	defineShare(
		{
			id: 'telemetry_loss',
			name: 'Verdicts with a page’s record',
			term: 'telemetry coverage',
			numerator: 'Server verdicts whose ceremony the page reported, too',
			denominator: 'Server verdicts',
			window: IN_PERIOD,
			grain: 'verdict',
			lowerIsBetter: false,
			caveats: [
				'What is missing was blocked or lost on the way from the browser.',
				'Always of the whole project: a verdict without a page’s record has no ecosystem, platform or application to filter by.'
			],
			source: 'Passlens',
			rivals: ['verdict_coverage']
		},
		['ceremonies'],
		({ ceremonies: row }) => ({
			numerator: row?.decided_seen ?? 0,
			denominator: row?.decided ?? 0,
			excluded: madeUp({
				tests: row?.decided_tests,
				synthetic: row?.decided_synthetic,
				what: 'verdicts'
			})
		})
	),
	defineShare(
		{
			id: 'verdict_coverage',
			name: 'Completed ceremonies with a verdict',
			term: 'telemetry coverage, the reverse',
			numerator: 'Ceremonies the page completed that the server decided on',
			denominator: 'Ceremonies the page completed',
			window: IN_PERIOD,
			grain: 'ceremony',
			lowerIsBetter: false,
			caveats: [
				'Responses that never reached the server, or a server that does not send verdicts. Figures that need a verdict can be no better than this.'
			],
			source: 'Passlens',
			rivals: ['telemetry_loss']
		},
		['ceremonies'],
		({ ceremonies: row }) => ({
			numerator: row?.completed_decided ?? 0,
			denominator: row?.completed ?? 0,
			excluded: madeUp({
				tests: row?.completed_tests,
				synthetic: row?.completed_synthetic,
				what: 'ceremonies'
			})
		})
	)
];
