import type { Page } from 'playwright-core';

/** Asks for a passkey as a site does, by the page's own function; the page's authenticator answers. */
export async function createPasskey(page: Page): Promise<void> {
	await page.evaluate(async () => {
		const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
		await navigator.credentials.create({
			publicKey: {
				challenge: random(32),
				rp: { name: 'Site' },
				user: { id: random(16), name: 'someone', displayName: 'Someone' },
				pubKeyCredParams: [{ type: 'public-key', alg: -7 }]
			}
		});
	});
}
