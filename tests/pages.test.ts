import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
	describeAuthenticatorStories,
	registerListed,
	supplyTables
} from './support/authenticator-stories.ts';
import { launchBrowser } from './support/browser.ts';
import { expectLight } from './support/expect-light.ts';
import { describeFailureStories } from './support/failure-stories.ts';
import { openPage, showTables } from './support/figures.ts';
import { describeFileStories } from './support/file-stories.ts';
import { openWindow as openWindowOf } from './support/open-window.ts';
import { DATA, HOSTILE, LISTED, type PageStage } from './support/page-stage.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { sampleVisit, type Visit } from './support/sample-events.ts';
import { sendVisits } from './support/send-visits.ts';
import { until } from './support/until.ts';
import { violations } from './support/violations.ts';

/** The pages that show a project's figures. */
const FIGURES = [
	'/',
	'/next-steps',
	'/adoption',
	'/adoption/prompts',
	'/adoption/sign-ins',
	'/adoption/cohorts',
	'/sync-coverage',
	'/upgrades',
	'/upgrades/breakdown',
	'/cross-device',
	'/cross-device/breakdown',
	'/failures',
	'/ceremonies',
	'/credentials',
	'/ledger',
	'/risk'
];
/** The others, and those of one thing. */
const SINGLE = [
	'/playground',
	'/definitions',
	'/set-up',
	'/set-up/new',
	'/alerts',
	'/alerts/rule',
	'/account',
	'/account/digest',
	'/people',
	'/api-keys',
	'/audit-log',
	'/annotations',
	'/segments',
	'/settings',
	'/docs?q=backup',
	'/docs/api',
	'/docs/capacity',
	'/policies',
	'/policies/edit',
	'/collector',
	'/collector/errors/<error>',
	'/failures/<failure>',
	'/ceremonies/different?outcome=failed',
	'/ceremonies/<id>',
	'/credentials/<hash>',
	'/health-checks',
	'/users',
	'/users?group=reach&which=none',
	'/users?group=signed-in&which=password',
	'/users/<user>',
	'/users/0123456789abcdef',
	'/evidence',
	'/streams'
];
const EMPTY = 'empty';

/** Of a project, as long as one may be, in words that no line ends in. */
const LONGEST_NAME = `The ${'customer-identity-platform-'.repeat(3)}`.slice(0, 80);

let passlens: Passlens;
let browser: Browser;
let visit: Visit;
let tables: string;

beforeAll(async () => {
	tables = await supplyTables();
	passlens = await startPasslens();
	browser = await launchBrowser();
	addProject(passlens, EMPTY);
	const listed = addProject(passlens, LISTED, { name: LONGEST_NAME });
	await registerListed(passlens, listed.ingestKey);
	const keys = addProject(passlens, DATA);
	visit = sampleVisit({ text: HOSTILE });
	const onMac = sampleVisit({
		client: { platform: 'macOS', brands: [{ brand: 'Google Chrome', version: '153' }] }
	});
	await sendVisits({ passlens, keys, visits: [onMac, visit] });
	// The daily rollup comes last.
	await until(async () => {
		const csv = await fetchText(`/export/sign-ins-by-method?project=${DATA}`);
		expect(csv).toMatch(/password,4/i);
	});
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
	await rm(tables, { recursive: true, force: true });
});
beforeEach(() => printOutputOnFailure(passlens));

