import type { Ecosystem } from '../filters.ts';

/** Where a passkey of each ecosystem works, and what to do for whom it does not reach. */
export const ECOSYSTEM_REACH: Record<Ecosystem, { reaches: string; elsewhere: string }> = {
	apple: {
		reaches: 'iPhone, iPad and Mac of one Apple account (Apple Passwords, iCloud Keychain)',
		elsewhere: 'On Windows and Android by QR with the iPhone at hand: offer a second passkey there.'
	},
	google: {
		reaches: 'Android, ChromeOS, and Chrome on Windows, macOS and Linux (Google Password Manager)',
		elsewhere: 'In Safari and other browsers by QR with the phone: offer a second passkey there.'
	},
	microsoft: {
		reaches:
			'Windows, in Edge and with the account signed in (Microsoft Password Manager); Windows Hello: that one PC',
		elsewhere: 'Nowhere else: offer a passkey on the phone.'
	},
	third_party: {
		reaches:
			'Wherever the password manager is installed (1Password, Dashlane, Bitwarden and others)',
		elsewhere: 'On a borrowed device by QR, where the manager’s phone app supports it.'
	},
	security_key: {
		reaches: 'Any device with a port or NFC for it, and no copy',
		elsewhere: 'Ask for a second key, or a synced passkey beside it.'
	},
	unknown: {
		reaches: 'Not known: the provider did not name itself',
		elsewhere: 'Reach counts it as one ecosystem, and never as a second.'
	}
};
