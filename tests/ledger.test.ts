import { unzipSync } from 'fflate';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyEvidence } from '../src/lib/server/evidence/verify-evidence.ts';
import type { AuthenticatorKind } from './support/authenticators.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { visitPlayground, type Visitor } from './support/playground.ts';
import { until } from './support/until.ts';
import { violations } from './support/violations.ts';

// What the ledger says of real ceremonies whose authenticator's flags are turned between them.
let passlens: Passlens;
let browser: Browser;

beforeAll(async () => {
	passlens = await startPasslens();
	browser = await launchBrowser();
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

/** Somebody new who has a passkey of this kind, or was refused it. */
async function visit(kind: AuthenticatorKind): Promise<Visitor> {
	const visitor = await visitPlayground({ browser, passlens, authenticator: kind });
	await visitor.waitForAutofill();
	await visitor.fillIn({ name: visitor.name, password: '' });
	await visitor.authenticator.touchAutomatically(true);
	await visitor.press('sign-up');
	await visitor.authenticator.touchAutomatically(false);
	return visitor;
}

/** Signs in by name, so that the request lists the account's passkeys. */
async function signIn(visitor: Visitor): Promise<string> {
	await visitor.press('sign-out');
	await visitor.waitForAutofill();
	await visitor.fillIn({ name: visitor.name });
	await visitor.authenticator.touchAutomatically(true);
	const said = await visitor.press('sign-in-passkey');
	await visitor.authenticator.touchAutomatically(false);
	return said;
}

interface Shown {
	page: Page;
	trouble: string[];
	close(): Promise<void>;
}

async function open(path: string): Promise<Shown> {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
	await passlens.signIn(context);
	const page = await context.newPage();
	const trouble: string[] = [];
	page.on('pageerror', (error) => trouble.push(String(error)));
	await openPage(page, `${passlens.url}${path}`);
	return { page, trouble, close: () => context.close() };
}

/** What the page lists once as many have arrived, the newest first. */
async function listed(view: string, selector: string, count: number): Promise<string[]> {
	return until(async () => {
		const { page, close } = await open(`/ledger?project=playground&view=${view}`);
		const found = await page
			.locator(`[${selector}]`)
			.evaluateAll((all, name) => all.map((one) => one.getAttribute(name) ?? ''), selector);
		await close();
		expect(found).toHaveLength(count);
		return found;
	});
}

describe('The ledger of real ceremonies', () => {
	it('follows BS as it is set and cleared, which is allowed and nothing to see to', async () => {
		const visitor = await visit('syncable');
		await visitor.authenticator.setBackupState(true);
		await signIn(visitor);
		await visitor.authenticator.setBackupState(false);
		await signIn(visitor);
		await visitor.leave();
		expect(await listed('transitions', 'data-transition', 2)).toEqual([
			'no_longer_backed_up',
			'backed_up'
		]);
		expect(await listed('open', 'data-finding', 0)).toEqual([]);
	});

	it('takes a bogus signature for no use and no change', async () => {
		const visitor = await visit('synced');
		await visitor.authenticator.breakSignatures(true);
		const said = await signIn(visitor);
		expect(said).not.toContain('Signed in');
		await visitor.page.goto('about:blank');
		await visitor.close();
		const { page, close } = await open('/credentials?project=playground&sync_state=synced');
		await until(async () => {
			await page.reload();
			const row = page.locator('tbody tr').first();
			expect(await row.innerText({ timeout: 2_000 })).toContain('Never seen');
		});
		await close();
		expect(await listed('transitions', 'data-transition', 2)).toHaveLength(2);
	});

	it('points out eligibility that changes, and a backup without it', async () => {
		const changing = await visit('devicePlatform');
		await changing.authenticator.setBackupFlags({ eligible: true, state: true });
		await signIn(changing);
		await changing.page.goto('about:blank');
		await changing.close();
		expect(await listed('open', 'data-finding', 1)).toEqual(['be_changed']);
		const illegal = await visit('illegal');
		await illegal.page.goto('about:blank');
		await illegal.close();
		expect(await listed('open', 'data-finding', 2)).toEqual(['bs_without_be', 'be_changed']);
	});

	it('keeps what people decide about a finding, and takes it back', async () => {
		const { page, trouble, close } = await open('/ledger?project=playground');
		expect(await violations(page)).toEqual([]);
		await page.getByRole('button', { name: 'Decide' }).click();
		expect(await page.getByRole('alert').innerText()).toContain('Choose at least one finding');
		await page.getByRole('checkbox', { name: /Backed up without being eligible/ }).check();
		await page.getByLabel('Why').fill('Our own test device');
		await page.getByLabel('What is to become of the chosen').selectOption('ignored');
		await page.getByRole('button', { name: 'Decide' }).click();
		expect(await listed('open', 'data-finding', 1)).toEqual(['be_changed']);
		expect(await listed('ignored', 'data-finding', 1)).toEqual(['bs_without_be']);
		await openPage(page, `${passlens.url}/ledger?project=playground&view=ignored`);
		expect(await page.locator('tbody tr').innerText()).toMatch(
			/Ignored by Ada Admin\s+Our own test device/
		);
		await page.getByRole('checkbox').check();
		await page.getByLabel('What is to become of the chosen').selectOption('open');
		await page.getByRole('button', { name: 'Decide' }).click();
		expect(await listed('open', 'data-finding', 2)).toHaveLength(2);
		await page.setViewportSize({ width: 390, height: 844 });
		expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
		expect(trouble).toEqual([]);
		await close();
	});

	it('is given out as evidence that its key’s fingerprint stands for', async () => {
		const { page, trouble, close } = await open('/evidence?project=playground');
		expect(await violations(page)).toEqual([]);
		const fingerprint = await page.locator('[data-fingerprint]').innerText();
		// Somebody whose browser lets it through is told at the field, and keeps what they typed.
		const why = page.getByLabel('Why, written into it');
		await why.evaluate((input: HTMLInputElement) => input.removeAttribute('maxlength'));
		await why.fill('x'.repeat(301));
		await page.getByLabel('Findings and figures of').selectOption('30');
		await page.getByRole('button', { name: 'Download signed zip' }).click();
		await page.locator('[data-mistake="note"]', { hasText: '301 characters' }).waitFor();
		expect(await why.inputValue()).toHaveLength(301);
		expect(await why.getAttribute('aria-invalid')).toBe('true');
		expect(await page.getByLabel('Findings and figures of').inputValue()).toBe('30');
		expect(await violations(page)).toEqual([]);
		await why.fill('Audit');
		const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
		await page.getByLabel('As of the end of').evaluate((input: HTMLInputElement) => {
			input.max = '';
		});
		await page.getByLabel('As of the end of').fill(tomorrow);
		await page.getByRole('button', { name: 'Download signed zip' }).click();
		await page.locator('[data-mistake="on"]', { hasText: 'Give a day up to today' }).waitFor();
		await page.goto(`${new URL(page.url()).origin}/evidence?project=playground`);
		await page.getByLabel('Why, written into it').fill('Audit');
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			page.getByRole('button', { name: 'Download signed zip' }).click()
		]);
		expect(download.suggestedFilename()).toMatch(/^passlens-evidence-playground-.*\.zip$/);
		const folder = await unpack(await download.path());
		expect(await verifyEvidence(folder, fingerprint)).toMatchObject({ mistakes: [] });
		const findings = await readFile(join(folder, 'ledger-findings.csv'), 'utf8');
		expect(findings).toContain('be_changed');
		await page.reload();
		const sums = createHash('sha256').update(await readFile(join(folder, 'SHA256SUMS')));
		expect(await page.locator('[data-sums]').innerText()).toBe(sums.digest('hex'));
		await rm(folder, { recursive: true });
		await page.getByLabel('At the end of').selectOption('week');
		await page.getByRole('button', { name: 'Set', exact: true }).click();
		await page.getByText('The first is made within ten minutes.').waitFor();
		await page.reload();
		expect(await page.getByLabel('At the end of').inputValue()).toBe('week');
		expect(trouble.filter((line) => !line.includes('400'))).toEqual([]);
		await close();
	});
});

/** The one folder in a zip, on disk. */
async function unpack(zip: string): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'passlens-unpacked-'));
	for (const [path, content] of Object.entries(unzipSync(await readFile(zip)))) {
		const file = join(folder, path.slice(path.indexOf('/') + 1));
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, content);
	}
	return folder;
}
