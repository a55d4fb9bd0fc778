import { expect, test } from 'vitest';
import type { EventOf } from '../../sdk/event/index.ts';
import { passkeyCapable, syncedCapable } from './capable.ts';
import { recognisePlatform } from './platform.ts';

type Capabilities = EventOf<'client.capabilities'>;

test.each<[string, Partial<Capabilities>, string, string, boolean | null, boolean | null]>([
	['no WebAuthn', { webauthn: false }, 'Windows 11', 'Chrome 147', false, false],
	[
		'a platform authenticator',
		{ platform_authenticator: true },
		'Windows 11',
		'Chrome 147',
		true,
		true
	],
	[
		'none, but hybrid',
		{ platform_authenticator: false, capabilities: { hybridTransport: true } },
		'Linux ',
		'Chrome 147',
		true,
		null
	],
	[
		'neither',
		{ platform_authenticator: false, capabilities: { hybridTransport: false } },
		'Linux ',
		'Chrome 147',
		false,
		false
	],
	[
		'no platform authenticator, hybrid unknown',
		{ platform_authenticator: false },
		'Linux ',
		'Firefox 145',
		null,
		null
	],
	[
		'Windows with Firefox',
		{ platform_authenticator: true },
		'Windows 11',
		'Firefox 145',
		true,
		null
	],
	[
		'Windows with an older Edge',
		{ platform_authenticator: true },
		'Windows 11',
		'Edge 141',
		true,
		false
	],
	['Windows with Edge 142', { platform_authenticator: true }, 'Windows 11', 'Edge 142', true, true],
	['iOS 15', { platform_authenticator: true }, 'iOS 15', 'Safari 15', true, false],
	['iOS 16', { platform_authenticator: true }, 'iOS 16', 'Safari 16', true, true],
	['macOS 12', { platform_authenticator: true }, 'macOS 12', 'Chrome 147', true, false],
	['macOS unknown, Safari 18', { platform_authenticator: true }, 'macOS ', 'Safari 18', true, true],
	['macOS unknown, Safari 16', { platform_authenticator: true }, 'macOS ', 'Safari 16', true, null],
	[
		'Android with a frozen version',
		{ platform_authenticator: true },
		'Android ',
		'Chrome 147',
		true,
		true
	],
	['Android 8', { platform_authenticator: true }, 'Android 8', 'Chrome 100', true, false],
	['ChromeOS 128', { platform_authenticator: true }, 'ChromeOS ', 'Chrome 128', true, false],
	['ChromeOS 129', { platform_authenticator: true }, 'ChromeOS ', 'Chrome 129', true, true],
	['an unknown system', { platform_authenticator: true }, ' ', ' ', true, null]
])('%s', (_, event, os, browser, passkey, synced) => {
	const [os_name = '', os_version = ''] = os.split(' ');
	const [browser_name = '', browser_version = ''] = browser.split(' ');
	const platform = {
		...recognisePlatform({ userAgent: '' }),
		os_name,
		os_version,
		browser_name,
		browser_version
	};
	const full = { webauthn: true, ...event } as Capabilities;
	expect([passkeyCapable(full), syncedCapable(full, platform)]).toEqual([passkey, synced]);
});
