import type { Browser, Page } from 'playwright-core';
import type { Passlens } from './passlens.ts';

export interface OpenWindow {
	page: Page;
	/** Everything the page warned of or failed at. */
	trouble: string[];
	close(): Promise<void>;
}

/** A window of its own, as a reader on a desktop has it, signed in. */
export async function openWindow(
	{ browser, passlens }: { browser: Browser; passlens: Pick<Passlens, 'signIn'> },
	{
		colorScheme = 'light',
		locale = 'en-US'
	}: { colorScheme?: 'light' | 'dark'; locale?: string } = {}
): Promise<OpenWindow> {
	const viewport = { width: 1280, height: 900 };
	const context = await browser.newContext({ viewport, colorScheme, locale });
	await passlens.signIn(context);
	const page = await context.newPage();
	const trouble: string[] = [];
	page.on('console', (message) => {
		if (['error', 'warning'].includes(message.type())) trouble.push(message.text());
	});
	page.on('pageerror', (error) => trouble.push(String(error)));
	return { page, trouble, close: () => context.close() };
}
