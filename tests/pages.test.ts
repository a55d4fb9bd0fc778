import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FAILURE_CAUSES } from '../sdk/common/failure-causes.ts';
import { createMdsAuthority } from '../collector/testing/sign-mds-blob.ts';
import { writeMmdb } from '../collector/testing/write-mmdb.ts';
import { uuidV7 } from '../sdk/common/uuid-v7.ts';
import { KPI_IDS } from '../src/lib/server/kpis/registry.ts';
import { launchBrowser } from './support/browser.ts';
import { expectLight } from './support/expect-light.ts';
import { openPage, showTables } from './support/figures.ts';
import { openWindow as openWindowOf } from './support/open-window.ts';
import {
	ADMIN_NAME,
	printOutputOnFailure,
	startPasslens,
	type Passlens
} from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { sampleVisit, type Visit } from './support/sample-events.ts';
import { sendEvents } from './support/send-events.ts';
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
const DATA = 'with-data';
const EMPTY = 'empty';
/** Of a passkey whose AAGUID stands in the operator's list and in the FIDO metadata. */
const LISTED = 'listed';
const AAGUID = '11111111-2222-4333-8444-555555555555';

/** Runs in a page that takes it for markup, and ends the table in a database that takes it for SQL. */
const HOSTILE = `<img src=x onerror=__pwned=1>'); DROP TABLE x; --`;

/** Of a project, as long as one may be, in words that no line ends in. */
const LONGEST_NAME = `The ${'customer-identity-platform-'.repeat(3)}`.slice(0, 80);

let passlens: Passlens;
let browser: Browser;
let visit: Visit;
let tables: string;

