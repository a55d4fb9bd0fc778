import Bowser from 'bowser';
import type { ClientHints } from '../../sdk/event/index.ts';
import { clientEcosystem, type ClientEcosystem } from './ecosystems.ts';

/** What is known of the client. Empty text is "unknown". */
export interface Platform {
	os_name: string;
	/** Major version; of Windows "10" or "11". Empty where the browser freezes it. */
	os_version: string;
	browser_name: string;
	/** Major version. */
	browser_version: string;
	device_type: 'desktop' | 'mobile' | 'tablet' | '';
	in_app_browser: boolean;
	client_ecosystem: ClientEcosystem;
	/** Whose WebAuthn code runs: it decides messages and time limits. Every browser on iOS is WebKit. */
	engine: 'chromium' | 'gecko' | 'webkit' | '';
}

const OS_NAMES: Record<string, string> = {
	iOS: 'iOS',
	// No browser says so; an app does.
	iPadOS: 'iPadOS',
	macOS: 'macOS',
	Android: 'Android',
	'Chrome OS': 'ChromeOS',
	Windows: 'Windows',
	Linux: 'Linux'
};

const BROWSER_NAMES: Record<string, string> = {
	'Microsoft Edge': 'Edge',
	'Samsung Internet for Android': 'Samsung Internet',
	'Android Browser': 'Android WebView',
	'NAVER Whale Browser': 'Whale',
	'Yandex Browser': 'Yandex',
	'Google Search': 'Google app'
};

const KNOWN_BROWSERS = new Set<string>(Object.values(Bowser.BROWSER_MAP));

const IN_APP = /; wv\)|FBAN|FBAV|FB_IAB|Instagram|\bLine\/|MicroMessenger|GSA\/|TikTok|Snapchat/;

const CHROMIUM_BROWSERS = new Set([
	...['Chrome', 'Edge', 'Opera', 'Samsung Internet', 'Brave', 'Chromium', 'Vivaldi'],
	...['Android WebView', 'Whale', 'Yandex']
]);

const MAX_ENTRIES = 5_000;
const MAX_USER_AGENT = 512;
const cache = new Map<string, Platform>();
let latest: { key: string | undefined; platform: Platform } = {
	key: undefined,
	platform: parse('', {})
};

/**
 * Reads platform and browser from the User-Agent header and the client hints the page sent along.
 * Parsing takes some twenty microseconds and senders are few kinds, so results are kept (the least recently used goes first).
 */
export function recognisePlatform({
	userAgent,
	client
}: {
	/** Empty when the sender is a server: its own user agent says nothing of the client. */
	userAgent: string;
	client?: ClientHints | undefined;
}): Platform {
	const ua = userAgent.slice(0, MAX_USER_AGENT);
	const key = client ? `${ua}\n${JSON.stringify(client)}` : ua;
	// The events of a batch come from one client.
	if (key === latest.key) return latest.platform;
	const platform = cache.get(key) ?? parse(ua, client ?? {});
	cache.delete(key);
	if (cache.size >= MAX_ENTRIES) cache.delete(cache.keys().next().value ?? '');
	cache.set(key, platform);
	latest = { key, platform };
	return platform;
}

function parse(ua: string, client: ClientHints): Platform {
	// Bowser refuses an empty text; hints alone still name the brands and the system.
	const parsed = Bowser.parse(ua || 'unknown', {
		...(client.brands && { brands: client.brands }),
		...(client.platform && { platform: client.platform })
	});
	const os_name = nameOs(ua, client, parsed.os.name);
	const browser = nameBrowser(parsed.browser, client);
	const browser_version = major(browser.version);
	return {
		os_name,
		os_version: versionOs({ os_name, ua, client, parsed: parsed.os.version, browser_version }),
		browser_name: browser.name,
		browser_version,
		device_type: deviceType({ os_name, client, parsed: parsed.platform.type }),
		in_app_browser: client.in_app_browser ?? IN_APP.test(ua),
		client_ecosystem: clientEcosystem(os_name),
		engine: engine(os_name, browser.name, parsed.engine.name, client)
	};
}

