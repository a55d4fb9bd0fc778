/** The words in which the ceremonies' tests say which figures a step must move. Everything left unnamed must stand still. */
import type { Movement } from './figures.ts';

/** Adds movements up; what adds up to nothing is left out. */
export function sum(...parts: Movement[]): Movement {
	const total: Movement = {};
	for (const part of parts)
		for (const [key, by] of Object.entries(part)) total[key] = (total[key] ?? 0) + by;
	return Object.fromEntries(Object.entries(total).filter(([, by]) => by !== 0));
}

/** The same movement times `factor`; −1 takes it back. */
export function times(factor: number, part: Movement): Movement {
	return Object.fromEntries(Object.entries(part).map(([key, by]) => [key, by * factor]));
}

/** Each of these by one. */
export function one(...keys: string[]): Movement {
	return Object.fromEntries(keys.map((key) => [key, 1]));
}

/** An autofill request that nobody has picked a passkey in: listed, and in no rate. */
export const UNTOUCHED = one('ceremonies.tab.untouched', 'ceremonies.tab.all');

/** Outcomes in the pages' words. */
export const OUTCOME_NAMES = {
	untouched: 'Untouched',
	succeeded: 'Succeeded',
	cancelled: 'Cancelled',
	aborted: 'Aborted by the page',
	failed: 'Failed',
	rejected: 'Refused by the server'
};

/** A ceremony that a user started and that is over. */
export function counted(outcome: Exclude<keyof typeof OUTCOME_NAMES, 'untouched'>): Movement {
	return sum(
		one(
			'ceremonies.tab.default',
			'ceremonies.tab.all',
			`ceremonies.tab.${outcome}`,
			'overview.ceremonies-by-outcome.latest.Total',
			`overview.ceremonies-by-outcome.latest.${OUTCOME_NAMES[outcome]}`,
			'overview.ceremony_success.denominator',
			'overview.cancel_rate.denominator',
			'overview.error_rate.denominator'
		),
		outcome === 'succeeded' ? one('overview.ceremony_success.numerator') : {},
		outcome === 'failed' ? one('overview.error_rate.numerator') : {},
		outcome === 'cancelled' ? one('overview.cancel_rate.numerator') : {}
	);
}

/** The page got a response and the server decided on it. */
export const DECIDED = one(
	'overview.telemetry_loss.numerator',
	'overview.telemetry_loss.denominator',
	'overview.verdict_coverage.numerator',
	'overview.verdict_coverage.denominator'
);

export interface Device {
	/** As the pages name it. */
	platform: string;
	ecosystem: string;
}

export const LINUX: Device = { platform: 'Linux', ecosystem: 'Unknown' };
export const MAC: Device = { platform: 'macOS', ecosystem: 'Apple' };

/** Somebody new, known by name to the site. */
export function newUser({ platform, ecosystem }: Device): Movement {
	return one(
		'overview.users.Seen',
		'overview.activation_rate.denominator',
		'adoption.activation_rate.denominator',
		'adoption.eligible_users.denominator',
		`adoption.adoption-breakdown.${platform}, ${ecosystem}.Users seen`,
		'sync.reach.denominator',
		'sync.password_removal_ready.denominator',
		'sync.sync-reach.None.Users'
	);
}

/** The new user's client can keep passkeys itself, or reach a phone that does. */
export const CAPABLE = one(
	'overview.users.Passkey-capable client',
	'adoption.eligible_users.numerator',
	'adoption.adoption-funnel.Eligible.Users'
);

/** The user's first passkey that the server took. */
export function firstPasskey({ platform, ecosystem }: Device): Movement {
	return sum(
		one(
			'overview.users.With a passkey',
			'overview.activation_rate.numerator',
			'adoption.activation_rate.numerator',
			'overview.sync_coverage.denominator',
			'sync.sync_coverage.denominator',
			'sync.lockout_risk.denominator',
			`adoption.adoption-breakdown.${platform}, ${ecosystem}.Created one`,
			'sync.sync-reach.One ecosystem.Users'
		),
		times(-1, one('sync.sync-reach.None.Users'))
	);
}

/** A passkey created by the user's own action, on Adoption. */
export const CREATED_BY_USER = one('adoption.adoption-series.latest.By the user');

export type SyncState = 'synced' | 'syncable' | 'device_bound' | 'illegal';

