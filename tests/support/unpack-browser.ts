import { chromiumEnvironment } from './browser.ts';

/** Unpacks Chromium and its libraries once, before files run side by side: what one still writes another cannot start. */
export default async function unpackBrowser(): Promise<void> {
	await chromiumEnvironment();
}
