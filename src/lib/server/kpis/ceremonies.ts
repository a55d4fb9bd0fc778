import type { KpiDefinition } from '../../format/kpi.ts';

const IN_PERIOD = 'Ceremonies that began on days of the chosen period, UTC';
const STARTED =
	'Ceremonies started by a user’s action: conditional requests only once a passkey was picked; pending ones not yet';

/** How ceremonies end, how long they take, and how much of them is seen. */
export const CEREMONY_KPIS: KpiDefinition[] = [
	{
		id: 'ceremony_success',
		name: 'Ceremony success',
		term: 'ceremony success rate',
		unit: 'share',
		numerator: 'Ceremonies verified by the server',
		denominator: `${STARTED}; without those the page completed but no verdict came for`,
		window: IN_PERIOD,
		lowerIsBetter: false,
		caveats: [
			'Without any server verdict the figure is not known: the page cannot tell whether a response was accepted.',
			'Where verdicts are missing for some completed ceremonies the share errs on the low side: read it with its coverage.'
		],
		source: 'Corbado PASR'
	},
	{
		id: 'time_to_sign_in',
		name: 'Time to sign in',
		term: 'ceremony time',
		unit: 'duration',
		numerator: 'From the page’s call to the browser’s answer; the card shows the median',
		denominator: 'Sign-in ceremonies started by a user’s action that succeeded',
		window: IN_PERIOD,
		lowerIsBetter: true,
		caveats: [
			'Conditional (autofill) requests are left out: they begin with the page, not with the user.',
			'The clock runs while the user reads, unlocks and touches; network and server time are not in it.'
		],
		source: 'FIDO Passkey Index; Passage Flex'
	},
	{
		id: 'cancel_rate',
		name: 'Cancelled',
		term: 'cancel rate',
		unit: 'share',
		numerator: 'Ceremonies the user most likely dismissed',
		denominator: STARTED,
		window: IN_PERIOD,
		lowerIsBetter: true,
		caveats: [
			'Browsers use one message for dismissing, timing out and having no passkey here: cancelled is a probable cause, told with its evidence on each ceremony.'
		],
		source: 'Passlens; kept apart from errors on purpose'
	},
	{
		id: 'error_rate',
		name: 'Errors',
		term: 'error rate',
		unit: 'share',
		numerator: 'Ceremonies ended by an error that is not the user’s choice',
		denominator: STARTED,
		window: IN_PERIOD,
		lowerIsBetter: true,
		caveats: [
			'Refusals by the server are counted apart, and so are requests the page itself ended.'
		],
		source: 'Corbado "authentication error rate"'
	},
	{
		id: 'telemetry_loss',
		name: 'Verdicts with a page’s record',
		term: 'telemetry coverage',
		unit: 'share',
		numerator: 'Server verdicts whose ceremony the page reported, too',
		denominator: 'Server verdicts',
		window: IN_PERIOD,
		lowerIsBetter: false,
		caveats: [
			'What is missing was blocked or lost on the way from the browser.',
			'Always of the whole project: a verdict without a page’s record has no ecosystem, platform or application to filter by.'
		],
		source: 'Passlens'
	},
	{
		id: 'verdict_coverage',
		name: 'Completed ceremonies with a verdict',
		term: 'telemetry coverage, the reverse',
		unit: 'share',
		numerator: 'Ceremonies the page completed that the server decided on',
		denominator: 'Ceremonies the page completed',
		window: IN_PERIOD,
		lowerIsBetter: false,
		caveats: [
			'Responses that never reached the server, or a server that does not send verdicts. Figures that need a verdict can be no better than this.'
		],
		source: 'Passlens'
	}
];
