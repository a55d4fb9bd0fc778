import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { privacyWatch, watchFirefoxPage, watchServers } from './privacy-watch.ts';

export interface SoftToken {
	/** Whether the person agrees when asked: `false` is a cancelled dialog, as Firefox tells it. */
	consents(willing: boolean): Promise<void>;
	/** Unplugs it and listens to USB instead, where no key is: a request stays open until it is aborted or times out. */
	replaceByNothing(): Promise<void>;
}

export interface Firefox {
	browser: Browser;
	newPage(): Promise<Page>;
	/** A platform authenticator inside Firefox: discoverable, verified, device-bound. Made anew, without credentials. */
	plugIn(): Promise<SoftToken>;
	close(): Promise<void>;
}

/** The part of WebDriver BiDi's connection that puppeteer has no method for: scripts in Firefox's own scope. */
interface Connection {
	send(method: string, parameters: object): Promise<{ result: unknown }>;
}

/** Starts Firefox headless over WebDriver BiDi, with authenticators in software instead of real ones, watched (see privacy-watch.ts). */
export async function launchFirefox(executablePath: string): Promise<Firefox> {
	watchServers();
	const browser = await puppeteer.launch({
		browser: 'firefox',
		executablePath,
		headless: true,
		// Authenticators are made by Firefox's own service, which only its own scope reaches.
		args: ['--remote-allow-system-access'],
		extraPrefsFirefox: {
			'security.webauth.webauthn_enable_softtoken': true,
			'security.webauth.webauthn_enable_usbtoken': false
		}
	});
	const run = await openSystemScope(browser);
	let token: string | undefined;
	const unplug = async () => {
		if (token) await run(`webauthn.removeVirtualAuthenticator(${JSON.stringify(token)})`);
		token = undefined;
	};
	const preferSoftware = (software: boolean) =>
		run(`Services.prefs.setBoolPref('security.webauth.webauthn_enable_softtoken', ${software});
			Services.prefs.setBoolPref('security.webauth.webauthn_enable_usbtoken', ${!software});`);
	const plug = async (consents: boolean) => {
		await unplug();
		await preferSoftware(true);
		// Protocol, transport, discoverable credentials, user verification, consent, verified.
		token = String(
			await run(
				`webauthn.addVirtualAuthenticator('ctap2_1', 'internal', true, true, ${consents}, true)`
			)
		);
	};
	return {
		browser,
		async newPage() {
			const page = await browser.newPage();
			await watchFirefoxPage(page);
			return page;
		},
		async plugIn() {
			await plug(true);
			return {
				consents: plug,
				async replaceByNothing() {
					await unplug();
					await preferSoftware(false);
				}
			};
		},
		async close() {
			await browser.close();
			privacyWatch.check();
		}
	};
}

/** Runs an expression with Firefox's own rights; `webauthn` is its service for authenticators. */
async function openSystemScope(
	browser: Browser
): Promise<(expression: string) => Promise<unknown>> {
	const { connection } = browser as unknown as { connection: Connection };
	const tree = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
	const { context } = (tree.result as { contexts: [{ context: string }] }).contexts[0];
	return async (expression) => {
		const { result } = await connection.send('script.evaluate', {
			expression: `{
				const webauthn = Cc['@mozilla.org/webauthn/service;1'].getService(Ci.nsIWebAuthnService);
				${expression}
			}`,
			target: { context },
			awaitPromise: true
		});
		const answer = result as {
			result?: { value?: unknown };
			exceptionDetails?: { text: string };
		};
		if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.text);
		return answer.result?.value;
	};
}