function nameOs(ua: string, client: ClientHints, parsed: string | undefined): string {
	if (/\biPad\b/.test(ua)) return 'iPadOS';
	if (client.platform === 'Chromium OS' || client.platform === 'Chrome OS') return 'ChromeOS';
	const name = OS_NAMES[client.platform ?? ''] ?? OS_NAMES[parsed ?? ''] ?? '';
	// iPadOS asks for desktop pages as a Macintosh; no Mac has a touch screen.
	return name === 'macOS' && (client.max_touch_points ?? 0) > 1 ? 'iPadOS' : name;
}

function versionOs({
	os_name,
	ua,
	client,
	parsed = '',
	browser_version
}: {
	os_name: string;
	ua: string;
	client: ClientHints;
	parsed: string | undefined;
	browser_version: string;
}): string {
	const hinted = major(client.platform_version);
	switch (os_name) {
		case 'Windows':
			// The hint counts API contracts: 13 and up is Windows 11, 1 to 10 is Windows 10, and the header says "NT 10.0" for both.
			if (hinted === '' || hinted === '0') return '';
			return Number(hinted) >= 13 ? '11' : '10';
		case 'macOS':
			return hinted || (/10[._]15[._]7/.test(ua) ? '' : major(parsed));
		case 'iOS':
		case 'iPadOS': {
			// Safari 26 froze the system's version in the header; its own version follows the system's.
			const safari = /Version\/(\d+)/.exec(ua) ? Number(browser_version) : 0;
			const shown = /OS \d+_/.test(ua) ? Number(major(parsed)) : 0;
			// No browser on iOS gives hints; an app says its system's version there.
			return hinted || String(Math.max(safari, shown) || '');
		}
		case 'Android':
			return hinted || (/Android 10; K\)/.test(ua) ? '' : major(parsed));
		case 'ChromeOS':
			return hinted;
		default:
			return '';
	}
}

function nameBrowser(
	parsed: { name?: string | undefined; version?: string | undefined },
	client: ClientHints
): { name: string; version: string } {
	const name = parsed.name ?? '';
	if (KNOWN_BROWSERS.has(name))
		return { name: BROWSER_NAMES[name] ?? name, version: parsed.version ?? '' };
	const brand = client.brands?.find((item) => /^(Google Chrome|Microsoft Edge)$/.test(item.brand));
	if (!brand) return { name: '', version: '' };
	return {
		name: brand.brand === 'Google Chrome' ? 'Chrome' : 'Edge',
		version: brand.version
	};
}

function deviceType({
	os_name,
	client,
	parsed
}: {
	os_name: string;
	client: ClientHints;
	parsed: string | undefined;
}): Platform['device_type'] {
	if (os_name === 'iPadOS') return 'tablet';
	if (parsed === 'desktop' || parsed === 'mobile' || parsed === 'tablet') return parsed;
	if (client.mobile) return 'mobile';
	return ['ChromeOS', 'macOS', 'Windows', 'Linux'].includes(os_name) ? 'desktop' : '';
}

function engine(
	osName: string,
	browser: string,
	parsed: string | undefined,
	client: ClientHints
): Platform['engine'] {
	if (client.brands?.some(({ brand }) => brand === 'Chromium') && !onAppleMobile(osName))
		return 'chromium';
	const known = engineOf(osName, browser);
	if (known) return known;
	if (parsed === 'Blink') return 'chromium';
	if (parsed === 'Gecko') return 'gecko';
	return parsed === 'WebKit' ? 'webkit' : '';
}

/** Whose WebAuthn code runs in a browser by its name; empty where the name alone does not tell. */
export function engineOf(osName: string, browser: string): Platform['engine'] {
	if (onAppleMobile(osName) || browser === 'Safari') return 'webkit';
	if (browser === 'Firefox') return 'gecko';
	return CHROMIUM_BROWSERS.has(browser) ? 'chromium' : '';
}

function onAppleMobile(osName: string): boolean {
	return osName === 'iOS' || osName === 'iPadOS';
}

function major(version: string | undefined): string {
	return /^\d{1,4}/.exec(version ?? '')?.[0] ?? '';
}
