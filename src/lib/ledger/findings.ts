/** What the ledger points out, and what each means. */

export const FINDING_KINDS = [
	'bs_without_be',
	'be_changed',
	'counter_back',
	'foreign_system',
	'two_countries',
	'registration_burst',
	'dormant_awake'
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

interface KindWords {
	name: string;
	/** `forbidden`: the specification rules it out. `suspicious`: there are harmless reasons too. */
	weight: 'forbidden' | 'suspicious';
	meaning: string;
}

export const FINDINGS: Record<FindingKind, KindWords> = {
	bs_without_be: {
		name: 'Backed up without being eligible',
		weight: 'forbidden',
		meaning:
			'BS set with BE clear, which WebAuthn forbids: the authenticator is broken, or the data was tampered with.'
	},
	be_changed: {
		name: 'Eligibility changed',
		weight: 'forbidden',
		meaning:
			'BE is fixed when a credential is made. Another value means another authenticator answered under the same id, or a provider’s fault.'
	},
	counter_back: {
		name: 'Counter went back',
		weight: 'suspicious',
		meaning: 'The server refused it: a copy of the key may exist, or a device was restored.'
	},
	foreign_system: {
		name: 'On a system its provider does not serve',
		weight: 'suspicious',
		meaning:
			'It answered as the device’s own where the provider recorded at registration has no authenticator: it may have been exported. An import leaves no other trace.'
	},
	two_countries: {
		name: 'In distant countries within the hour',
		weight: 'suspicious',
		meaning:
			'Two that no border, bridge or tunnel joins. A synced passkey used by two people or stolen, or one person with a VPN or a mobile network’s exit abroad.'
	},
	registration_burst: {
		name: 'Many registrations at once',
		weight: 'suspicious',
		meaning:
			'Four or more credentials of one user within an hour: somebody adds their own, or a test.'
	},
	dormant_awake: {
		name: 'Used after long disuse',
		weight: 'suspicious',
		meaning:
			'It answered after 180 days or more without a sign: a forgotten device, or a found one.'
	}
};

/** The flags behind 1 + 2·BE + BS. */
const FLAGS: Record<string, string> = {
	'1': 'BE 0, BS 0',
	'2': 'BE 0, BS 1',
	'3': 'BE 1, BS 0',
	'4': 'BE 1, BS 1'
};

/** What was seen, in a few words. `country` names a code. */
export function describeFinding(
	{
		kind,
		before,
		after,
		amount
	}: { kind: FindingKind; before: string; after: string; amount: number },
	country: (code: string) => string = (code) => code
): string {
	switch (kind) {
		case 'bs_without_be':
		case 'be_changed':
			return before ? `${FLAGS[before]} → ${FLAGS[after]}` : `${FLAGS[after]} from the first`;
		case 'counter_back':
			return 'refused by the server';
		case 'foreign_system':
			return `${before} on ${after}`;
		case 'two_countries':
			return `${country(before)}, then ${country(after)} ${amount} min later`;
		case 'registration_burst':
			return `${amount} within an hour`;
		case 'dormant_awake':
			return `after ${amount} days`;
	}
}

export const FINDING_STATES = ['open', 'resolved', 'ignored'] as const;

export type FindingState = (typeof FINDING_STATES)[number];

export const FINDING_STATE_NAMES: Record<FindingState, string> = {
	open: 'Open',
	resolved: 'Resolved',
	ignored: 'Ignored'
};

/** What a change of the backup flags is. */
export const FLAG_CHANGES = [
	'backed_up',
	'no_longer_backed_up',
	'eligibility_changed',
	'illegal'
] as const;

export type FlagChange = (typeof FLAG_CHANGES)[number];

export const FLAG_CHANGE_WORDS: Record<
	FlagChange,
	{ name: string; flags: string; meaning: string; forbidden?: true }
> = {
	backed_up: {
		name: 'Now backed up',
		flags: 'BS 0 → 1',
		meaning: 'The provider has synced it: losing the device no longer loses it.'
	},
	no_longer_backed_up: {
		name: 'No longer backed up',
		flags: 'BS 1 → 0',
		meaning: 'Syncing was switched off, or its owner left the account: the device is all there is.'
	},
	eligibility_changed: {
		name: 'Eligibility changed',
		flags: 'BE 0 ↔ 1',
		meaning:
			'The specification forbids it: another authenticator answered under the same id, or a provider’s fault.',
		forbidden: true
	},
	illegal: {
		name: 'Backed up without being eligible',
		flags: 'BE 0, BS 1',
		meaning: 'The specification forbids it: a broken authenticator, or data tampered with.',
		forbidden: true
	}
};
