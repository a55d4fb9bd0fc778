/** What whole steps of a visitor's story move, made of the words of moves.ts. */
import type { Movement } from './figures.ts';
import {
	BEGAN_BACKUP,
	CAPABLE,
	counted,
	CREATED_BY_USER,
	DECIDED,
	firstPasskey,
	heldCredential,
	LINUX,
	listedCredential,
	newUser,
	one,
	passkeySignIn,
	REVOKED,
	sum,
	times,
	type Device,
	type SyncState
} from './moves.ts';

/** A registration that the user asked for and the server took. */
export const created = () => sum(counted('succeeded'), DECIDED, CREATED_BY_USER);

/** Somebody new with a first passkey. */
export function registered({
	state,
	device = LINUX,
	ecosystem,
	capable = true
}: {
	state: SyncState;
	device?: Device;
	ecosystem?: string;
	/** The browser says that it can keep passkeys itself, or reach a phone that does. */
	capable?: boolean;
}): Movement {
	return sum(
		newUser(device),
		capable ? CAPABLE : {},
		created(),
		firstPasskey(device),
		listedCredential(state),
		heldCredential({ state, device, ...(ecosystem && { ecosystem }) })
	);
}

/** The user's first sign-in with it; `backedUp`: and with a passkey that is, so that a password may go. */
export const signedIn = (device = LINUX, { backedUp = true } = {}) =>
	sum(
		counted('succeeded'),
		DECIDED,
		passkeySignIn(device),
		backedUp ? one('sync.password_removal_ready.numerator') : {}
	);

/** The user's only usable credential stands otherwise now; `replaced`: because another took its place. */
export function becomes({
	from,
	to,
	device = LINUX,
	replaced = false
}: {
	from: SyncState;
	to: SyncState;
	device?: Device;
	replaced?: boolean;
}): Movement {
	return sum(
		heldCredential({ state: to, device }),
		times(-1, heldCredential({ state: from, device })),
		listedCredential(to),
		replaced ? REVOKED : times(-1, listedCredential(from)),
		!replaced && from === 'syncable' && to === 'synced' ? BEGAN_BACKUP : {}
	);
}

/** Steps of an upgrade funnel that a prompt led to, in its table and in the overview of all classes. */
export function upgradeSteps({
	funnel,
	label,
	steps
}: {
	funnel: string;
	/** The class and its ecosystem as the table of all classes names them. */
	label: string;
	steps: readonly (keyof typeof STEP_NAMES)[];
}): Movement {
	return sum(
		...steps.map((step) =>
			one(
				...[
					'Users',
					'Asked',
					// Who could be asked is the same whichever way it is done.
					...(step === 'legacy_active' || step === 'eligible' ? ['Automatic'] : [])
				].map((way) => `upgrades.${funnel}.${STEP_NAMES[step]}.${way}`)
			)
		),
		...steps.map((step) => {
			const column = CLASS_COLUMNS[step];
			return column ? one(`upgrades.All classes.${label}.${column}`) : {};
		})
	);
}

const STEP_NAMES = {
	legacy_active: 'Signed in the old way',
	eligible: 'Could upgrade',
	offered: 'Offered',
	started: 'Started',
	created: 'Created',
	verified: 'Stored',
	backed_up: 'Backed up',
	first_use: 'Used',
	retired: 'Old one retired'
};
const CLASS_COLUMNS: Partial<Record<keyof typeof STEP_NAMES, string>> = {
	legacy_active: 'Signed in the old way',
	eligible: 'Could upgrade',
	offered: 'Offered',
	created: 'Created',
	first_use: 'Used'
};
