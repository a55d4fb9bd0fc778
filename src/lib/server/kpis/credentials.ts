import type { KpiDefinition } from '../../format/kpi.ts';

const AS_OF = 'As of the last day of the chosen period';

/** What users hold. */
export const CREDENTIAL_KPIS: KpiDefinition[] = [
	{
		id: 'sync_coverage',
		name: 'Users with a backed-up passkey',
		term: 'sync coverage',
		unit: 'share',
		numerator: 'Users with at least one passkey that is backed up (BS flag set)',
		denominator: 'Users with a passkey',
		window: AS_OF,
		lowerIsBetter: false,
		caveats: [
			'BE and BS are what the newest ceremony with the passkey told; a passkey that was not used since may have changed.'
		],
		source: 'Passlens'
	}
];
