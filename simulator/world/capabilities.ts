import { browserMajor, engineOf, isChromium, majorOf, type Device } from './client.ts';

/** What the SDK finds out once a session. */
export interface Capabilities {
	webauthn: boolean;
	platform_authenticator?: boolean;
	conditional_mediation?: boolean;
	capabilities?: Record<string, boolean>;
}

/** What a client can do, after the tables of browser support in the project's reference. */
export function capabilitiesOf(device: Device, daysBeforeEnd: number): Capabilities {
	const { os, browser } = device;
	const version = majorOf(device.osVersion);
	if (browser === 'WebView') return { webauthn: false };
	const platform = os !== 'Linux' && !(os === 'Android' && version < 9);
	const conditionalGet = canConditionalGet(device);
	const found: Capabilities = {
		webauthn: true,
		platform_authenticator: platform,
		conditional_mediation: conditionalGet
	};
	if (!hasClientCapabilities(device)) return found;
	const chromium = isChromium(device);
	found.capabilities = {
		conditionalCreate: canConditionalCreate(device, daysBeforeEnd),
		conditionalGet,
		hybridTransport: browser !== 'Firefox',
		passkeyPlatformAuthenticator: platform,
		userVerifyingPlatformAuthenticator: platform,
		relatedOrigins: chromium || version >= 18,
		signalAllAcceptedCredentials: canSignal(device),
		signalCurrentUserDetails: canSignal(device),
		signalUnknownCredential: canSignal(device),
		...(chromium && { immediateGet: false })
	};
	return found;
}

/** Another app's browser view; no WebAuthn; neither a screen lock nor a phone to ask; it does not tell whether a phone could be asked. */
export type Blocker = 'embedded' | 'no_webauthn' | 'no_authenticator' | 'untold';

/** What keeps a client from using a passkey, of one that cannot or does not show that it can. */
export function blockerOf({ browser }: Device, { webauthn, capabilities }: Capabilities): Blocker {
	if (browser === 'WebView') return 'embedded';
	if (!webauthn) return 'no_webauthn';
	return capabilities ? 'no_authenticator' : 'untold';
}

/** Autofill can offer passkeys. */
export function canConditionalGet({ os, osVersion, browser }: Device): boolean {
	if (browser === 'WebView') return false;
	if (os === 'iOS' || os === 'iPadOS') return majorOf(osVersion) >= 16;
	if (os === 'macOS') return browser !== 'Safari' || majorOf(osVersion) >= 13;
	if (os === 'Windows') return majorOf(osVersion) >= 13;
	if (os === 'Android') return majorOf(osVersion) >= 9;
	return os === 'ChromeOS' || browser === 'Chrome';
}

/** The browser may create a passkey silently after a password sign-in: Safari 18, Chromium 136, on Android 142; never Firefox. */
export function canConditionalCreate(device: Device, daysBeforeEnd: number): boolean {
	const version = majorOf(device.osVersion);
	if (device.browser === 'WebView') return false;
	if (engineOf(device) === 'firefox') return false;
	if (engineOf(device) === 'webkit') return device.os === 'macOS' ? version >= 15 : version >= 18;
	if (device.browser === 'Samsung Internet') return false;
	return browserMajor(device, daysBeforeEnd) >= (device.os === 'Android' ? 142 : 136);
}

/**
 * The client can make a passkey that its provider syncs, as far as anyone can tell from outside:
 * Safari and Firefox on a Mac hide the system's version, and what a Firefox on Windows reaches depends on the system's settings.
 */
export function canCreateSynced({ os, osVersion, browser }: Device): boolean | undefined {
	const version = majorOf(osVersion);
	if (browser === 'WebView') return false;
	switch (os) {
		case 'iOS':
		case 'iPadOS':
			return version >= 16;
		case 'macOS':
			if (browser === 'Chrome') return version >= 13;
			return browser === 'Safari' && version >= 15 ? true : undefined;
		case 'Android':
			return version >= 9;
		case 'ChromeOS':
			return true;
		case 'Windows':
			return browser === 'Firefox' ? undefined : true;
		case 'Linux':
			return false;
	}
}

/** The Signal API: Chromium 132 and Safari 26. */
export function canSignal(device: Device): boolean {
	if (engineOf(device) === 'firefox' || device.browser === 'WebView') return false;
	return isChromium(device)
		? device.browser !== 'Samsung Internet'
		: majorOf(device.osVersion) >= 26;
}

function hasClientCapabilities(device: Device): boolean {
	if (isChromium(device)) return device.browser !== 'Samsung Internet';
	if (engineOf(device) === 'firefox') return true;
	const version = majorOf(device.osVersion);
	return device.os === 'macOS' ? version >= 15 : version >= 18;
}
