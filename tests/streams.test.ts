import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ocsfSchema } from '../src/lib/server/testing/ocsf-schema.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { openWindow, type OpenWindow } from './support/open-window.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { somebodyAt } from './support/sign-in.ts';
import { violations } from './support/violations.ts';

let passlens: Passlens;
let browser: Browser;
let window: OpenWindow;
let siem: Server;
let address: string;
let directory: string;
const received: { body: string; headers: Record<string, string> }[] = [];

beforeAll(async () => {
	siem = createServer(async (request, response) => {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		received.push({ body, headers: request.headers as Record<string, string> });
		response.end();
	});
	await new Promise<void>((resolve) => siem.listen(0, '127.0.0.1', resolve));
	address = `http://127.0.0.1:${(siem.address() as AddressInfo).port}/in`;
	directory = await mkdtemp(join(tmpdir(), 'passlens-siem-'));
	vi.stubEnv('PASSLENS_STREAMS_EVERY_S', '0.5');
	vi.stubEnv('PASSLENS_STREAMS_ALLOW_PRIVATE', '1');
	vi.stubEnv('PASSLENS_STREAMS_DIR', directory);
	passlens = await startPasslens();
	vi.unstubAllEnvs();
	browser = await launchBrowser();
	window = await openWindow({ browser, passlens });
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
	siem?.close();
	await rm(directory, { recursive: true, force: true });
});
beforeEach(() => printOutputOnFailure(passlens));

const events = (body: string) =>
	(body.startsWith('[')
		? (JSON.parse(body) as unknown[])
		: body
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line) as unknown)
	).map((event) => ocsfSchema.parse(event));
const written = async () => events(await readFile(join(directory, 'siem.ndjson'), 'utf8'));

it('a stream is added, its mistakes named, and tried', async () => {
	const { page } = window;
	await openPage(page, `${passlens.url}/streams`);
	expect(await page.locator('main').innerText()).toContain('None yet');
	await page.getByLabel('Name', { exact: true }).fill('Our SIEM');
	await page.getByLabel('Address to post to').fill('ftp://example.com');
	await page.getByRole('button', { name: 'Add the stream' }).click();
	await page.getByRole('alert').getByText('beginning with https://').waitFor();
	await page.getByLabel('Address to post to').fill(address);
	await page.getByRole('button', { name: 'Add the stream' }).click();
	await page.getByText('Our SIEM tells what happens from now on.').waitFor();
	await page.getByRole('button', { name: 'Send a test event: Our SIEM' }).click();
	await page.getByText('Our SIEM took the test event.').waitFor();
	await page.getByText('How a receiver checks it').click();
	const secret = await page.locator('[data-secret]').innerText();
	const { body, headers } = received[0]!;
	new Webhook(secret).verify(body, headers);
	expect(events(body)).toMatchObject([{ class_uid: 3004, activity_name: 'Test' }]);
	expect(await violations(page)).toEqual([]);
});

it('what is done at the dashboard reaches the SIEM and a file, without a name', async () => {
	const { page } = window;
	await page.getByLabel('Kind').selectOption('file');
	await page.getByLabel('Name', { exact: true }).fill('Files');
	await page.getByLabel('Name of the file').fill('siem');
	await page.getByRole('button', { name: 'Add the stream' }).click();
	await page.getByText('Files tells what happens from now on.').waitFor();
	// The first look is behind both before anything else is done.
	await page.getByRole('button', { name: 'Pause: Our SIEM' }).click();
	await page.getByText('Paused', { exact: true }).waitFor();
	await expect
		.poll(async () => (await written().catch(() => [])).length, { timeout: 20_000 })
		.toBeGreaterThan(0);
	const before = received.length;
	await passlens.admin.signInAgain();
	await passlens.signIn(page.context());
	await somebodyAt(passlens.url).fetch('/people');
	await expect
		.poll(async () => (await written()).map(({ message }) => message), { timeout: 20_000 })
		.toContain('Somebody signed in to Passlens');
	expect(received).toHaveLength(before);
	await page.getByRole('button', { name: 'Go on: Our SIEM' }).click();
	await expect
		.poll(
			() =>
				received
					.slice(1)
					.flatMap(({ body }) => events(body))
					.map(({ message }) => message),
			{
				timeout: 20_000
			}
		)
		.toContain('Somebody signed in to Passlens');
	const uids = (await written()).map(({ metadata }) => metadata.uid);
	expect(new Set(uids).size).toBe(uids.length);
	expect(JSON.stringify(await written())).not.toContain('Ada');
	const entries = await (await passlens.fetch('/audit-log')).text();
	expect(entries).toContain('change pause');
	await openPage(page, `${passlens.url}/streams`);
	expect(await page.locator('[data-state]').first().innerText()).toMatch(/Last sent/);
	expect(window.trouble).toEqual([]);
});
