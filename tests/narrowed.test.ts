import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PasslensEventInput } from '../sdk/event/index.ts';
import { NARROWED_BY_PROVIDER } from '../src/lib/components/filter-effect.ts';
import { launchBrowser } from './support/browser.ts';
import { everythingStored } from './support/everything-stored.ts';
import { openPage, readFigures } from './support/figures.ts';
import { openWindow } from './support/open-window.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject, chooseTags } from './support/projects.ts';
import { sampleVisit } from './support/sample-events.ts';
import { sendVisits } from './support/send-visits.ts';
import { violations } from './support/violations.ts';

/** Two kinds of visits: one project has both, one those of the second alone. What is narrowed to the second says what the other says. */
const BOTH = 'both';
const SECOND = 'second';
const FIRST_KIND = {
	visits: 3,
	of: {
		aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd',
		environment: 'production',
		experiment: 'A'
	}
};
const SECOND_KIND = {
	visits: 2,
	of: {
		aaguid: 'd548826e-79b4-db40-a3d8-11116f7e8349',
		environment: 'staging',
		experiment: 'B=1'
	}
};
const PROVIDER = 'Bitwarden';

/** Pages under the row of filters. */
const PAGES = [
	...['/', '/next-steps', '/adoption', '/adoption/prompts', '/adoption/sign-ins'],
	'/adoption/cohorts',
	...['/sync-coverage', '/upgrades', '/upgrades/breakdown', '/cross-device'],
	...['/cross-device/breakdown', '/failures', '/ceremonies', '/ceremonies/different'],
	...['/credentials', '/ledger', '/risk', '/definitions']
];

let passlens: Passlens;
let browser: Browser;
let page: Page;

