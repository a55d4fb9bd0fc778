import type { Exclusion, KpiAnswer } from '../../format/kpi.ts';
import { ECOSYSTEM_NAMES } from '../../format/names.ts';
import type { Ecosystem } from '../../filters.ts';
import { decidedOf } from './coverage.ts';
import { defineShare, NO_USERS, notCollected, type Kpi } from './define-kpi.ts';
import type { Rows } from './sources.ts';

const AS_OF = 'As of the last day of the chosen period';
const USABLE =
	'Usable: registered or first seen by that day, not revoked by then, and not refused by the server.';

type Row = Rows['sync'] | undefined;

function standing(row: Row): Exclusion[] {
	return [
		{
			kind: 'test_authenticators',
			count: row?.tests ?? 0,
			reason: 'Passkeys of a browser’s virtual authenticator',
			counted: true
		},
		{ kind: 'synthetic', count: row?.synthetic ?? 0, reason: 'Synthetic passkeys', counted: true }
	];
}

const unowned = (row: Row): Exclusion => ({
	kind: 'unknown',
	count: row?.unowned ?? 0,
	reason: 'Passkeys no user is named for'
});

const knownFlags = (row: Row) => ({
	numerator: row?.flags_known ?? 0,
	denominator: row?.credentials ?? 0,
	of: 'Usable credentials whose flags are known'
});

const ownersKnown = (row: Row) => ({
	numerator: (row?.credentials ?? 0) - (row?.unowned ?? 0),
	denominator: row?.credentials ?? 0,
	of: 'Usable credentials whose user is known'
});

const ofUsers = (row: Row, answer: Pick<KpiAnswer, 'numerator' | 'denominator' | 'parts'>) => ({
	...answer,
	excluded: [unowned(row), ...standing(row)],
	coverage: ownersKnown(row)
});

