import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { addVirtualAuthenticator } from './browser.ts';
import { createPasskey } from './create-passkey.ts';

/** A site that holds nothing but what was copied into it. */
export interface Site {
	origin: string;
	snippet: string;
	headers: Record<string, string>;
	close(): void;
}

export async function serveSite(): Promise<Site> {
	const server: Server = createServer((_request, response) =>
		response
			.writeHead(200, { 'content-type': 'text/html', ...found.headers })
			.end(`<!doctype html><title>Site</title>${found.snippet}`)
	);
	await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
	const found: Site = {
		origin: `http://localhost:${(server.address() as AddressInfo).port}`,
		snippet: '',
		headers: {},
		close: () => {
			server.closeAllConnections();
			server.close();
		}
	};
	return found;
}

/** Opens the site and stays until its SDK was answered. */
export async function visitSite(
	browser: Browser,
	{ origin }: Site,
	act: (page: Page) => Promise<unknown> = async () => {}
): Promise<void> {
	const context = await browser.newContext();
	const page = await context.newPage();
	const sent = page.waitForRequest((request) => request.url().includes('/v1/events'));
	await page.goto(origin);
	await act(page);
	await sent;
	await page.waitForTimeout(200);
	await context.close();
}

/** Uses a passkey on a page that asks first, before the visitor agreed and after. @returns what it sent each time: the body of each batch */
export async function visitBeforeConsent(
	browser: Browser,
	{ origin }: Site,
	agree: (page: Page) => Promise<unknown>
): Promise<{ before: string[]; after: string[]; kept: number }> {
	const context = await browser.newContext();
	const page = await context.newPage();
	const sent: string[] = [];
	page.on('request', (request) => {
		if (request.url().includes('/v1/events')) sent.push(request.postData() ?? '');
	});
	await page.goto(origin);
	await addVirtualAuthenticator(page);
	await createPasskey(page);
	// Longer than the SDK gathers events before it sends them.
	await page.waitForTimeout(1_500);
	const before = [...sent];
	const kept = await page.evaluate(() => localStorage.length + sessionStorage.length);
	const taken = page.waitForResponse(
		(response) =>
			response.url().includes('/v1/events') &&
			!!response.request().postData()?.includes('ceremony.finished')
	);
	await agree(page);
	await createPasskey(page);
	await taken;
	await context.close();
	return { before, after: sent, kept };
}

/** Creates a passkey on a site that knows nothing of telemetry beyond what was copied. */
async function signUpOn(browser: Browser, site: Site): Promise<void> {
	await visitSite(browser, site, async (page) => {
		await addVirtualAuthenticator(page);
		await createPasskey(page);
		await page.waitForResponse((response) => response.url().includes('/v1/events'));
	});
}

/** Waits until the inspector of Set up has seen so much. */
export async function milestone(dashboard: Page, name: 'event' | 'ceremony'): Promise<void> {
	await dashboard
		.locator(`[data-milestone="${name}"][data-done=true]`)
		.waitFor({ timeout: 40_000 });
}

/** From the page that shows a new project's keys: goes on to the code, copies it into the site, and uses that until its event is seen. */
export async function seeFirstEvent({
	dashboard,
	browser,
	site
}: {
	dashboard: Page;
	browser: Browser;
	site: Site;
}): Promise<void> {
	await dashboard.getByRole('link', { name: 'Go on to the code' }).click();
	await dashboard.locator('[data-waiting=true]').waitFor();
	site.snippet = await dashboard.locator('[data-snippet] code').first().innerText();
	await signUpOn(browser, site);
	await milestone(dashboard, 'event');
}