beforeAll(async () => {
	passlens = await startPasslens();
	const both = addProject(passlens, BOTH);
	const second = addProject(passlens, SECOND);
	for (const project of [BOTH, SECOND]) chooseTags(passlens, project, ['experiment']);
	for (const { keys, kinds } of [
		{ keys: both, kinds: [FIRST_KIND, SECOND_KIND] },
		{ keys: second, kinds: [SECOND_KIND] }
	])
		await sendVisits({ passlens, keys, visits: kinds.flatMap(visitsOf) });
	await everythingStored(passlens.dataDir);
	browser = await launchBrowser();
	({ page } = await openWindow({ browser, passlens }));
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

const visitsOf = ({ visits, of }: typeof FIRST_KIND) =>
	Array.from({ length: visits }, () => {
		const { page, server } = sampleVisit();
		return { page: page.map(toKind(of)), server: server.map(toKind(of)) };
	});

/** The same event as a visit of one kind sends it. */
const toKind =
	({ aaguid, environment, experiment }: (typeof FIRST_KIND)['of']) =>
	(event: PasslensEventInput): PasslensEventInput => ({
		...event,
		environment,
		tags: { ...event.tags, experiment },
		...(event.type === 'ceremony.finished' &&
			event.ceremony_type === 'registration' &&
			event.credential && { credential: { ...event.credential, aaguid } })
	});

const open = (path: string, search = '') =>
	openPage(page, `${passlens.url}${path}?project=${BOTH}${search}`);

/** What a page says below the row of filters. */
async function textOf(path: string, search: string): Promise<string> {
	const response = await passlens.fetch(`${path}?project=${BOTH}&whole=${search}`);
	const [, main = ''] = /<main[^>]*>(.*)<\/main>/s.exec(await response.text()) ?? [];
	const text = main.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
	// How long ago something was goes on while one asks twice.
	return text.replace(/\b(\d+ \w+ ago|just now)\b/g, 'lately');
}

const figuresOf = (project: string, filters: Record<string, string> = {}) => {
	const tabs = new Map<string, Promise<Page>>();
	const of = (name: string) => {
		const tab = tabs.get(name) ?? page.context().newPage();
		tabs.set(name, tab);
		return tab;
	};
	return readFigures({ tabs: { of }, url: passlens.url, project, filters }).finally(async () => {
		for (const tab of tabs.values()) await (await tab).close();
	});
};

/** Whose verdict's page was not heard is asked of the whole project, however it is narrowed. */
const OF_ALL = /telemetry_loss/;

describe.each([
	['environment', { environment: 'staging' }],
	['a tag', { tagged: 'experiment=B=1' }]
] as [string, Record<string, string>][])('by %s', (_, filters) => {
	const counted = (figures: Awaited<ReturnType<typeof figuresOf>>) =>
		Object.fromEntries(Object.entries(figures).filter(([name]) => !OF_ALL.test(name)));

	it('every page says of one value what it would say if there were no other', async () => {
		const narrowed = counted(await figuresOf(BOTH, filters));
		expect(narrowed['overview.activation_rate.denominator']).toBe(SECOND_KIND.visits);
		expect(narrowed['credentials.active']).toBe(SECOND_KIND.visits);
		expect(narrowed).toEqual(counted(await figuresOf(SECOND)));
	});

	it('a value that nobody sent matches nothing', async () => {
		const [[name, value]] = Object.entries(filters) as [[string, string]];
		for (const path of ['/', '/sync-coverage', '/ceremonies', '/risk'])
			expect(await textOf(path, `&${name}=${encodeURIComponent(`${value}x`)}`)).toMatch(
				/Nothing matches|–/
			);
	});
});

it('a tag that figures do not know is named beside its chip, on a phone below the row, and where to choose it', async () => {
	const note =
		'Figures are not told apart by “plan”, and show nothing of it until Project settings choose it';
	await open('/', '&tagged=plan%3Dpro');
	const chip = page.getByRole('group', { name: 'Filters' }).getByLabel('Tag');
	expect(await chip.inputValue()).toBe('plan=pro');
	expect(await chip.getAttribute('aria-describedby')).toBe('tagged-note');
	expect(await page.locator('#tagged-note').innerText()).toBe(note);
	await page.setViewportSize({ width: 390, height: 844 });
	await page.getByText(`Tag: ${note}`).waitFor();
	expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
	expect(await violations(page)).toEqual([]);
	await page.setViewportSize({ width: 1280, height: 900 });
	await open('/', '&tagged=experiment%3DB%3D1');
	expect(await page.locator('#tagged-note').count()).toBe(0);
});

describe('by the provider of passkeys', () => {
	/** Of users seen, whoever made their passkeys. */
	const OF_SEEN = /reach|password_removal_ready|users who|stranded/i;

	it('what counts passkeys says of one what it would say if there were no other', async () => {
		const ofPasskeys = (figures: Awaited<ReturnType<typeof figuresOf>>) =>
			Object.fromEntries(
				Object.entries(figures).filter(
					([name]) => /^(sync|credentials)\./.test(name) && !OF_SEEN.test(name)
				)
			);
		const narrowed = ofPasskeys(await figuresOf(BOTH, { provider: PROVIDER }));
		expect(narrowed['sync.sync_coverage.denominator']).toBe(SECOND_KIND.visits);
		expect(narrowed['sync.synced_share.numerator']).toBe(SECOND_KIND.visits);
		expect(narrowed).toEqual(ofPasskeys(await figuresOf(SECOND)));
	});

	it.each(PAGES.filter((path) => NARROWED_BY_PROVIDER[path] === undefined))(
		'%s is as it is without the filter, and says so',
		async (path) => {
			const text = await textOf(path, `&provider=${PROVIDER}`);
			expect(text.length).toBeGreaterThan(100);
			expect(text).toBe(await textOf(path, ''));
			await open(path, `&provider=${PROVIDER}`);
			const chip = page.getByLabel('Provider claimed');
			expect(await chip.getAttribute('aria-describedby')).toBe('provider-note');
			expect(await page.locator('#provider-note').innerText()).toBe(
				'Does not narrow this page: users and failures have no provider'
			);
		}
	);

	it('programs have it of passkeys, and are refused what has no provider', async () => {
		const ask = async (path: string) => {
			const response = await passlens.fetch(`/api/v1/${path}project=${BOTH}&provider=${PROVIDER}`);
			return { status: response.status, body: (await response.json()) as Record<string, unknown> };
		};
		const { kpis } = (await ask('kpis/synced_share?')).body as {
			kpis: { numerator: number }[];
		};
		expect(kpis.map(({ numerator }) => numerator)).toEqual([SECOND_KIND.visits]);
		const { rows } = (await ask('tables/sync-by-provider?')).body as {
			rows: Record<string, unknown>[];
		};
		expect(rows).toMatchObject([{ provider: PROVIDER, credentials: SECOND_KIND.visits }]);
		const refused = { status: 400, body: { field: 'provider' } };
		expect(await ask('kpis/error_rate?')).toMatchObject(refused);
		expect(await ask('tables/readiness?')).toMatchObject(refused);
		expect(await ask('kpis?')).toMatchObject(refused);
	});

	it('each page that it narrows is one under the row of filters', () => {
		expect(PAGES).toEqual(expect.arrayContaining(Object.keys(NARROWED_BY_PROVIDER)));
	});
});

describe('the chip', () => {
	it('is found by typing, taken into a segment, opened from it, and taken away, by the keyboard alone', async () => {
		await open('/sync-coverage');
		const everybody = await page.locator('[data-kpi="sync_coverage"]').innerText();
		await page.getByRole('button', { name: 'Find a filter' }).focus();
		await page.keyboard.press('Enter');
		await page.getByRole('combobox', { name: 'Search filters and segments' }).waitFor();
		await page.keyboard.type(`provider ${PROVIDER.toLowerCase()}`);
		await page.keyboard.press('Enter');
		await page.waitForURL(/provider=Bitwarden/);
		await expect
			.poll(() => page.locator('[data-kpi="sync_coverage"]').innerText())
			.not.toBe(everybody);
		expect(await page.getByLabel('Provider claimed').inputValue()).toBe(PROVIDER);
		expect(await violations(page)).toEqual([]);

		await page.getByRole('button', { name: 'Segments', exact: true }).press('Enter');
		await page.getByLabel('Save the filters of this page as').fill('By Bitwarden');
		await page.keyboard.press('Enter');
		await page.getByRole('button', { name: 'Segment: By Bitwarden' }).waitFor();
		await page.getByRole('link', { name: 'Clear', exact: true }).press('Enter');
		await page.waitForURL((url) => !url.searchParams.has('provider'));

		await open('/risk');
		await page.getByRole('button', { name: 'Segments', exact: true }).press('Enter');
		await page.getByRole('link', { name: 'By Bitwarden' }).press('Enter');
		await page.waitForURL(/\/risk\?.*provider=Bitwarden/);
	});

	it.each([
		['environment staging', 'environment', 'staging'],
		['experiment=b', 'tagged', 'experiment=B=1']
	])('is found by “%s”, narrows, and is opened from its address', async (typed, name, value) => {
		await open('/ceremonies');
		await page.getByRole('button', { name: 'Find a filter' }).press('Enter');
		await page.getByRole('combobox', { name: 'Search filters and segments' }).waitFor();
		await page.keyboard.type(typed);
		await page.keyboard.press('Enter');
		await page.waitForURL((url) => url.searchParams.get(name) === value);
		await page.reload();
		const chip = page
			.getByRole('group', { name: 'Filters' })
			.locator('select')
			.filter({
				has: page.locator(`option:checked[value="${value}"]`)
			});
		expect(await chip.inputValue()).toBe(value);
		expect(await page.locator('main table tbody tr').count()).toBe(4 * SECOND_KIND.visits);
	});

	it('leaves the page its width, on a phone and in the dark, however long its name', async () => {
		const long = 'A provider whose name is as long as a name of one may be, or more';
		await page.setViewportSize({ width: 390, height: 844 });
		for (const scheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme: scheme });
			const name = encodeURIComponent(long);
			await open('/', `&provider=${name}&environment=${name}&tagged=experiment%3D${name}`);
			expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
			expect(await violations(page)).toEqual([]);
		}
		// What narrows the page is said where the row of filters goes on beyond the edge; what does not is not.
		const said = page.getByText(/^Environment A provider .*, Tag experiment=A provider .*$/);
		expect(await said.isVisible()).toBe(true);
		await open('/', '');
		expect(await said.count()).toBe(0);
		await page.emulateMedia({ colorScheme: null });
		await page.setViewportSize({ width: 1280, height: 900 });
	});
});
