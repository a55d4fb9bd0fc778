import type { CountedUsers } from './counted-users.ts';
import type { CountedCeremonies } from './counted-ceremonies.ts';
import type { CountedPasskeys } from './counted-passkeys.ts';

/** The list behind a count: a page and its own parameters. */
export interface Behind {
	path: '/users' | '/ceremonies' | '/credentials';
	parameters: Record<string, string>;
}

export const usersBehind = (which: CountedUsers): Behind => ({
	path: '/users',
	parameters: { group: 'counted', which }
});

export const ceremoniesBehind = (counted: CountedCeremonies): Behind => ({
	path: '/ceremonies',
	parameters: { counted }
});

const passkeysBehind = (counted: CountedPasskeys): Behind => ({
	path: '/credentials',
	parameters: { counted }
});

/** What is behind the two counts of each figure that can be broken down; a time has one, of how many it is. */
export const BEHIND = {
	eligible_users: { numerator: usersBehind('eligible'), denominator: usersBehind('seen') },
	activation_rate: { numerator: usersBehind('holders'), denominator: usersBehind('seen') },
	enrollment_rate: { numerator: usersBehind('took_offer'), denominator: usersBehind('offered') },
	usage_rate_all: {
		numerator: ceremoniesBehind('signed_in'),
		denominator: usersBehind('signed_in')
	},
	usage_rate_enrolled: {
		numerator: ceremoniesBehind('signed_in'),
		denominator: usersBehind('signed_in_holding')
	},
	fallback_rate: {
		numerator: usersBehind('fell_back'),
		denominator: usersBehind('tried_passkey')
	},
	ceremony_success: {
		numerator: ceremoniesBehind('verified'),
		denominator: ceremoniesBehind('judged')
	},
	cancel_rate: {
		numerator: ceremoniesBehind('cancelled'),
		denominator: ceremoniesBehind('started')
	},
	error_rate: { numerator: ceremoniesBehind('failed'), denominator: ceremoniesBehind('started') },
	drop_off: { numerator: ceremoniesBehind('unfinished'), denominator: ceremoniesBehind('started') },
	abandonment: { numerator: ceremoniesBehind('overdue'), denominator: ceremoniesBehind('asked') },
	verdict_coverage: {
		numerator: ceremoniesBehind('completed_decided'),
		denominator: ceremoniesBehind('completed')
	},
	rejection_rate: {
		numerator: ceremoniesBehind('refused'),
		denominator: ceremoniesBehind('answered')
	},
	sync_coverage: { numerator: usersBehind('covered'), denominator: usersBehind('passkey_owners') },
	synced_share: { numerator: passkeysBehind('eligible'), denominator: passkeysBehind('known') },
	backed_up_share: {
		numerator: passkeysBehind('backed_up'),
		denominator: passkeysBehind('eligible')
	},
	lockout_risk: {
		numerator: usersBehind('locked_out'),
		denominator: usersBehind('passkey_owners')
	},
	reach: { numerator: usersBehind('reaching'), denominator: usersBehind('known') },
	password_removal_ready: {
		numerator: usersBehind('removal_ready'),
		denominator: usersBehind('known')
	},
	upgrade_rate: { numerator: usersBehind('upgraded'), denominator: usersBehind('with_legacy') },
	time_to_sign_in: { denominator: ceremoniesBehind('timed') },
	cda_completion: {
		numerator: ceremoniesBehind('crossed'),
		denominator: ceremoniesBehind('crossing')
	}
} as const satisfies Record<string, CountsBehind>;

interface CountsBehind {
	numerator?: Behind;
	denominator: Behind;
}

export const behindCounts = (figure: keyof typeof BEHIND): CountsBehind => BEHIND[figure];