describe('every page', () => {
	it.each([...FIGURES, ...SINGLE])(
		'%s is light, accessible, quiet and never wider than the screen, in light and in dark',
		async (path) => {
			const { page, trouble, close } = await openWindow();
			await openPage(page, await address(path));
			await expectLight(page, path);
			expect(await page.evaluate(iconsWithoutShape)).toEqual([]);
			await showTables(page);
			// One theme is looked at wide, the other narrow: layout and colours do not depend on each other.
			expect(await violations(page)).toEqual([]);
			await page.setViewportSize({ width: 390, height: 844 });
			expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
			// Without motion, or colours would still be on their way.
			await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
			expect(await violations(page)).toEqual([]);
			expect(trouble).toEqual([]);
			await close();
		}
	);

	it('comes dark at once to a reader whose system is', async () => {
		const { page, trouble, close } = await openWindow({ colorScheme: 'dark' });
		await openPage(page, await address('/'));
		const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
		expect(ground).toBe('rgb(13, 14, 17)');
		expect(await violations(page)).toEqual([]);
		expect(trouble).toEqual([]);
		await close();
	});

	it.each(FIGURES)('%s of a project that sent nothing says how to send', async (path) => {
		const { page, trouble, close } = await openWindow();
		const response = await openPage(page, `${passlens.url}${path}?project=${EMPTY}`);
		expect(response?.status()).toBe(200);
		const main = page.locator('main');
		expect(await main.innerText()).toContain('Nothing sent yet');
		expect(await main.innerText()).toContain(passlens.collectorUrl);
		expect(await main.innerText()).toMatch(/pk_[\w-]+/);
		// Not a figure in sight: nothing is known, and a zero would claim otherwise.
		expect(await main.locator('[data-kpi], table').count()).toBe(0);
		expect(await violations(page)).toEqual([]);
		// It offers the projects that have sent something, whatever they are called.
		expect(await main.innerText()).toContain(LONGEST_NAME.slice(0, 30));
		await page.setViewportSize({ width: 390, height: 844 });
		expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
		expect(trouble).toEqual([]);
		await close();
	});

	it.each([
		...['/adoption', '/sync-coverage', '/upgrades', '/cross-device', '/failures', '/ceremonies'],
		...['/credentials', '/ledger', '/risk']
	])(
		'%s under filters that nothing passes has "–" for what is not known, and the way out',
		async (path) => {
			const { page, trouble, close } = await openWindow();
			await openPage(
				page,
				`${passlens.url}${path}?project=${DATA}&platform=ChromeOS&application=none`
			);
			const main = page.locator('main');
			expect(await main.innerText()).toContain('Nothing matches');
			for (const value of await main.locator('[data-kpi-value]').allInnerTexts())
				expect(value).toBe('–');
			expect(trouble).toEqual([]);
			await close();
		}
	);

	it.each([
		['/nowhere', 404],
		['/docs/nowhere', 404],
		['/authenticators/not-an-aaguid/icon', 404],
		[`/ceremonies/${randomUUID()}`, 404],
		['/ceremonies/not-an-id', 404],
		['/failures/0123456789', 404],
		['/failures/not-a-group', 404],
		['/credentials/0123456789abcdef', 404],
		['/credentials/not-a-hash', 404],
		['/users/0123456789abcdef', 200],
		['/users/not-a-hash', 404],
		['/users/0000000000000000', 404],
		['/policies/no-rule', 404],
		['/policies?on=%27&version=%27', 200],
		['/export/no-such-export', 404],
		['/?period=custom&from=yesterday&to=1%27', 200],
		['/ceremonies?outcome=%27%20OR%201=1&q=%27;--&page=%27', 200],
		['/credentials?sync_state=%27&status=%27&q=%27', 200]
	])('%s answers %d without a stack', async (path, status) => {
		const response = await passlens.fetch(path);
		expect(response.status).toBe(status);
		expect(await response.text()).not.toMatch(/at .*\(.*:\d+:\d+\)|DB::Exception/);
	});
});

describe('a page of many questions', () => {
	const PAGES = ['/', '/adoption', '/sync-coverage'];

	it.each(PAGES)('%s is painted before its figures are counted', async (path) => {
		const html = await fetchText(`${path}?project=${DATA}`);
		const [frame, follows] = html.split('</body>');
		expect(frame).toMatch(/<h1[^>]*>\w+/);
		expect(frame).toContain('data-skeleton');
		expect(frame).not.toContain('data-kpi');
		expect(follows).toMatch(/numerator:\d/);
	});

	it.each(PAGES)('%s has its figures without script, too', async (path) => {
		const context = await browser.newContext({ javaScriptEnabled: false });
		await passlens.signIn(context);
		const page = await context.newPage();
		await page.goto(`${passlens.url}${path}?project=${DATA}&period=7d`);
		await page.locator('main [data-kpi-value]').first().waitFor();
		expect(await page.locator('[data-skeleton]').count()).toBe(0);
		expect(new URL(page.url()).searchParams.get('period')).toBe('7d');
		await context.close();
	});
});

