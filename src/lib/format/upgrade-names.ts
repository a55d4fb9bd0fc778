/** The legacy classes, the upgrade funnel's steps, and what a reader needs to know of each. */

export interface LegacyClassWords {
	name: string;
	what: string;
	path: string;
}

export const LEGACY_CLASSES: Record<string, LegacyClassWords> = {
	apple_platform: {
		name: 'Apple platform credential',
		what: 'Made on iOS or iPadOS up to 15 or macOS up to 12, before passkeys: bound to its device.',
		path: 'Register again with the same user id: the system replaces it with a passkey that syncs through iCloud Keychain.'
	},
	android_platform: {
		name: 'Android platform credential',
		what: 'Made by Android before passkeys, or without residentKey: bound to its device, not offered by autofill.',
		path: 'Register with residentKey "required": a synced passkey is made beside it. Then retire the old one on the server.'
	},
	chrome_mac_profile: {
		name: 'Chrome or Edge profile on Mac',
		what: 'Kept in one browser profile on one Mac: bound to it.',
		path: 'Register anew: the browser now offers iCloud Keychain or its own password manager, which sync.'
	},
	windows_hello: {
		name: 'Windows Hello',
		what: 'Kept in the PC’s TPM: bound to it, and not obsolete.',
		path: 'Creating again gives another device-bound one. A synced passkey needs Microsoft or Google Password Manager, or another provider’s plug-in.'
	},
	u2f_key: {
		name: 'U2F security key',
		what: 'Registered as a second factor: knows no user, works beside a password only.',
		path: 'Offer a passkey on the user’s own devices, and keep the key as a backup.'
	},
	other_platform: {
		name: 'Other platform credential',
		what: 'Bound to a device whose system has no synced passkeys of its own.',
		path: 'Offer a passkey on the user’s phone, or with a password manager.'
	},
	password: {
		name: 'Password',
		what: 'Signed in with a password in the period.',
		path: 'Ask for a conditional create right after the password sign-in; offer a passkey by prompt where the browser does not take it.'
	}
};

export const UPGRADE_SECTIONS = [
	{ ecosystem: 'apple', name: 'Apple' },
	{ ecosystem: 'google', name: 'Google' },
	{ ecosystem: 'microsoft', name: 'Microsoft' },
	{ ecosystem: 'security_key', name: 'Security keys' },
	{ ecosystem: 'password', name: 'Passwords' },
	{ ecosystem: 'unknown', name: 'Other' }
] as const;

export type UpgradeSection = (typeof UPGRADE_SECTIONS)[number]['ecosystem'];

/** Passwords have a section of their own, each ecosystem's within it. */
export function sectionOf(row: { ecosystem: string; legacy_class: string }): UpgradeSection {
	if (row.legacy_class === 'password') return 'password';
	return (
		UPGRADE_SECTIONS.find(({ ecosystem }) => ecosystem === row.ecosystem)?.ecosystem ?? 'unknown'
	);
}

export const UPGRADE_STEP_NAMES: Record<string, { name: string; meaning: string }> = {
	legacy_active: {
		name: 'Signed in the old way',
		meaning: 'A verified sign-in with a credential of this class, or with a password.'
	},
	eligible: {
		name: 'Could upgrade',
		meaning: 'A device of theirs there can create a synced passkey, and they had none there.'
	},
	offered: {
		name: 'Offered',
		meaning: 'A prompt was shown, an automatic create was tried, or they began one themselves.'
	},
	started: { name: 'Started', meaning: 'The page called create().' },
	created: { name: 'Created', meaning: 'A passkey that can sync (BE=1) was made.' },
	verified: { name: 'Stored', meaning: 'The server verified and kept it.' },
	backed_up: { name: 'Backed up', meaning: 'The BS flag was seen set, then or later.' },
	first_use: { name: 'Used', meaning: 'A verified sign-in with the new passkey.' },
	retired: {
		name: 'Old one retired',
		meaning: 'Every credential of the class they had used was revoked or signalled.'
	}
};
