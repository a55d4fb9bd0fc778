/** Users that figures count, and how their list is told. */
export const COUNTED_USERS = {
	seen: { title: 'Seen', text: 'did anything in the period.', moment: 'Last seen' },
	eligible: {
		title: 'Seen on a client that can use a passkey',
		text: 'came on a client that can use a passkey.',
		moment: 'Last seen there'
	},
	holders: {
		title: 'Seen, and with a passkey',
		text: 'came in the period, and hold a passkey on its last day.',
		moment: 'Last seen'
	},
	offered: { title: 'Offered a passkey', text: 'were offered a passkey.', moment: 'Last offered' },
	took_offer: {
		title: 'Offered a passkey, and created one',
		text: 'were offered a passkey and created one in the period, in whichever order.',
		moment: 'Last offered'
	},
	created: { title: 'Created a passkey', text: 'created a passkey.', moment: 'Last created' },
	signed_in: {
		title: 'Signed in, by any method',
		text: 'signed in, by passkey or by another method.',
		moment: 'Last time'
	},
	signed_in_holding: {
		title: 'Signed in, with a passkey at hand',
		text: 'signed in, by passkey or holding one at that moment.',
		moment: 'Last time'
	},
	fell_back: {
		title: 'Began with a passkey, ended with another method',
		text: 'fell back from a passkey to another method.',
		moment: 'Last time'
	},
	tried_passkey: {
		title: 'Signed in by passkey, or fell back from one',
		text: 'signed in by passkey, or fell back from one to another method.',
		moment: 'Last time'
	},
	with_legacy: {
		title: 'Signed in with a legacy credential',
		text: 'signed in with a credential that is bound to one device.',
		moment: 'First time'
	},
	upgraded: {
		title: 'Upgraded and in use',
		text: 'signed in with a legacy credential, created a synced passkey and signed in with that.',
		moment: 'First legacy sign-in'
	},
	passkey_owners: {
		title: 'With a usable passkey',
		text: 'hold a usable passkey.',
		moment: 'Last used'
	},
	covered: {
		title: 'With a backed-up passkey',
		text: 'hold a passkey that is backed up.',
		moment: 'Last used'
	},
	locked_out: {
		title: 'One lost device from lock-out',
		text: 'hold one usable passkey alone, bound to its device.',
		moment: 'Last used'
	},
	known: { title: 'Seen by then', text: 'had been seen by then.', moment: 'Last seen' },
	reaching: {
		title: 'With passkeys in two ecosystems',
		text: 'hold usable passkeys in two ecosystems or more.',
		moment: 'Last seen'
	},
	removal_ready: {
		title: 'Ready to drop the password',
		text: 'hold two usable passkeys or a backed-up one, and signed in with one lately.',
		moment: 'Last seen'
	}
} as const;

export type CountedUsers = keyof typeof COUNTED_USERS;

/** Those that are listed by what they did: how often is told, and how often nobody was named. */
export const BY_SIGN_INS: readonly string[] = [
	'signed_in',
	'signed_in_holding',
	'fell_back',
	'tried_passkey'
] satisfies CountedUsers[];

/** Those that are as they stand at the end of the period's last day, whatever its first is. */
export const AS_OF_LAST_DAY: readonly string[] = [
	'passkey_owners',
	'covered',
	'locked_out',
	'known',
	'reaching',
	'removal_ready'
] satisfies CountedUsers[];
