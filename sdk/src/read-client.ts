import { state } from './state.ts';

/** NavigatorUAData, of Chromium alone. */
interface UserAgentData {
	getHighEntropyValues(hints: string[]): Promise<{
		brands: { brand: string; version: string }[];
		mobile: boolean;
		platform: string;
		platformVersion: string;
	}>;
}

/** What the User-Agent header does not tell: iPadOS behind a Macintosh, client hints. Goes into every batch's context. */
export function readClient(): void {
	const { maxTouchPoints, userAgentData } = navigator as Navigator & {
		userAgentData?: UserAgentData;
	};
	const client = (state.context.client = { max_touch_points: maxTouchPoints });
	// Arrives within milliseconds, before the first batch leaves; a refusal leaves it unknown.
	userAgentData?.getHighEntropyValues(['platformVersion']).then(
		({ platformVersion, ...more }) =>
			Object.assign(client, more, { platform_version: platformVersion }),
		() => undefined
	);
}