/** What users hold, and how well it survives a lost device. */
export const CREDENTIAL_KPIS: Kpi[] = [
	defineShare(
		{
			id: 'sync_coverage',
			name: 'Users with a backed-up passkey',
			term: 'sync coverage',
			numerator: 'Users with at least one passkey that is backed up (BS flag set)',
			denominator: 'Users with a passkey',
			window: AS_OF,
			grain: 'user',
			lowerIsBetter: false,
			caveats: [
				'BE and BS are what the newest ceremony with the passkey told; a passkey that was not used since may have changed.'
			],
			source: 'Passlens',
			rivals: ['synced_share', 'backed_up_share']
		},
		['sync'],
		({ sync }, collected) =>
			collected.users
				? ofUsers(sync, {
						numerator: sync?.covered_users ?? 0,
						denominator: sync?.passkey_users ?? 0
					})
				: notCollected(NO_USERS)
	),
	defineShare(
		{
			id: 'synced_share',
			name: 'Passkeys that can sync',
			term: 'synced share, BE=1',
			numerator: 'Usable credentials with the BE flag set: they may be synced',
			denominator: 'Usable credentials whose BE and BS are known',
			window: AS_OF,
			grain: 'credential',
			lowerIsBetter: false,
			caveats: [USABLE],
			source: 'Corbado Connect “passkey insights”',
			rivals: ['sync_coverage', 'backed_up_share']
		},
		['sync'],
		({ sync }) => ({
			numerator: sync?.eligible ?? 0,
			denominator: sync?.flags_known ?? 0,
			excluded: [
				{
					kind: 'unknown',
					count: (sync?.credentials ?? 0) - (sync?.flags_known ?? 0),
					reason: 'Flags not known'
				},
				...standing(sync)
			],
			coverage: knownFlags(sync)
		})
	),
	defineShare(
		{
			id: 'backed_up_share',
			name: 'Of these, backed up',
			term: 'BS=1 of BE=1',
			numerator: 'Usable credentials with BE and BS set: they are backed up',
			denominator: 'Usable credentials with the BE flag set',
			window: AS_OF,
			grain: 'credential',
			lowerIsBetter: false,
			caveats: [
				'BS is what the newest ceremony of a credential told by that day: one not used since may have changed.'
			],
			source: 'Passlens',
			rivals: ['sync_coverage', 'synced_share']
		},
		['sync'],
		({ sync }) => ({
			numerator: sync?.backed_up ?? 0,
			denominator: sync?.eligible ?? 0,
			excluded: standing(sync),
			coverage: knownFlags(sync)
		})
	),
	defineShare(
		{
			id: 'lockout_risk',
			name: 'One lost device from lock-out',
			term: 'lock-out risk',
			numerator: 'Users whose one and only usable credential is device-bound (BE=0)',
			denominator: 'Users with a passkey',
			window: AS_OF,
			grain: 'user',
			lowerIsBetter: true,
			caveats: [
				'All credentials of a user count here, those outside the filters too; the filters choose the users.',
				'Other ways to sign in, such as a password, are not looked at.'
			],
			source: 'Passlens'
		},
		['sync'],
		({ sync }) =>
			ofUsers(sync, {
				numerator: sync?.locked_out_users ?? 0,
				denominator: sync?.passkey_users ?? 0
			})
	),
	defineShare(
		{
			id: 'reach',
			name: 'Passkeys in two ecosystems',
			term: 'ecosystem reach',
			numerator: 'Users with usable credentials in at least two ecosystems',
			denominator: 'Users seen by that day',
			window: AS_OF,
			grain: 'user',
			lowerIsBetter: false,
			caveats: [
				'Ecosystems are Apple, Google, Microsoft, other password managers and security keys. An unknown one may be one already counted, so it never adds a second.',
				'The filters by ecosystem and provider do not narrow this figure.'
			],
			source: 'Passlens'
		},
		['sync'],
		({ sync }) => {
			const denominator = sync?.seen_users ?? 0;
			return ofUsers(sync, {
				numerator: sync?.reach_many ?? 0,
				denominator,
				parts: [
					{ key: '0', name: 'None', numerator: sync?.reach_none ?? 0, denominator },
					{ key: '1', name: 'One', numerator: sync?.reach_one ?? 0, denominator },
					{ key: '2+', name: 'Two or more', numerator: sync?.reach_many ?? 0, denominator }
				]
			});
		}
	),
	defineShare(
		{
			id: 'password_removal_ready',
			name: 'Ready to drop the password',
			term: 'password-removal readiness',
			numerator:
				'Users with two usable credentials or more, or a backed-up one, who signed in with one of them in the 60 days to that day',
			denominator: 'Users seen by that day',
			window: `${AS_OF}; use within the 60 days to it`,
			grain: 'user',
			lowerIsBetter: false,
			caveats: [
				USABLE,
				'Two credentials on one device count as two: the flags do not tell where a device-bound one lives.',
				'The filters by ecosystem and provider do not narrow this figure.'
			],
			source: 'Passlens'
		},
		['sync'],
		({ sync }, collected) =>
			collected.users
				? ofUsers(sync, {
						numerator: sync?.ready_users ?? 0,
						denominator: sync?.seen_users ?? 0
					})
				: notCollected(NO_USERS)
	),
	defineShare(
		{
			id: 'upgrade_rate',
			name: 'Upgraded and in use',
			term: 'legacy upgrade rate',
			numerator: 'Users who then created a synced passkey, backed up, and signed in with it',
			denominator: 'Users who signed in with a legacy credential',
			window: 'Days of the chosen period; every step in it, each at or after the one before',
			grain: 'user',
			lowerIsBetter: false,
			caveats: [
				'Steps need the server’s verdict and a known user. Users who had a synced passkey there before are in the denominator, and cannot be in the numerator.',
				'A user with legacy credentials in two ecosystems counts once here and once in each. Passwords are no credential; their funnel is on Upgrades.'
			],
			source: 'Passlens'
		},
		['upgrades', 'telemetry'],
		({ upgrades = [], telemetry }) => {
			const all = upgrades.find(({ ecosystem }) => ecosystem === '');
			return {
				numerator: all?.upgraded ?? 0,
				denominator: all?.users ?? 0,
				parts: upgrades
					.filter(({ ecosystem }) => ecosystem !== '')
					.map(({ ecosystem, upgraded, users }) => ({
						key: ecosystem,
						name: ECOSYSTEM_NAMES[ecosystem as Ecosystem] ?? ecosystem,
						numerator: upgraded,
						denominator: users
					})),
				excluded: [
					{
						kind: 'test_authenticators',
						count: all?.test_users ?? 0,
						reason: 'Users with a passkey of a virtual authenticator',
						counted: true
					},
					{
						kind: 'synthetic',
						count: all?.synthetic_users ?? 0,
						reason: 'Synthetic users',
						counted: true
					}
				],
				coverage: decidedOf(telemetry)
			};
		}
	)
];
