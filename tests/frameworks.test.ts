import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { bundlePage } from './support/bundle-page.ts';
import { openSdkPage } from './support/sdk-page.ts';

let browser: Browser;
beforeAll(async () => (browser = await launchBrowser()));
afterAll(() => browser.close());

const create = `async () => void (await navigator.credentials.create({ publicKey: creation() }))`;

/** How each framework mounts the recipe's component. React's runs in examples/nextjs. */
const MOUNTS = {
	svelte: `
		import { mount } from 'svelte';
		import Offer from './examples/frameworks/offer.svelte';
		mount(Offer, { target: document.body, props: { userId: 'user-1', create: ${create} } });`,
	vue: `
		import { createApp } from 'vue';
		import { Offer } from './examples/frameworks/offer.vue.ts';
		createApp(Offer, { userId: 'user-1', create: ${create} }).mount(document.body);`
};

describe.each(Object.entries(MOUNTS))('the recipe for %s', (framework, mount) => {
	test('shows an offer once, and links the ceremony to its acceptance and its user', async () => {
		const script = await bundlePage({
			source: `
				import * as core from '@passlens/sdk';
				import * as flows from '@passlens/sdk/flows';
				${mount}
				core.init({ endpoint: location.origin, projectKey: 'pk_test' });
				window.sdk = { ...core, ...flows };`,
			plugins: [svelte({ configFile: false })]
		});
		const { page, site } = await openSdkPage(browser);
		await page.route('**/page.js', (route) =>
			route.fulfill({ contentType: 'text/javascript', body: script })
		);
		await addVirtualAuthenticator(page);
		await page.goto(site.origin);
		await page.addScriptTag({ url: '/page.js', type: 'module' });
		await page.getByRole('button', { name: 'Create a passkey' }).click();
		await expect
			.poll(async () => {
				await page.evaluate(() => window.sdk.flush());
				return site.ofType('ceremony.finished').map(({ outcome }) => outcome);
			})
			.toEqual(['succeeded']);
		const [shown, ...more] = site.ofType('prompt.shown');
		expect(more).toEqual([]);
		expect(shown).toMatchObject({ purpose: 'enroll', placement: framework });
		expect(site.ofType('prompt.accepted')).toMatchObject([{ prompt_id: shown!.prompt_id }]);
		expect(site.ofType('ceremony.finished')).toMatchObject([
			{
				request: { prompt_id: shown!.prompt_id },
				user_ref: expect.stringMatching(/^[\w-]{43}$/)
			}
		]);
		await site.close();
	});
});
