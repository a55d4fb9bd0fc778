import { randomUUID } from 'node:crypto';
import type { Browser, Page, Request } from 'playwright-core';
import { expect } from 'vitest';
import {
	plugIn,
	pretendMac,
	type AuthenticatorKind,
	type TestAuthenticator
} from './authenticators.ts';
import { openPage } from './figures.ts';
import type { Passlens } from './passlens.ts';

/** Someone at the playground, in a browser profile of their own, with one authenticator. */
export interface Visitor {
	page: Page;
	name: string;
	password: string;
	authenticator: TestAuthenticator;
	/** Batches the page has sent to the collector. */
	sent: Request[];
	/** Console errors and failed assertions of the page, in words. */
	trouble: string[];
	/** Presses the control with this test id and waits until the page is done with it; returns its last words. */
	press(testId: string): Promise<string>;
	/** Fills the sign-in form. */
	fillIn(fields: { name?: string; password?: string }): Promise<void>;
	openOptions(): Promise<void>;
	/** Sets one of “Options for the next ceremony”. */
	choose(option: string, value: string | boolean): Promise<void>;
	/** Id of the newest ceremony this page began, as it lists them: one that the visitor asked for, or one waiting in autofill. */
	newestCeremony(kind: 'asked' | 'autofill'): Promise<string>;
	/** Waits until the autofill request waits, or the page knows that this browser offers nothing there. */
	waitForAutofill(): Promise<void>;
	reload(): Promise<void>;
	/** What the page shows of the visit, for a failed test. */
	describe(): Promise<string>;
	/** Closes the window without a word. */
	close(): Promise<void>;
	/** Goes elsewhere as people do, so that the page can send its last words; then closes the window. */
	leave(): Promise<void>;
}

export interface VisitorOptions {
	browser: Browser;
	passlens: Passlens;
	authenticator: AuthenticatorKind;
	device?: 'linux' | 'mac';
}

/** Opens the playground as somebody new. Autofill waits untouched until the authenticator is told to touch. */
export async function visitPlayground({
	browser,
	passlens,
	authenticator: kind,
	device = 'linux'
}: VisitorOptions): Promise<Visitor> {
	const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
	const page = await context.newPage();
	const sent: Request[] = [];
	const trouble: string[] = [];
	page.on('request', (request) => {
		if (request.url().startsWith(`${passlens.collectorUrl}/v1/events`)) sent.push(request);
	});
	page.on('console', (message) => {
		// That the server refused something is an answer; the browser logs it as trouble all the same.
		const refusal = message.location().url.startsWith(`${passlens.url}/playground/api/`);
		if (message.type() === 'error' && !refusal) trouble.push(message.text());
	});
	page.on('pageerror', (error) => trouble.push(String(error)));
	if (device === 'mac') await pretendMac(page);
	const authenticator = await plugIn(page, kind);
	await authenticator.touchAutomatically(false);
	const idle = () => page.locator('[data-testid=status][data-busy=false]').waitFor();
	const status = page.getByTestId('status');
	const panel = page.getByTestId('options');
	const openOptions = async () => {
		if ((await panel.getAttribute('open')) === null) await panel.locator('summary').click();
	};

	await openPage(page, `${passlens.url}/playground`);
	await idle();
	return {
		page,
		name: `visitor-${randomUUID().slice(0, 8)}`,
		password: `correct horse ${randomUUID().slice(0, 8)}`,
		authenticator,
		sent,
		trouble,
		async press(testId) {
			await page.getByTestId(testId).click();
			await idle();
			return (await status.textContent())?.trim() ?? '';
		},
		async fillIn({ name, password }) {
			if (name !== undefined) await page.getByTestId('username').fill(name);
			if (password !== undefined) await page.getByTestId('password').fill(password);
		},
		openOptions,
		async choose(option, value) {
			await openOptions();
			const control = panel.getByTestId(`option-${option}`);
			if (typeof value === 'boolean') await control.setChecked(value);
			else if ((await control.evaluate((element) => element.tagName)) === 'SELECT')
				await control.selectOption(value);
			else await control.fill(value);
		},
		async newestCeremony(kind) {
			const started = page.locator('[data-testid=event][data-type="ceremony.started"]');
			const waiting = { hasText: 'Autofill waits for a passkey' };
			const found =
				kind === 'autofill'
					? started.filter(waiting)
					: started.filter({ hasNotText: waiting.hasText });
			return (await found.first().getAttribute('data-ceremony')) ?? '';
		},
		async waitForAutofill() {
			await page.waitForFunction(() => {
				const find = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
				const [autofill] = find('[data-testid=autofill]');
				if (autofill?.dataset.state === 'unavailable') return true;
				// The page says "waiting" just before it asks; the SDK's event tells that it has asked.
				const waits = find('[data-testid=event][data-type="ceremony.started"]').find((event) =>
					event.textContent.includes('Autofill waits')
				);
				const over = find('[data-testid=event][data-type="ceremony.finished"]').some(
					({ dataset }) => dataset.ceremony === waits?.dataset.ceremony
				);
				return autofill?.dataset.state === 'waiting' && waits !== undefined && !over;
			});
		},
		async reload() {
			await page.reload();
			await idle();
		},
		async describe() {
			const events = await page.getByTestId('event').allInnerTexts();
			return [
				`status: ${await status.innerText()} (busy: ${await status.getAttribute('data-busy')})`,
				...(await page.getByTestId('autofill').allInnerTexts()),
				...events.toReversed().map((text) => text.replaceAll(/\s+/g, ' ')),
				...trouble
			].join('\n');
		},
		close: () => context.close(),
		async leave() {
			await page.goto('about:blank');
			await context.close();
			expect(trouble, 'the playground’s console').toEqual([]);
		}
	};
}
