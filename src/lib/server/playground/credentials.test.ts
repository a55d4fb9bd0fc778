import { expect, test } from 'vitest';
import { isLegacy } from './credentials.ts';

test.each([
	['a synced passkey', true, ['internal', 'hybrid'], 'platform', 'none', false],
	['a device-bound platform credential', false, ['internal'], 'platform', 'none', true],
	['a platform credential whose transports are not told', false, [], 'platform', 'none', true],
	['a passkey on a security key', false, ['usb', 'nfc'], 'cross-platform', 'none', false],
	['a U2F key', false, ['usb'], 'cross-platform', 'fido-u2f', true]
])(
	'%s: legacy or not',
	(_title, backupEligible, transports, attachment, attestationFormat, legacy) => {
		expect(isLegacy({ backupEligible, transports, attachment, attestationFormat })).toBe(legacy);
	}
);
