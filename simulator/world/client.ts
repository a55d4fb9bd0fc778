import type { ClientHints } from '../../sdk/event/index.ts';
import type { Random } from '../random.ts';

export type Os = 'iOS' | 'iPadOS' | 'macOS' | 'Android' | 'ChromeOS' | 'Windows' | 'Linux';
export type Browser = 'Safari' | 'Chrome' | 'Edge' | 'Firefox' | 'Samsung Internet' | 'WebView';
export type ClientEcosystem = 'apple' | 'google' | 'microsoft' | 'unknown';

/** One device of a person with the browser they use on it. Versions move with the calendar, not here. */
export interface Device {
	os: Os;
	/** "17.6", "26.1", "14", "15.0.0" (Windows 11 by its client hint) … */
	osVersion: string;
	browser: Browser;
	/** Android model's maker matters: Samsung phones come with Samsung Pass. */
	samsung: boolean;
	ecosystem: ClientEcosystem;
	/** Share of the person's visits made here. */
	share: number;
}

const CHROMIUM_AT_END = 156;
const FIREFOX_AT_END = 153;

/** Browsers of Chromium's line: they have client hints and Chromium's error messages. */
export const isChromium = ({ browser, os }: Pick<Device, 'browser' | 'os'>) =>
	os !== 'iOS' && os !== 'iPadOS' && browser !== 'Firefox' && browser !== 'Safari';

/** Whose error messages a browser speaks: on Apple's phones every browser is WebKit underneath. */
export function engineOf(device: Pick<Device, 'browser' | 'os'>) {
	if (isChromium(device)) return 'chromium';
	return device.browser === 'Firefox' && device.os !== 'iOS' ? 'firefox' : 'webkit';
}

/** Major version of the first number of "17.6". */
export const majorOf = (version: string) => Number.parseInt(version, 10);

const ECOSYSTEM_OF: Record<Os, ClientEcosystem> = {
	iOS: 'apple',
	iPadOS: 'apple',
	macOS: 'apple',
	Android: 'google',
	ChromeOS: 'google',
	Windows: 'microsoft',
	Linux: 'unknown'
};

/** Major version of the browser on a day: Chromium and Firefox move every four weeks, Safari with its system. */
export function browserMajor(device: Device, daysBeforeEnd: number): number {
	const released = Math.floor(daysBeforeEnd / 28);
	if (device.browser === 'Safari')
		return device.os === 'macOS' ? safariOf(device) : majorOf(device.osVersion);
	if (device.browser === 'Firefox') return FIREFOX_AT_END - released;
	// Samsung Internet follows Chromium at a distance, under numbers of its own.
	if (device.browser === 'Samsung Internet') return 31 - Math.floor(released / 3);
	return CHROMIUM_AT_END - released;
}

const safariOf = ({ osVersion }: Device) => {
	const major = majorOf(osVersion);
	return major >= 26 ? major : major + 3;
};

/** The User-Agent header, as these browsers send it (reduced where the browser reduces it). */
export function userAgentOf(device: Device, daysBeforeEnd: number): string {
	const major = browserMajor(device, daysBeforeEnd);
	const chrome = CHROMIUM_AT_END - Math.floor(daysBeforeEnd / 28);
	const blink = 'AppleWebKit/537.36 (KHTML, like Gecko)';
	const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
	switch (device.os) {
		case 'iOS': {
			// Safari 26 froze the system's version in the header at 18.6.
			const [first, second = '0'] =
				majorOf(device.osVersion) >= 26 ? ['18', '6'] : device.osVersion.split('.');
			const head = `Mozilla/5.0 (iPhone; CPU iPhone OS ${first}_${second} like Mac OS X) ${webkit}`;
			if (device.browser === 'Chrome')
				return `${head} CriOS/${major}.0.0.0 Mobile/15E148 Safari/604.1`;
			if (device.browser === 'WebView') return `${head} Mobile/15E148`;
			return `${head} Version/${device.osVersion} Mobile/15E148 Safari/604.1`;
		}
		case 'iPadOS':
			return `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/${device.osVersion} Safari/605.1.15`;
		case 'Android': {
			const head = 'Mozilla/5.0 (Linux; Android 10; K)';
			if (device.browser === 'Firefox')
				return `Mozilla/5.0 (Android ${device.osVersion}; Mobile; rv:${major}.0) Gecko/${major}.0 Firefox/${major}.0`;
			if (device.browser === 'Samsung Internet')
				return `${head} ${blink} SamsungBrowser/${major}.0 Chrome/${chrome - 8}.0.0.0 Mobile Safari/537.36`;
			if (device.browser === 'WebView')
				return `Mozilla/5.0 (Linux; Android ${device.osVersion}; SM-A546B; wv) ${blink} Version/4.0 Chrome/${chrome}.0.0.0 Mobile Safari/537.36`;
			return `${head} ${blink} Chrome/${major}.0.0.0 Mobile Safari/537.36`;
		}
		default: {
			const system = {
				macOS: 'Macintosh; Intel Mac OS X 10_15_7',
				Windows: 'Windows NT 10.0; Win64; x64',
				ChromeOS: 'X11; CrOS x86_64 14541.0.0',
				Linux: 'X11; Linux x86_64'
			}[device.os];
			if (device.browser === 'Safari')
				return `Mozilla/5.0 (${system}) ${webkit} Version/${major}.0 Safari/605.1.15`;
			if (device.browser === 'Firefox')
				return `Mozilla/5.0 (${system.replace('10_15_7', '10.15')}; rv:${major}.0) Gecko/20100101 Firefox/${major}.0`;
			const edge = device.browser === 'Edge' ? ` Edg/${major}.0.0.0` : '';
			return `Mozilla/5.0 (${system}) ${blink} Chrome/${chrome}.0.0.0 Safari/537.36${edge}`;
		}
	}
}