beforeAll(async () => {
	await supplyTables();
	passlens = await startPasslens();
	browser = await launchBrowser();
	addProject(passlens, EMPTY);
	await registerListed(addProject(passlens, LISTED, { name: LONGEST_NAME }).ingestKey);
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

describe('a chart’s file', () => {
	it.each(['/', '/adoption', '/sync-coverage', '/upgrades?section=password'])(
		'%s holds the numbers of its table',
		async (path) => {
			const { page, close } = await openWindow();
			await openPage(page, await address(path));
			await showTables(page);
			const cards = await page
				.locator('main section[aria-label]:has(> header a[download]):has(table)')
				.evaluateAll((sections) =>
					sections.map((section) => ({
						href: section.querySelector<HTMLAnchorElement>('header a[download]')!.href,
						rows: [...section.querySelectorAll('tbody tr')].map((row) =>
							[...row.children].map((cell) => cell.textContent.trim())
						)
					}))
				);
			expect(cards.length).toBeGreaterThan(0);
			for (const { href, rows } of cards) {
				const csv = (await fetchText(href)).trim().split('\r\n').slice(1);
				const inFile = csv.flatMap((line) => integers(line.split(',')));
				for (const number of rows.flatMap(integers)) {
					expect(inFile, `${href} lacks a number of its table`).toContain(number);
					inFile.splice(inFile.indexOf(number), 1);
				}
			}
			await close();
		}
	);

	it('of the lists has a line for each row', async () => {
		for (const [path, file] of [
			['/ceremonies', 'ceremonies'],
			['/credentials', 'credentials']
		]) {
			const { page, close } = await openWindow();
			await openPage(page, await address(path!));
			const rows = await page.locator('main table tbody tr').count();
			const csv = await fetchText(`/export/${file}?project=${DATA}`);
			expect(rows).toBeGreaterThan(0);
			expect(csv.trim().split('\r\n')).toHaveLength(rows + 1);
			await close();
		}
	});
});

describe('figures over HTTP', () => {
	interface Figure {
		definition: { id: string };
		numerator?: number | null;
		denominator?: number | null;
		coverage: { numerator: number; denominator: number; of: string };
	}
	const figures = async (path: string) =>
		(JSON.parse(await fetchText(path)) as { kpis: Figure[] }).kpis;

	it('are those of the page, one or all, as JSON and as lines', async () => {
		const all = await figures(`/api/v1/kpis?project=${DATA}`);
		expect(all.map(({ definition }) => definition.id)).toEqual(KPI_IDS);
		const one = all.find(({ definition }) => definition.id === 'ceremony_success')!;
		expect(await figures(`/api/v1/kpis/ceremony_success?project=${DATA}`)).toEqual([one]);
		expect(one.denominator).toBeGreaterThan(0);

		const csv = await fetchText(`/export/kpis?project=${DATA}`);
		const [header, ...lines] = csv.trim().split('\r\n');
		expect(lines.map((line) => line.split(',')[0])).toEqual(KPI_IDS);
		const cells = lines.find((line) => line.startsWith('ceremony_success,'))!.split(',');
		const line = Object.fromEntries(header!.split(',').map((name, index) => [name, cells[index]]));
		expect(line).toMatchObject({
			numerator: String(one.numerator),
			denominator: String(one.denominator),
			coverage_numerator: String(one.coverage.numerator),
			coverage_denominator: String(one.coverage.denominator)
		});

		const { page, close } = await openWindow();
		await openPage(page, await address('/'));
		const card = page.locator('[data-kpi="ceremony_success"] [data-kpi-detail]');
		expect(await card.innerText()).toBe(`${one.numerator} of ${one.denominator}`);
		await close();
	});

	it('obey the filters of the address', async () => {
		const [apple] = await figures(`/api/v1/kpis/cancel_rate?project=${DATA}&ecosystem=apple`);
		const [all] = await figures(`/api/v1/kpis/cancel_rate?project=${DATA}&country=`);
		expect(apple!.denominator).toBeGreaterThan(0);
		expect(apple!.denominator).toBeLessThan(all!.denominator!);
	});

	it.each([
		['/api/v1/kpis/made_up', 404, { code: 'not_found', field: 'id' }],
		['/api/v1/failures?view=some', 400, { code: 'invalid_parameter', field: 'view' }],
		['/api/v1/kpis?ecosytem=apple', 400, { code: 'unknown_parameter', field: 'ecosytem' }]
	])('%s answers %d and names the mistake', async (path, status, error) => {
		const response = await passlens.fetch(path);
		expect(response.status).toBe(status);
		expect(await response.json()).toMatchObject(error);
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

describe('an authenticator in the operator’s tables', () => {
	it('comes from where the environment says, which the collector page shows and does not change', async () => {
		const text = await fetchText('/collector');
		for (const variable of ['PASSLENS_COUNTRY_FILE', 'PASSLENS_AAGUIDS', 'PASSLENS_MDS'])
			expect(text).toContain(`data-set-by-variable="${variable}"`);
		expect(text).toMatch(/signature verified up to the root that PASSLENS_MDS_ROOT names/);
		expect(text).toContain('The next is due 1 Dec.');
	});

	it('has its icon, which runs nothing, and what FIDO says of it, on the list and on its page', async () => {
		const { page, trouble, close } = await openWindow();
		await openPage(page, `${passlens.url}/credentials?project=${LISTED}`);
		const icon = page.locator('main img:visible');
		await expect
			.poll(() => icon.evaluate((image: HTMLImageElement) => image.naturalWidth))
			.toBe(24);
		expect(await page.locator('main').innerText()).toMatch(/Acme Keys\s+Revoked/);
		await page.locator('main [data-credential] a').click();
		await page.getByRole('region', { name: 'What it is' }).waitFor();
		expect(await page.locator('[data-fact="REVOKED"]').innerText()).toMatch(/^Revoked since 3 Feb/);
		expect(await page.locator('[data-fact="FIDO_CERTIFIED_L2"]').innerText()).toMatch(/level 2/);
		expect(await page.evaluate(() => '__pwned' in window)).toBe(false);
		expect(await violations(page)).toEqual([]);
		expect(trouble).toEqual([]);

		const file = `${passlens.url}/authenticators/${AAGUID}/icon`;
		const response = await page.goto(file);
		expect(response!.headers()).toMatchObject({
			'content-type': 'image/svg+xml',
			'content-security-policy': expect.stringMatching(/default-src 'none'.*sandbox/)
		});
		expect(await page.evaluate(() => '__pwned' in window)).toBe(false);
		expect((await passlens.fetch(`/authenticators/${randomUUID()}/icon`)).status).toBe(404);
		await close();
	});
});

describe('a group of failures', () => {
	it('is decided about on its page by keyboard, and counted by its state from then on', async () => {
		const { page, trouble, close } = await openWindow();
		const group = await address('/failures/<failure>');
		await openPage(page, group);
		await page.getByText('Decide', { exact: true }).focus();
		await page.keyboard.press('Enter');
		await page.getByRole('radio', { name: /^Resolved –/ }).check();
		await page.getByLabel('Who takes care of it').fill('Kim');
		await page.getByLabel('Note').fill(HOSTILE);
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await page.locator('[data-triage=resolved]').waitFor();
		expect(await page.locator('[data-decisions]').innerText()).toMatch(
			new RegExp(`Resolved by ${ADMIN_NAME}.*owner Kim`)
		);
		expect(await page.locator('[data-decisions]').innerText()).toContain(HOSTILE);

		const id = new URL(group).pathname.split('/').at(-1)!;
		const list = (view: string) => fetchText(`/failures?project=${DATA}&view=${view}`);
		expect(await list('resolved')).toContain(`data-failure="${id}"`);
		expect(await list('open')).not.toContain(`data-failure="${id}"`);
		expect(await fetchText(`/export/failures?project=${DATA}&view=resolved`)).toContain(id);
		// Whoever resolved it by mistake takes it back: the form is still open.
		await page.getByRole('radio', { name: /^Open –/ }).check();
		await page.getByRole('button', { name: 'Save' }).click();
		await page.locator('[data-triage=new], [data-triage=ongoing]').waitFor();
		expect(trouble).toEqual([]);
		await close();
	});

	it('leads to its ceremonies, and the list to what is different about them', async () => {
		const { page, close } = await openWindow();
		await openPage(page, await address('/failures/<failure>'));
		await page.getByRole('link', { name: 'All of them' }).click();
		await page.getByRole('heading', { level: 1, name: 'Ceremonies' }).waitFor();
		expect(await page.locator('main table tbody tr').count()).toBeGreaterThan(0);
		await page.getByRole('link', { name: 'What is different' }).click();
		await page.locator('[data-no-difference], [data-differences]').waitFor();
		await close();
	});
});

describe('an error no rule knows', () => {
	it('is named on its page by keyboard, in the past too, and the name is taken back', async () => {
		const { page, trouble, close } = await openWindow();
		await openPage(page, await address('/collector'));
		const unknown = page.getByRole('region', { name: 'Errors no rule knows' });
		await unknown.getByRole('link').first().focus();
		await page.keyboard.press('Enter');
		await page.getByRole('region', { name: 'Its name' }).waitFor();

		const cause = page.getByLabel('What it comes from');
		const offered = await cause
			.locator('option')
			.evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
		// The classifier's own list: a name it does not know would count nowhere.
		expect(offered.toSorted()).toEqual(
			['', ...FAILURE_CAUSES.filter((name) => name !== 'unknown')].toSorted()
		);
		await cause.selectOption('extension_interfered');
		await page.getByLabel(/^Why/).fill(HOSTILE);
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await page.getByText(`Named by ${ADMIN_NAME}`).waitFor();

		const past = page.locator('[data-reclassification]');
		await past.getByText('Unknown, possible').waitFor();
		await past.getByText('An extension interfered, likely').waitFor();
		const ceremonies = page.getByRole('region', { name: 'Ceremonies that ended with it' });
		const ceremony = await ceremonies.getByRole('link').first().getAttribute('href');
		const told = await fetchText(ceremony!);
		expect(told).toContain('data-cause="extension_interfered"');
		expect(told).toContain('Named by the operator: &lt;img src=x');
		const list = await fetchText('/collector');
		expect(list).toContain('Errors named by hand');
		expect(list).toContain(ADMIN_NAME);

		await page.getByRole('button', { name: 'Take the name back' }).click();
		await page.getByRole('button', { name: 'Name it' }).waitFor();
		await until(async () => {
			expect(await fetchText(ceremony!)).toContain('data-cause="unknown"');
		});
		expect(trouble).toEqual([]);
		await close();
	});

	it('takes no name from another site', async () => {
		const response = await fetch(await address('/collector/errors/<error>?/name'), {
			method: 'POST',
			headers: { origin: 'https://evil.example' },
			body: new URLSearchParams({ cause: 'timed_out', confidence: 'likely' })
		});
		expect(response.status).toBe(403);
	});
});

/** A file of countries, the operator's list, with an icon that would run if it could, and metadata that takes a certification back. */
async function supplyTables(): Promise<void> {
	tables = await mkdtemp(join(tmpdir(), 'passlens-tables-'));
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><script>window.__pwned=1</script><rect width="24" height="24"/></svg>`;
	const icon_light = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
	const authority = await createMdsAuthority();
	const statusReports = [
		{ status: 'FIDO_CERTIFIED_L2', effectiveDate: '2024-02-03' },
		{ status: 'REVOKED', effectiveDate: '2026-02-03' }
	];
	const entries = [{ aaguid: AAGUID, metadataStatement: { description: 'A key' }, statusReports }];
	const home = { country: { iso_code: 'NL' } };
	const networks = [
		{ address: '127.0.0.0', prefix: 8, data: home },
		{ address: '0:0:0:0:0:0:0:1', prefix: 128, data: home }
	];
	const files: [variable: string, name: string, content: string | Buffer][] = [
		['PASSLENS_COUNTRY_FILE', 'country.mmdb', writeMmdb({ networks })],
		[
			'PASSLENS_AAGUIDS',
			'list.json',
			JSON.stringify({ [AAGUID]: { name: 'Acme Keys', icon_light } })
		],
		[
			'PASSLENS_MDS',
			'blob.jwt',
			await authority.sign({ no: 3, nextUpdate: '2026-12-01', entries })
		],
		['PASSLENS_MDS_ROOT', 'root.pem', authority.root]
	];
	for (const [variable, name, content] of files) {
		await writeFile(join(tables, name), content);
		process.env[variable] = join(tables, name);
	}
}

async function registerListed(key: string): Promise<void> {
	const credential = {
		...{ credential_ref: randomBytes(32).toString('base64url'), aaguid: AAGUID },
		...{ authenticator_attachment: 'cross-platform' as const, transports: ['usb' as const] },
		...{ backup_eligible: false, backup_state: false }
	};
	const answer = await sendEvents({
		passlens,
		key,
		events: [
			{
				...{ id: uuidV7(), type: 'ceremony.finished', time_unix_ms: Date.now() },
				...{ ceremony_id: uuidV7(), ceremony_type: 'registration', request: {} },
				...{ outcome: 'succeeded', elapsed_ms: 900, credential }
			}
		]
	});
	expect(answer).toMatchObject({ status: 202, receipt: { accepted: 1 } });
}

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

function integers(cells: string[]): number[] {
	return cells
		.filter((cell) => /^\d[\d,]*$/.test(cell))
		.map((cell) => Number(cell.replaceAll(',', '')));
}

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
