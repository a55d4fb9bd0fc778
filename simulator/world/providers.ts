import { majorOf, type Device, type Os } from './client.ts';
import type { Random } from '../random.ts';

export type LegacyClass =
	'apple_platform' | 'android_platform' | 'chrome_mac_profile' | 'windows_hello' | 'u2f_key';

export const ZERO_AAGUID = '00000000-0000-0000-0000-000000000000';

/** Where a credential is kept, with what its registration tells a relying party. */
export interface Provider {
	id: string;
	aaguid: string;
	backupEligible: boolean;
	attachment: 'platform' | 'cross-platform';
	transports: readonly string[];
	ecosystem: 'apple' | 'google' | 'microsoft' | 'third_party' | 'security_key' | 'unknown';
	/** COSE algorithm: Windows Hello prefers RSA, the others ES256. */
	algorithm: -7 | -257;
	/** Share of its fresh credentials that are not backed up yet (BE=1, BS=0). */
	lateBackup: number;
	/** Set for credentials an upgrade would replace. */
	legacyClass?: LegacyClass;
}

const synced = (
	id: string,
	aaguid: string,
	ecosystem: Provider['ecosystem'],
	lateBackup: number,
	transports: readonly string[] = ['internal', 'hybrid']
): Provider => ({
	id,
	aaguid,
	backupEligible: true,
	attachment: 'platform',
	transports,
	ecosystem,
	algorithm: -7,
	lateBackup
});

const bound = (
	id: string,
	aaguid: string,
	ecosystem: Provider['ecosystem'],
	more: Partial<Provider> = {}
): Provider => ({
	id,
	aaguid,
	backupEligible: false,
	attachment: 'platform',
	transports: ['internal'],
	ecosystem,
	algorithm: -7,
	lateBackup: 0,
	...more
});

export const PROVIDERS = {
	apple: synced('apple', 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd', 'apple', 0.07),
	google: synced('google', 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4', 'google', 0.05),
	microsoft: synced('microsoft', 'd3452668-01fd-4c12-926c-83a4204853aa', 'microsoft', 0.14),
	samsung: synced('samsung', '53414d53-554e-4700-0000-000000000000', 'third_party', 0.06),
	onepassword: synced('onepassword', 'bada5566-a7aa-401f-bd96-45619a55120d', 'third_party', 0),
	dashlane: synced('dashlane', '531126d6-e717-415c-9320-3d9aa6981239', 'third_party', 0),
	bitwarden: synced('bitwarden', 'd548826e-79b4-db40-a3d8-11116f7e8349', 'third_party', 0),
	windows_hello: bound('windows_hello', '08987058-cadc-4b81-b6e1-30de50dcbe96', 'microsoft', {
		algorithm: -257,
		legacyClass: 'windows_hello'
	}),
	chrome_mac_profile: bound(
		'chrome_mac_profile',
		'adce0002-35bc-c60a-648b-0b25f1f05503',
		'google',
		{ legacyClass: 'chrome_mac_profile' }
	),
	android_legacy: bound('android_legacy', 'b93fd961-f2e6-462f-b122-82002247de78', 'google', {
		legacyClass: 'android_platform'
	}),
	apple_legacy: bound('apple_legacy', ZERO_AAGUID, 'apple', { legacyClass: 'apple_platform' }),
	u2f_key: bound('u2f_key', ZERO_AAGUID, 'security_key', {
		attachment: 'cross-platform',
		transports: ['usb'],
		legacyClass: 'u2f_key'
	}),
	security_key: bound('security_key', '2fc0579f-8113-47ea-b116-bb5a8db9202a', 'security_key', {
		attachment: 'cross-platform',
		transports: ['nfc', 'usb']
	})
} as const satisfies Record<string, Provider>;

export type ProviderId = keyof typeof PROVIDERS;
/** A password manager of the person's own choice answers before the platform's. */
export type Manager = 'platform' | 'onepassword' | 'dashlane' | 'bitwarden';

/** Which provider takes a new credential on this device. Undefined: nothing on it can. */
export function choosePlatformProvider(
	device: Device,
	manager: Manager,
	random: Random
): ProviderId | undefined {
	const version = majorOf(device.osVersion);
	if (device.browser === 'WebView') return undefined;
	const managersWork =
		device.os === 'Android'
			? version >= 14
			: device.os === 'iOS' || device.os === 'iPadOS'
				? version >= 17
				: device.browser !== 'Safari' || version >= 14;
	if (manager !== 'platform' && managersWork) return manager;
	switch (device.os) {
		case 'iOS':
		case 'iPadOS':
			return version >= 16 ? 'apple' : 'apple_legacy';
		case 'macOS':
			if (device.browser === 'Chrome')
				return random.chance(0.58) && version >= 13 ? 'apple' : 'google';
			return version >= 13 ? 'apple' : 'apple_legacy';
		case 'Android':
			if (version < 9) return 'android_legacy';
			return device.samsung && version >= 14 && random.chance(0.22) ? 'samsung' : 'google';
		case 'ChromeOS':
			return 'google';
		case 'Windows':
			if (device.browser === 'Chrome') return random.chance(0.52) ? 'google' : 'windows_hello';
			if (device.browser === 'Edge') return random.chance(0.38) ? 'microsoft' : 'windows_hello';
			return 'windows_hello';
		case 'Linux':
			return device.browser === 'Chrome' ? 'google' : undefined;
	}
}

/** Whether what this provider keeps can sign on this device; device-bound ones are compared by device elsewhere. */
export function providerReaches(provider: ProviderId, device: Device): boolean {
	if (device.browser === 'WebView') return false;
	switch (provider) {
		case 'apple':
			return device.ecosystem === 'apple';
		case 'google':
			return (
				device.os === 'Android' ||
				(device.browser === 'Chrome' && device.os !== 'iPadOS') ||
				device.os === 'ChromeOS'
			);
		case 'microsoft':
			return device.os === 'Windows' && device.browser === 'Edge';
		case 'samsung':
			return device.os === 'Android' && device.samsung;
		case 'onepassword':
		case 'dashlane':
		case 'bitwarden':
			return majorOf(device.osVersion) >= 13 || device.os === 'Linux' || device.os === 'ChromeOS';
		default:
			return false;
	}
}

/** Systems that a provider has an app for; of those left out, all. */
const SERVED: Partial<Record<ProviderId, readonly Os[]>> = {
	apple: ['iOS', 'iPadOS', 'macOS'],
	microsoft: ['Windows'],
	samsung: ['Android']
};

/** Whether a provider is there at all on a system, whatever the browser. */
export const isServed = (provider: ProviderId, os: Os): boolean =>
	SERVED[provider]?.includes(os) ?? true;

/** Passkeys on these sign for other devices over a QR code: phones and tablets alone. */
export const signsForOthers = (device: Device) =>
	device.browser !== 'WebView' &&
	((device.os === 'Android' && majorOf(device.osVersion) >= 9) ||
		((device.os === 'iOS' || device.os === 'iPadOS') && majorOf(device.osVersion) >= 16));