/** What the page itself knows of its client: low-entropy hints in Chromium, touch points where they tell an iPad from a Mac. */
export function clientHintsOf(device: Device, daysBeforeEnd: number): ClientHints {
	const touch = ['iOS', 'iPadOS', 'Android'].includes(device.os) ? 5 : 0;
	const base = { max_touch_points: touch, in_app_browser: device.browser === 'WebView' };
	if (!isChromium(device)) return base;
	const major = String(browserMajor(device, daysBeforeEnd));
	const name = {
		Chrome: 'Google Chrome',
		Edge: 'Microsoft Edge',
		'Samsung Internet': 'Samsung Internet',
		WebView: 'Android WebView',
		Safari: '',
		Firefox: ''
	}[device.browser];
	return {
		...base,
		platform: device.os === 'ChromeOS' ? 'Chrome OS' : device.os,
		platform_version: device.os === 'Linux' ? '6.8.0' : device.osVersion,
		brands: [
			{ brand: name, version: major },
			{ brand: 'Chromium', version: String(CHROMIUM_AT_END - Math.floor(daysBeforeEnd / 28)) },
			{ brand: 'Not=A?Brand', version: '24' }
		],
		mobile: device.os === 'Android'
	};
}

const iphoneVersions = [
	['15.8', 2],
	['16.7', 4],
	['17.7', 8],
	['18.6', 30],
	['26.1', 40],
	['26.4', 16]
] as const;
const macVersions = [
	['12.7.0', 4],
	['13.7.0', 7],
	['14.8.0', 13],
	['15.7.0', 36],
	['26.1.0', 40]
] as const;
const androidVersions = [
	['8', 0.7],
	['9', 1.3],
	['11', 6],
	['12', 11],
	['13', 17],
	['14', 25],
	['15', 27],
	['16', 12]
] as const;

/** Makes a device of a kind, in the proportions that public browser statistics of recent years suggest. */
export function createDevice(
	kind: 'iphone' | 'ipad' | 'mac' | 'android' | 'windows' | 'chromebook' | 'linux',
	random: Random,
	share: number
): Device {
	const make = (os: Os, osVersion: string, browser: Browser, samsung = false): Device => ({
		os,
		osVersion,
		browser,
		samsung,
		ecosystem: ECOSYSTEM_OF[os],
		share
	});
	switch (kind) {
		case 'iphone':
			return make(
				'iOS',
				random.weighted(iphoneVersions),
				random.weighted([
					['Safari', 84],
					['Chrome', 13.5],
					['WebView', 2.5]
				])
			);
		case 'ipad':
			return make('iPadOS', random.weighted(iphoneVersions), 'Safari');
		case 'mac':
			return make(
				'macOS',
				random.weighted(macVersions),
				random.weighted([
					['Safari', 50],
					['Chrome', 43],
					['Firefox', 7]
				])
			);
		case 'android': {
			const samsung = random.chance(0.42);
			const browser = random.weighted<Browser>(
				samsung
					? [
							['Chrome', 66],
							['Samsung Internet', 28],
							['Firefox', 2],
							['WebView', 4]
						]
					: [
							['Chrome', 93],
							['Firefox', 3],
							['WebView', 4]
						]
			);
			return make('Android', random.weighted(androidVersions), browser, samsung);
		}
		case 'windows':
			// The client hint's platformVersion: 10.0.0 is Windows 10, 13 and above Windows 11.
			return make(
				'Windows',
				random.weighted([
					['10.0.0', 28],
					['15.0.0', 40],
					['19.0.0', 32]
				]),
				random.weighted([
					['Chrome', 57],
					['Edge', 34],
					['Firefox', 9]
				])
			);
		case 'chromebook':
			return make('ChromeOS', '16093.68.0', 'Chrome');
		case 'linux':
			return make(
				'Linux',
				'',
				random.weighted([
					['Chrome', 55],
					['Firefox', 45]
				])
			);
	}
}