it('numbers are written as the reader’s browser asks, by the server and by the page', async () => {
	const { page, close } = await openWindow({ locale: 'de-DE' });
	const home = `${passlens.url}/?project=${DATA}`;
	const asked = { headers: { 'accept-language': 'de-DE,de;q=0.9' } };
	const sent = await page.context().request.get(`${home}&whole=`, asked);
	expectGerman(await sent.text());
	await openPage(page, home);
	await until(async () => expectGerman(await page.innerText('main', { timeout: 2_000 })));
	await close();
});

function expectGerman(text: string): void {
	const divided = text.match(/\d[.,]\d+\u202f(?:%|s|pp)/g);
	expect(divided?.length).toBeGreaterThan(0);
	expect(divided!.filter((number) => number.includes('.'))).toEqual([]);
}

describe('text that a site sends', () => {
	it('is shown as text, wherever it stands, and runs nowhere', async () => {
		const { page, trouble, close } = await openWindow();
		const dialogs: string[] = [];
		page.on('dialog', (dialog) => {
			dialogs.push(dialog.message());
			void dialog.dismiss();
		});
		const seen: string[] = [];
		for (const path of [
			...FIGURES,
			...visit.ceremonyIds.map((id) => `/ceremonies/${id}`),
			'/failures/<failure>',
			'/ceremonies/different?outcome=failed',
			'/credentials/<hash>'
		]) {
			await openPage(page, await address(path));
			await showTables(page);
			seen.push(await page.locator('main').innerText());
			expect(await page.evaluate(() => '__pwned' in window)).toBe(false);
			expect(await page.locator('main img').count()).toBe(0);
		}
		const text = seen.join('\n');
		// Release, tag, error name, error signature and verdict detail, each cut where the contract cuts it.
		expect(text.split(HOSTILE).length - 1).toBeGreaterThanOrEqual(5);
		expect(text).toContain(`${HOSTILE.slice(0, 40)}=${HOSTILE}`);
		expect(dialogs).toEqual([]);
		expect(trouble).toEqual([]);
		await close();
	});

	it('reaches a spreadsheet as text, and filters as a value', async () => {
		const csv = await fetchText(`/export/ceremonies?project=${DATA}`);
		expect(csv).not.toMatch(/^[=+@]/m);
		const filter = encodeURIComponent(HOSTILE);
		const { page, trouble, close } = await openWindow();
		await openPage(
			page,
			`${passlens.url}/ceremonies?project=${DATA}&application=${filter}&q=${filter}&cause=${filter}`
		);
		expect(await page.evaluate(() => '__pwned' in window)).toBe(false);
		expect(await page.locator('main').innerText()).toContain('Nothing matches');
		expect(trouble).toEqual([]);
		await close();
	});
});