const STATE_NAMES: Record<SyncState, string> = {
	synced: 'Synced',
	syncable: 'Syncable, not backed up',
	device_bound: 'Device-bound',
	illegal: 'Illegal flags'
};

/** One more usable credential in this state, its owner's only one, on Sync coverage. */
export function heldCredential({
	state,
	device,
	ecosystem = device.ecosystem
}: {
	state: SyncState;
	device: Device;
	/** The passkey's own. */
	ecosystem?: string;
}): Movement {
	const provider = `sync.sync-by-provider.Unknown provider, ${ecosystem}`;
	const platform = `sync.sync-platform-provider.${device.platform}, Unknown provider`;
	return sum(
		one(
			'credentials.active',
			`credentials.active.${state}`,
			`sync.sync-states.${STATE_NAMES[state]}.Credentials`,
			`sync.sync-states.${STATE_NAMES[state]}.Users`,
			`sync.sync-states-over-time.latest.${STATE_NAMES[state]}`,
			`${provider}.Credentials`,
			`${provider}.Users`,
			`${provider}.${STATE_NAMES[state]}`,
			`${platform}.Credentials`,
			'sync.synced_share.denominator'
		),
		state === 'synced' || state === 'syncable'
			? one('sync.synced_share.numerator', 'sync.backed_up_share.denominator')
			: {},
		state === 'synced'
			? one(
					`${platform}.Synced`,
					'sync.backed_up_share.numerator',
					'sync.sync_coverage.numerator',
					'overview.sync_coverage.numerator'
				)
			: {},
		state === 'device_bound' ? one('sync.lockout_risk.numerator') : {}
	);
}

/** A verified sign-in by passkey, beside the ceremony itself. */
export function passkeySignIn({ platform, ecosystem }: Device): Movement {
	return one(
		'overview.usage_rate_all.numerator',
		'overview.usage_rate_all.denominator',
		'adoption.usage_rate_all.numerator',
		'adoption.usage_rate_all.denominator',
		'adoption.usage_rate_enrolled.numerator',
		'adoption.usage_rate_enrolled.denominator',
		'adoption.fallback_rate.denominator',
		'adoption.adoption-series.latest.Passkey',
		'adoption.sign-ins-by-method.Passkey.Sign-ins',
		`adoption.adoption-breakdown.${platform}, ${ecosystem}.Passkey sign-ins`
	);
}

/** One more line of the inventory, whatever became of it. */
export function listedCredential(state: SyncState): Movement {
	return one('credentials.tab.default', `credentials.tab.${state}`);
}

const BACKED_UP =
	'sync.flag-changes.Now backed up (BS 0 → 1) The provider has synced it: losing the device no longer loses it.';

/** A credential's BS was set, for the first time in the period. */
export const BEGAN_BACKUP = one(`${BACKED_UP}.Times`, `${BACKED_UP}.Credentials`);

/** A credential that is gone. */
export const REVOKED = one('credentials.inventory.Revoked');

/** The server did not take it: it is listed, and in no figure about users. */
export const REFUSED_ILLEGAL = sum(
	listedCredential('illegal'),
	one('credentials.inventory.Refused by the server', 'credentials.inventory.BS without BE')
);

/** The user's first sight of the site's own offer. */
export function firstOffer({ platform, ecosystem }: Device): Movement {
	return one(
		'overview.enrollment_rate.denominator',
		'adoption.enrollment_rate.denominator',
		'adoption.adoption-funnel.Offered.Users',
		`adoption.adoption-breakdown.${platform}, ${ecosystem}.Offered`,
		'adoption.adoption-prompts.First.Shown'
	);
}

/** Somebody who was offered a passkey has one they created, before or after: the rate does not ask which came first. */
export const CREATED_AND_OFFERED = one(
	'overview.enrollment_rate.numerator',
	'adoption.enrollment_rate.numerator'
);

/** Somebody took an offer, and the server took the passkey. */
export const TOOK_OFFER = one(
	'adoption.adoption-funnel.Started.Users',
	'adoption.adoption-funnel.Created.Users',
	'adoption.adoption-funnel.Verified.Users'
);
export const USED_AFTER_ENROLMENT = one('adoption.adoption-funnel.First use.Users');

export const PASSWORD_SIGN_IN = one(
	'overview.usage_rate_all.denominator',
	'adoption.usage_rate_all.denominator',
	'adoption.adoption-series.latest.Password',
	'adoption.sign-ins-by-method.Password.Sign-ins'
);
