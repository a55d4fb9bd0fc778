import { expect, test } from 'vitest';
import { recognisePlatform } from './platform.ts';

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit';
const IPHONE =
	'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const LINUX = 'Mozilla/5.0 (X11; Linux x86_64';
const PIXEL = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)';

const hinted = (platform: string, platform_version: string, brand = 'Google Chrome') => ({
	platform,
	platform_version,
	brands: [
		{ brand: 'Chromium', version: '147' },
		{ brand, version: '147' }
	]
});

test.each<[title: string, input: Parameters<typeof recognisePlatform>[0], expected: string]>([
	[
		'Chrome on Windows without hints: 10 or 11, unknown',
		{ userAgent: `${WINDOWS} Chrome/147.0.0.0 Safari/537.36` },
		'Windows ? / Chrome 147 / desktop / microsoft / chromium'
	],
	[
		'Chrome on Windows 11',
		{ userAgent: `${WINDOWS} Chrome/147.0.0.0 Safari/537.36`, client: hinted('Windows', '15.0.0') },
		'Windows 11 / Chrome 147 / desktop / microsoft / chromium'
	],
	[
		'Chrome on Windows 10',
		{ userAgent: `${WINDOWS} Chrome/147.0.0.0 Safari/537.36`, client: hinted('Windows', '10.0.0') },
		'Windows 10 / Chrome 147 / desktop / microsoft / chromium'
	],
	[
		'Edge',
		{
			userAgent: `${WINDOWS} Chrome/147.0.0.0 Safari/537.36 Edg/147.0.0.0`,
			client: hinted('Windows', '13.0.0', 'Microsoft Edge')
		},
		'Windows 11 / Edge 147 / desktop / microsoft / chromium'
	],
	[
		'Firefox on Windows',
		{
			userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0'
		},
		'Windows ? / Firefox 145 / desktop / microsoft / gecko'
	],
	[
		'Firefox on Linux',
		{ userAgent: `${LINUX}; rv:145.0) Gecko/20100101 Firefox/145.0` },
		'Linux ? / Firefox 145 / desktop / unknown / gecko'
	],
	[
		'headless Chromium',
		{
			userAgent: `${LINUX}) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/147.0.0.0 Safari/537.36`
		},
		'Linux ? / Chrome 147 / desktop / unknown / chromium'
	],
	[
		'Safari on a Mac hides the system',
		{ userAgent: `${MAC}/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15` },
		'macOS ? / Safari 26 / desktop / apple / webkit'
	],
	[
		'Chrome on a Mac tells it by hint',
		{
			userAgent: `${MAC}/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36`,
			client: hinted('macOS', '15.5.0')
		},
		'macOS 15 / Chrome 147 / desktop / apple / chromium'
	],
	[
		'an iPad asking for desktop pages',
		{
			userAgent: `${MAC}/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`,
			client: { max_touch_points: 5 }
		},
		'iPadOS 18 / Safari 18 / tablet / apple / webkit'
	],
	[
		'a touch-less Mac',
		{
			userAgent: `${MAC}/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`,
			client: { max_touch_points: 0 }
		},
		'macOS ? / Safari 18 / desktop / apple / webkit'
	],
	[
		'an iPad asking for mobile pages',
		{
			userAgent:
				'Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1'
		},
		'iPadOS 17 / Safari 17 / tablet / apple / webkit'
	],
	[
		'Safari 26 on an iPhone, whose header froze at 18',
		{ userAgent: `${IPHONE} Version/26.0 Mobile/15E148 Safari/604.1` },
		'iOS 26 / Safari 26 / mobile / apple / webkit'
	],
	[
		'Chrome on an iPhone is WebKit',
		{ userAgent: `${IPHONE} CriOS/140.0.7339.101 Mobile/15E148 Safari/604.1` },
		'iOS 18 / Chrome 140 / mobile / apple / webkit'
	],
	[
		'Chrome on Android with a frozen header',
		{ userAgent: `${PIXEL} Chrome/147.0.0.0 Mobile Safari/537.36` },
		'Android ? / Chrome 147 / mobile / google / chromium'
	],
	[
		'Chrome on Android with hints',
		{
			userAgent: `${PIXEL} Chrome/147.0.0.0 Mobile Safari/537.36`,
			client: hinted('Android', '16.0.0')
		},
		'Android 16 / Chrome 147 / mobile / google / chromium'
	],
	[
		'Samsung Internet',
		{ userAgent: `${PIXEL} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36` },
		'Android ? / Samsung Internet 28 / mobile / google / chromium'
	],
	[
		'ChromeOS',
		{
			userAgent:
				'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36'
		},
		'ChromeOS ? / Chrome 147 / desktop / google / chromium'
	],
	['a program', { userAgent: 'curl/8.5.0' }, '? ? / ? ? / ? / unknown / ?'],
	['nothing', { userAgent: '' }, '? ? / ? ? / ? / unknown / ?'],
	[
		'hints alone',
		{ userAgent: '', client: hinted('Windows', '15.0.0') },
		'Windows 11 / Chrome 147 / desktop / microsoft / chromium'
	],
	[
		"an app on an iPhone, which tells its system's version itself",
		{
			userAgent: 'Shop/1 CFNetwork/1568.200.51 Darwin/24.1.0',
			client: { platform: 'iOS', platform_version: '18.1.1', mobile: true }
		},
		'iOS 18 / ? ? / mobile / apple / webkit'
	],
	[
		'an app on an iPad',
		{
			userAgent: 'Shop/1 CFNetwork/1568.200.51 Darwin/24.1.0',
			client: { platform: 'iPadOS', platform_version: '18.1.1', mobile: false }
		},
		'iPadOS 18 / ? ? / tablet / apple / webkit'
	],
	[
		'an app on Android',
		{
			userAgent: 'recipe-kotlin/1',
			client: { platform: 'Android', platform_version: '14', mobile: true }
		},
		'Android 14 / ? ? / mobile / google / ?'
	],
	[
		'a header that names itself anything',
		{ userAgent: '<script>alert(1)</script>/9 hello/3' },
		'? ? / ? ? / ? / unknown / ?'
	]
])('%s', (_, input, expected) => {
	const platform = recognisePlatform(input);
	const { os_name, os_version, browser_name, browser_version, device_type } = platform;
	expect(
		[
			`${os_name || '?'} ${os_version || '?'}`,
			`${browser_name || '?'} ${browser_version || '?'}`,
			device_type || '?',
			platform.client_ecosystem,
			platform.engine || '?'
		].join(' / ')
	).toBe(expected);
});

test.each([
	[
		'an Android WebView',
		`${PIXEL.replace('K)', 'Pixel 8; wv)')} Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36`,
		true
	],
	["Facebook's browser", `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/500.0]`, true],
	['Safari', `${IPHONE} Version/18.5 Mobile/15E148 Safari/604.1`, false]
])('%s is %s an in-app browser: %s', (_, userAgent, expected) => {
	expect(recognisePlatform({ userAgent }).in_app_browser).toBe(expected);
});