describe('filters', () => {
	it('stay while one walks through the pages', async () => {
		const { page, close } = await openWindow();
		const wanted = `?project=${DATA}&period=7d&compare=none&ecosystem=apple&platform=macOS&application=web`;
		await openPage(page, `${passlens.url}/${wanted}`);
		for (const label of [
			'Adoption',
			'Sync coverage',
			'Upgrades',
			'Failures',
			'Ceremonies',
			'Credentials',
			'Overview'
		]) {
			await page.locator('aside').getByRole('link', { name: label, exact: true }).click();
			await page.getByRole('heading', { level: 1, name: label }).waitFor();
			expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual(
				Object.fromEntries(new URLSearchParams(wanted))
			);
		}
		await close();
	});

	it.each(FIGURES)(
		'by country are there and narrow %s, where a file tells countries',
		async (path) => {
			const here = await fetchText(`${path}?project=${DATA}&country=NL&whole=`);
			expect(here).toContain('Netherlands');
			const everywhere = await fetchText(`${path}?project=${DATA}&whole=`);
			expect(here.includes('Nothing matches')).toBe(everywhere.includes('Nothing in this period'));
			expect(everywhere).not.toContain('Nothing matches');
		}
	);

	it('break adoption down by country, and a country leads to its figures', async () => {
		const { page, close } = await openWindow();
		await openPage(page, `${passlens.url}/adoption?project=${DATA}`);
		await page.getByLabel('Break down by').selectOption({ label: 'Country' });
		const card = page.getByRole('region', { name: 'By country' });
		await card.getByRole('link', { name: 'Netherlands' }).click();
		await page.waitForURL((url) => url.searchParams.get('country') === 'NL');
		expect(new URL(page.url()).searchParams.get('by')).toBe('country');
		await close();
	});

	it('narrow what is shown', async () => {
		const { page, close } = await openWindow();
		const rows = async (filter: string) => {
			await openPage(page, `${passlens.url}/ceremonies?project=${DATA}${filter}`);
			return page.locator('main table tbody tr').count();
		};
		expect(await rows('')).toBe(8);
		expect(await rows('&platform=macOS')).toBe(4);
		expect(await rows('&ecosystem=apple')).toBe(4);
		expect(await rows('&ecosystem=apple&platform=Linux')).toBe(0);
		expect(await rows('&outcome=rejected')).toBe(2);
		expect(await rows('&country=NL')).toBe(8);
		expect(await rows('&country=DE')).toBe(0);
		await close();
	});
});

describe('the dashboard’s name', () => {
	it.each([
		['evil.example', 421],
		['evil.example:80', 421],
		['localhost.evil.example', 421],
		['127.0.0.1', 200],
		['localhost', 200]
	])('Host: %s is answered with %d', async (host, status) => {
		expect(await statusFor(host)).toBe(status);
	});
});

const stage = (): PageStage => ({ passlens, openWindow, address, fetchText });

describeFileStories(stage);
describeAuthenticatorStories(stage);
describeFailureStories(stage);

/** The address of a page of the project with data; `<id>`, `<hash>`, `<error>` and `<failure>` stand for one that is there. */
async function address(path: string): Promise<string> {
	let found = path.replace('<id>', visit.ceremonyIds[3]!);
	if (found.includes('<hash>')) {
		const list = await fetchText(`/credentials?project=${DATA}`);
		found = found.replace('<hash>', /\/credentials\/([0-9a-f]{16})/.exec(list)?.[1] ?? 'none');
	}
	if (found.includes('<user>')) {
		const list = await fetchText(`/ceremonies?project=${DATA}`);
		found = found.replace('<user>', /\/users\/([0-9a-f]{16})/.exec(list)?.[1] ?? 'none');
	}
	if (found.includes('<error>')) {
		const list = await fetchText('/collector');
		found = found.replace(
			'<error>',
			/\/collector\/errors\/([0-9a-f]{10})/.exec(list)?.[1] ?? 'none'
		);
	}
	if (found.includes('<failure>')) {
		const list = await fetchText(`/failures?project=${DATA}`);
		found = found.replace('<failure>', /data-failure="([0-9a-f]{10})"/.exec(list)?.[1] ?? 'none');
	}
	const target = new URL(found, passlens.url);
	target.searchParams.set('project', DATA);
	return target.href;
}

/** Runs in the page. */
const iconsWithoutShape = () =>
	[...document.querySelectorAll('use')]
		.map((use) => use.getAttribute('href')!)
		.filter((shape) => !document.querySelector(shape));

const openWindow = (options: Parameters<typeof openWindowOf>[1] = {}) =>
	openWindowOf({ browser, passlens }, options);

async function fetchText(path: string): Promise<string> {
	const response = await passlens.fetch(path);
	expect(response.status).toBe(200);
	return response.text();
}

function statusFor(host: string): Promise<number | undefined> {
	return new Promise((resolve, reject) => {
		request(passlens.url, { headers: { host } }, (response) => {
			response.resume();
			resolve(response.statusCode);
		})
			.on('error', reject)
			.end();
	});
}
