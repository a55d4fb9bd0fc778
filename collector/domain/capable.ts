import type { EventOf } from '../../sdk/event/index.ts';
import type { Platform } from './platform.ts';

type Capabilities = EventOf<'client.capabilities'>;

/**
 * This client can use a passkey: on itself, or on a phone beside it. `null` when what would decide it is unknown.
 * A security key needs neither, but nobody plans a rollout on those.
 */
export function passkeyCapable(event: Capabilities): boolean | null {
	if (!event.webauthn) return false;
	const { capabilities = {} } = event;
	const ways = [
		event.platform_authenticator,
		event.conditional_mediation,
		capabilities.passkeyPlatformAuthenticator,
		capabilities.userVerifyingPlatformAuthenticator,
		capabilities.hybridTransport
	];
	if (ways.includes(true)) return true;
	return event.platform_authenticator === false && capabilities.hybridTransport === false
		? false
		: null;
}

/**
 * This client can create a synced passkey, by the support table of each ecosystem: iOS and iPadOS 16, macOS 13, Android 9,
 * ChromeOS 129, Google Password Manager in desktop Chrome 129, Microsoft Password Manager in Edge 142 on Windows.
 * `null` where the version is hidden or an extension may decide.
 */
export function syncedCapable(event: Capabilities, platform: Platform): boolean | null {
	if (passkeyCapable(event) === false) return false;
	const browser = Number(platform.browser_version) || 0;
	const os = Number(platform.os_version) || 0;
	switch (platform.os_name) {
		case 'iOS':
		case 'iPadOS':
			return os === 0 ? null : os >= 16;
		case 'macOS':
			if (os > 0) return os >= 13;
			// Safari 18 needs macOS 13; an older one runs on systems before and after it.
			return platform.browser_name === 'Safari' && browser >= 18 ? true : null;
		case 'Android':
			// The frozen header says 10 for everything from 10 on.
			return os === 0 || os >= 9;
		case 'ChromeOS':
			return browser === 0 ? null : browser >= 129;
		case 'Windows':
			if (platform.browser_name === 'Edge') return browser >= 142;
			return platform.browser_name === 'Chrome' && browser >= 129 ? true : null;
		case 'Linux':
			return platform.browser_name === 'Chrome' && browser >= 129
				? (event.capabilities?.passkeyPlatformAuthenticator ?? null)
				: null;
		default:
			return null;
	}
}
