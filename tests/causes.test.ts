import { createVerdictSender, simplewebauthn } from '@passlens/sdk/server';
import {
	verifyAuthenticationResponse,
	verifyRegistrationResponse,
	type AuthenticationResponseJSON,
	type RegistrationResponseJSON
} from '@simplewebauthn/server';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FAILURE_CAUSES } from '../sdk/common/failure-causes.ts';
import { selfSignedCertificate } from '../sdk/doctor/testing/self-signed-certificate.ts';
import { VERDICT_REASONS } from '../sdk/event/vocabulary.ts';
import { describeCause } from '../src/lib/format/cause-names.ts';
import { findFirefox, WITHOUT_FIREFOX } from '../tools/find-firefox.mjs';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { NOT_PRODUCED, PAGE_ROWS, STRANGER, type PageRow } from './support/cause-rows.ts';
import { readCeremony } from './support/ceremony-page.ts';
import { openPage } from './support/figures.ts';
import { launchFirefox, type Firefox } from './support/firefox.ts';
import { startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { REFUSAL_ROWS, type RefusalRow } from './support/refusal-rows.ts';
import { PAGE_HELPERS, serveSdkSite, type SdkSite } from './support/sdk-page.ts';
import { until } from './support/until.ts';

// From the failing call in a real browser to the cause on the page of the ceremony, for every cause there is.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const HOST = 'shop.example';
const SHOP = `https://${HOST}`;
const FIREFOX = findFirefox();
/** Gives the id of the ceremony that a call makes, once it has failed. */
const MEET = `window.meet = async (call) => {
	const answer = call();
	const id = window.sdk.ceremonyId();
	const succeeded = await answer.then(() => true, () => false);
	if (succeeded) throw new Error('The call was meant to fail.');
	await window.sdk.flush();
	return id;
};`;

declare global {
	interface Window {
		meet(call: () => Promise<unknown>): Promise<string>;
	}
}

let passlens: Passlens;
let site: SdkSite;
let firefoxSite: SdkSite | undefined;
let keys: { ingestKey: string; serverKey: string };
let browser: Browser;
let firefox: Firefox | undefined;
let reader: Page;
const met = new Map<PageRow | RefusalRow, Promise<string>>();

beforeAll(async () => {
	const tls = selfSignedCertificate([HOST, STRANGER]);
	[passlens, site, firefoxSite, firefox] = await Promise.all([
		startPasslens(),
		serveSdkSite(tls),
		FIREFOX ? serveSdkSite() : undefined,
		FIREFOX ? launchFirefox(FIREFOX) : undefined
	]);
	site.relatedOrigins = { [STRANGER]: ['https://other.example'] };
	site.headersAt = { '/forbidden': { 'permissions-policy': 'publickey-credentials-get=()' } };
	const { port } = new URL(site.origin);
	keys = addProject(passlens, 'causes', {
		origins: [SHOP, `https://127.0.0.1:${port}`, ...(firefoxSite ? [firefoxSite.origin] : [])]
	});
	const key = new X509Certificate(tls.cert).publicKey.export({ type: 'spki', format: 'der' });
	browser = await launchBrowser([
		// Every name is this server; Passlens keeps its own.
		`--host-resolver-rules=MAP * 127.0.0.1:${port}, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
		`--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`
	]);
	const context = await browser.newContext();
	await passlens.signIn(context);
	reader = await context.newPage();
	await meetAll();
});
afterAll(async () => {
	await Promise.allSettled(met.values());
	await firefox?.close();
	await browser?.close();
	await Promise.all([site?.close(), firefoxSite?.close()]);
	await passlens?.stop();
});

/** Makes every call, side by side but for Firefox's, which has one window. What waits for a timeout waits beside the others. */
async function meetAll(): Promise<void> {
	let inFirefox: Promise<unknown> = Promise.resolve();
	for (const row of PAGE_ROWS)
		if (row.browser === 'chromium') met.set(row, inChromium(row));
		else if (firefox) {
			const asked = inFirefox.then(() => meetInFirefox(row));
			inFirefox = asked.catch(() => undefined);
			met.set(row, asked);
		}
	for (const row of REFUSAL_ROWS) met.set(row, refuse(row));
	await Promise.allSettled(met.values());
}

const addressOf = (at: PageRow['at']) => {
	if (at === 'address') return `https://127.0.0.1:${new URL(site.origin).port}`;
	return at === 'forbidden' ? `${SHOP}/forbidden` : SHOP;
};

async function openSite(authenticator: PageRow['authenticator'], at?: PageRow['at']) {
	const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
	await page.addInitScript({ content: PAGE_HELPERS + MEET });
	const plugged = await addVirtualAuthenticator(page, authenticator);
	await page.goto(addressOf(at));
	await page.evaluate(async ([endpoint, key]) => void (await window.load('', endpoint, key)), [
		passlens.collectorUrl,
		keys.ingestKey
	] as const);
	return { page, plugged };
}

async function inChromium(row: PageRow): Promise<string> {
	const { page } = await openSite(row.authenticator, row.at);
	const id = await page.evaluate<string>(row.script);
	await page.context().close();
	return id;
}

async function meetInFirefox(row: PageRow): Promise<string> {
	const token = await firefox!.plugIn();
	if (row.firefox === 'nothing there') await token.replaceByNothing();
	const page = await firefox!.newPage();
	await page.evaluateOnNewDocument(PAGE_HELPERS + MEET);
	await page.goto(firefoxSite!.origin);
	await page.bringToFront();
	await page.evaluate(
		async (endpoint, key) => void (await window.load('', endpoint, key)),
		passlens.collectorUrl,
		keys.ingestKey
	);
	const other = row.firefox === 'behind another tab' ? await firefox!.newPage() : undefined;
	await other?.bringToFront();
	const id = (await page.evaluate(row.script)) as string;
	await page.close();
	await other?.close();
	return id;
}

/** A passkey is made and used; the relying party refuses one or the other, and says so to Passlens. */
async function refuse(row: RefusalRow): Promise<string> {
	const { page, plugged } = await openSite(row.authenticator);
	const verdicts = createVerdictSender({
		endpoint: passlens.collectorUrl,
		serverKey: keys.serverKey
	});
	const challenge = randomBytes(32).toString('base64url');
	const perform = <Response>(call: string) =>
		page.evaluate<{ id: string; response: Response }>(`(async () => {
			const challenge = Uint8Array.fromBase64('${challenge}', { alphabet: 'base64url' });
			const credential = await navigator.credentials.${call};
			const id = window.sdk.ceremonyId();
			await window.sdk.flush();
			return { id, response: credential.toJSON() };
		})()`);
	const expected = {
		...{ expectedChallenge: challenge, expectedOrigin: SHOP, expectedRPID: HOST },
		requireUserVerification: true
	};
	const own = new Error('The site’s own check.');
	try {
		const made = await perform<RegistrationResponseJSON>(
			'create({ publicKey: creation({ challenge }) })'
		);
		const { response } = made;
		const registered = await verifyRegistrationResponse({
			...{ ...expected, response },
			...(row.registration && row.expected)
		})
			.then((verification) => {
				if (row.registration && row.own) throw own;
				return { verification };
			})
			.catch((error: unknown) => ({ error }));
		if (row.registration) {
			expect(registered).toHaveProperty('error');
			verdicts.registration({
				ceremonyId: made.id,
				...simplewebauthn.registrationVerdict({ response, ...registered } as never),
				...(row.own && { verified: false, reason: row.cause })
			});
			return made.id;
		}
		const passkey =
			'verification' in registered
				? registered.verification.registrationInfo!.credential
				: undefined;
		if (row.bits) await plugged.command('setResponseOverrideBits', row.bits);
		const used = await perform<AuthenticationResponseJSON>(
			'get({ publicKey: request({ challenge }) })'
		);
		const sent = row.sent?.(used.response) ?? used.response;
		const judged = await verifyAuthenticationResponse({
			...{ ...expected, response: sent, credential: row.kept?.(passkey!) ?? passkey! },
			...row.expected
		})
			.then((verification) => ({ verification }))
			.catch((error: unknown) => ({ error }));
		verdicts.authentication({
			ceremonyId: used.id,
			...simplewebauthn.authenticationVerdict({ response: sent, ...judged } as never),
			...(row.own && { verified: false, reason: row.cause })
		});
		return used.id;
	} finally {
		await verdicts.close();
		await page.context().close();
	}
}

const shown = (id: string) =>
	readCeremony({ page: reader, url: passlens.url, project: 'causes', id });

describe('the page of a ceremony says', () => {
	const told = ({ cause, browser, how }: PageRow) => `${cause} in ${browser}: ${how}`;

	test.for(PAGE_ROWS.map((row) => [told(row), row] as const))('%s', async ([, row], { skip }) => {
		if (row.browser === 'firefox' && !firefox) skip(WITHOUT_FIREFOX);
		const id = await met.get(row)!;
		await until(async () => {
			const { cause, confidence, outcome } = await shown(id);
			expect({ cause, confidence, outcome }).toEqual({
				...{ cause: row.cause, confidence: row.confidence, outcome: row.outcome }
			});
		});
		const card = reader.locator('section[aria-label=Cause]');
		expect(await card.innerText()).toContain(describeCause(row.cause).name);
		expect(await card.locator('[data-evidence] li').count()).toBeGreaterThan(0);
	});

	test.each(REFUSAL_ROWS.map((row) => [row.cause, row.how, row] as const))(
		'%s, as the server does: %s',
		async (cause, _how, row) => {
			const id = await met.get(row)!;
			await until(async () => {
				expect(await shown(id)).toMatchObject({
					cause,
					confidence: 'certain',
					outcome: 'rejected'
				});
			});
		}
	);
});

test('Failures lists each cause that is a failure', async () => {
	await openPage(reader, `${passlens.url}/failures?project=causes&period=7d`);
	const names = await reader.locator('main [data-failure]').allInnerTexts();
	const asked = PAGE_ROWS.filter((row) => met.has(row));
	for (const { cause } of [...asked.filter(({ outcome }) => outcome === 'failed'), ...REFUSAL_ROWS])
		expect(names.join('\n')).toContain(describeCause(cause).name);
});

test('every cause has a row, or a reason why no browser here can bring it about', () => {
	const covered = new Set<string>([...PAGE_ROWS, ...REFUSAL_ROWS].map(({ cause }) => cause));
	const causes = [...new Set<string>([...FAILURE_CAUSES, ...VERDICT_REASONS])];
	const explained = new Set(Object.keys(NOT_PRODUCED));
	expect(causes.filter((cause) => !covered.has(cause) && !explained.has(cause))).toEqual([]);
	expect([...explained].filter((cause) => covered.has(cause) || !causes.includes(cause))).toEqual(
		[]
	);
});
