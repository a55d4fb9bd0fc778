import type { ClientHints } from '../event/event.ts';
import { state } from './state.ts';

interface UserAgentData {
	brands?: { brand: string; version: string }[];
	mobile?: boolean;
	platform?: string;
	getHighEntropyValues?(hints: string[]): Promise<{ platformVersion?: string }>;
}

/** Apps that show pages in a browser of their own; Android's WebView says "; wv", iOS's leaves "Safari" out. */
const IN_APP =
	/; wv\)|FBA[NV]|Instagram|Line\/|MicroMessenger|Snapchat|musical_ly|Bytedance|LinkedInApp|Pinterest\/|Twitter for|\bGSA\/|(iPhone|iPad|iPod)(?!.*Safari\/)/;

/** What the User-Agent header does not tell: client hints, iPadOS behind a Macintosh, WebViews. Goes into every batch's context. */
export function readClient(): void {
	const { userAgent, maxTouchPoints } = navigator;
	const data = (navigator as { userAgentData?: UserAgentData }).userAgentData;
	const client: Partial<ClientHints> = (state.context.client = {
		max_touch_points: Math.min(maxTouchPoints ?? 0, 256),
		in_app_browser: IN_APP.test(userAgent)
	});
	if (!data) return;
	client.platform = data.platform?.slice(0, 64);
	client.mobile = data.mobile;
	client.brands = data.brands?.slice(0, 10);
	// Arrives within milliseconds, before the first batch leaves; a refusal leaves it unknown.
	data.getHighEntropyValues?.(['platformVersion']).then(
		({ platformVersion }) => (client.platform_version = platformVersion?.slice(0, 64)),
		() => undefined
	);
}
