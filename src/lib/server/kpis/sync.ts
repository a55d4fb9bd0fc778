import type { KpiDefinition } from '../../format/kpi.ts';

const AS_OF = 'As of the last day of the chosen period';
const USABLE =
	'Usable: registered or first seen by that day, not revoked by then, and not refused by the server.';

/** How well what users hold survives a lost device. */
export const SYNC_KPIS: KpiDefinition[] = [
	{
		id: 'synced_share',
		name: 'Passkeys that can sync',
		term: 'synced share, BE=1',
		unit: 'share',
		numerator: 'Usable credentials with the BE flag set: they may be synced',
		denominator: 'Usable credentials whose BE and BS are known',
		window: AS_OF,
		lowerIsBetter: false,
		caveats: [USABLE],
		source: 'Corbado Connect "passkey insights"'
	},
	{
		id: 'backed_up_share',
		name: 'Of these, backed up',
		term: 'BS=1 of BE=1',
		unit: 'share',
		numerator: 'Usable credentials with BE and BS set: they are backed up',
		denominator: 'Usable credentials with the BE flag set',
		window: AS_OF,
		lowerIsBetter: false,
		caveats: [
			'BS is what the newest ceremony of a credential told by that day: one not used since may have changed.'
		],
		source: 'Passlens'
	},
	{
		id: 'lockout_risk',
		name: 'One lost device from lock-out',
		term: 'lock-out risk',
		unit: 'share',
		numerator: 'Users whose one and only usable credential is device-bound (BE=0)',
		denominator: 'Users with a passkey',
		window: AS_OF,
		lowerIsBetter: true,
		caveats: [
			'All credentials of a user count here, those outside the filters too; the filters choose the users.',
			'Other ways to sign in, such as a password, are not looked at.'
		],
		source: 'Passlens'
	},
	{
		id: 'reach',
		name: 'Passkeys in two ecosystems or more',
		term: 'ecosystem reach',
		unit: 'share',
		numerator: 'Users with usable credentials in at least two ecosystems',
		denominator: 'Users seen by that day',
		window: AS_OF,
		lowerIsBetter: false,
		caveats: [
			'Ecosystems are Apple, Google, Microsoft, other password managers and security keys. An unknown one may be one already counted, so it never adds a second.',
			'The ecosystem filter does not narrow this figure.'
		],
		source: 'Passlens'
	},
	{
		id: 'upgrade_rate',
		name: 'Upgraded and in use',
		term: 'legacy upgrade rate',
		unit: 'share',
		numerator: 'Users who then created a synced passkey, backed up, and signed in with it',
		denominator: 'Users who signed in with a legacy credential, or a password',
		window: 'Days of the chosen period, UTC; every step in it, each at or after the one before',
		lowerIsBetter: false,
		caveats: [
			'Steps need the server’s verdict and a known user. Users who had a synced passkey there before are in the denominator, and cannot be in the numerator.'
		],
		source: 'Passlens'
	}
];
