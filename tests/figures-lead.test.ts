import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPage, showTables } from './support/figures.ts';
import { openRollout, type Rollout, type RolloutWindow } from './support/open-rollout.ts';
import { printOutputOnFailure } from './support/passlens.ts';
import { lastSunday } from './support/simulated-project.ts';
import { until } from './support/until.ts';

const scenario = { seed: 'leads', users: 300, days: 60, end: lastSunday(), trouble: 6 };

const PAGES = [
	'/',
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
	'/risk'
];

/** What counts nobody in particular, by its card and column, and why. */
const EXCEPTIONS: Record<string, string> = {
	'What the backup flags say: column Backup eligible': 'the value of a flag',
	'What the backup flags say: column Backed up': 'the value of a flag',
	'Groups of failures: column Users lost': 'an estimate: who they are nobody knows'
};

/** What leads to a list of something else, which is no shorter or longer for a reason. */
const OTHER_LENGTH: Record<string, string> = {
	'What keeps the rest from using a passkey: column Visits': 'visits lead to who came',
	'Providers over time: column 6 others': 'several providers, among all passkeys of the day'
};

let rollout: Rollout;
let page: Page;
const open = (path: string) => rollout.open(path);

beforeAll(async () => {
	rollout = await openRollout(scenario);
	({ page } = rollout);
});
afterAll(() => rollout?.close());
beforeEach(() => printOutputOnFailure(rollout.passlens));

/** Every bar, drop-out, chart over time and count in a table's cell: where it is, how many, and where it leads. */
interface Lead {
	where: string;
	count: number;
	href: string;
}

/** Those of a page, and of its charts turned into tables. */
async function leadsOf(path: string, { page, open }: RolloutWindow = rollout): Promise<Lead[]> {
	await open(path);
	const shown = await page.evaluate(collect);
	await showTables(page);
	const turned = await page.evaluate(collect);
	return [...shown, ...turned.filter(({ where }) => where.includes(': column '))];
}

/** Runs in the page: knows nothing outside itself. */
function collect(): Lead[] {
	const words = (element: Element | null | undefined) =>
		(element?.textContent ?? '').replace(/\s+/g, ' ').trim();
	const card = (element: Element) =>
		element.closest('section[aria-label]')?.getAttribute('aria-label') ?? '';
	const number = (text: string) => Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', '') ?? 0);
	const hrefIn = (element: Element | null) => element?.querySelector('a')?.href ?? '';
	const bars = [...document.querySelectorAll<HTMLElement>('main [data-bar]')].map((bar) => ({
		where: `${card(bar)}: bar ${bar.dataset.bar ?? ''}`,
		count: number(words(bar.querySelector('[data-value]'))),
		href: hrefIn(bar)
	}));
	const drops = [...document.querySelectorAll<HTMLElement>('main [data-drop]')].map((drop) => ({
		where: `${card(drop)}: drop ${drop.dataset.drop ?? ''}`,
		count: number(words(drop)),
		href: hrefIn(drop)
	}));
	const cells = [
		...document.querySelectorAll<HTMLElement>('main table.border-separate tbody td')
	].map((cell) => ({
		where: `${card(cell)}: cell`,
		// Of a cell that shows a share, what it is the share of.
		count: Number(cell.dataset.count ?? number(words(cell))),
		href: hrefIn(cell)
	}));
	const charts = [...document.querySelectorAll('main [data-time-chart]')].map((chart) => ({
		where: `${card(chart)}: chart over time`,
		count: 1,
		href: /Enter opens/.test(chart.getAttribute('aria-label') ?? '') ? 'by Enter' : ''
	}));
	/** What a cell says, without what stands beside or below it. */
	const said = (cell: Element) => {
		const copy = cell.cloneNode(true) as Element;
		for (const beside of copy.querySelectorAll('.block, .sr-only, [data-small-sample]'))
			beside.remove();
		return words(copy);
	};
	const countIn = (text: string) =>
		/^(\d{1,3}(?:,\d{3})*)(?: of [\d,]+)?$|^\S+\s% \(([\d,]+)\)$/
			.exec(text)
			?.slice(1)
			.find(Boolean);
	const columns = [
		...document.querySelectorAll<HTMLTableElement>('main table:not(.border-separate)')
	].flatMap((table) => {
		const heads = [...table.querySelectorAll('thead tr:last-child > *')].map(words);
		return [...table.querySelectorAll('tbody tr')].flatMap((row) =>
			[...row.children].flatMap((cell, index) => {
				const count = cell.localName === 'td' && countIn(said(cell));
				return count
					? [
							{
								where: `${card(cell)}: column ${heads[index] ?? ''}`,
								...{ count: number(count), href: hrefIn(cell) }
							}
						]
					: [];
			})
		);
	});
	return [...bars, ...drops, ...cells, ...charts, ...columns].filter(({ count }) => count > 0);
}

const isNamedIn =
	(named: Record<string, string>) =>
	({ where }: Lead) =>
		Object.keys(named).some((beginning) => where.startsWith(beginning));
const isException = isNamedIn(EXCEPTIONS);
const leadsElsewhere = isNamedIn(OTHER_LENGTH);

/** How many a list holds, as its page says: of a list of users, and of what they did. */
async function listed(href: string): Promise<number[]> {
	await openPage(page, href);
	const numberIn = async (text: Promise<string>, pattern: RegExp) =>
		toNumber(pattern.exec(await text)?.[1] ?? '0');
	switch (new URL(href).pathname) {
		case '/users': {
			const summary = page.locator('main header').first().innerText();
			const acts = await numberIn(
				summary,
				/([\d,]+) (?:sign-in|attempt|showing|ceremon)\w* of theirs/
			);
			const unnamed = await numberIn(summary, /([\d,]+) that name nobody/);
			return [await numberIn(summary, /([\d,]+) users?/), acts + unnamed];
		}
		case '/credentials':
			return [await numberIn(page.locator('[aria-current] [data-count]').innerText(), /([\d,]+)/)];
		default: {
			const behind = page.locator('[data-behind]');
			return [
				(await behind.count()) > 0
					? await numberIn(behind.innerText(), /\(([\d,]+)\)/)
					: await numberIn(page.locator('[aria-current] [data-count]').innerText(), /([\d,]+)/)
			];
		}
	}
}
/** Lists of single users, ceremonies and passkeys: other places tell more of the same in other words. */
const isList = ({ href }: Lead) =>
	href.startsWith('http') &&
	['/users', '/ceremonies', '/credentials'].includes(new URL(href).pathname);
const toNumber = (text: string) => Number(text.replaceAll(',', ''));

describe.each(PAGES)('%s', (path) => {
	it('is no wider than a phone, whatever its cells say to a screen reader alone', async () => {
		await open(path);
		const desktop = page.viewportSize()!;
		await page.setViewportSize({ width: 390, height: 844 });
		// A chart is drawn anew when it has seen its new width.
		await until(async () =>
			expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390)
		);
		await page.setViewportSize(desktop);
	});

	it('has no bar, drop-out, chart or count in a table that leads nowhere', async () => {
		const leads = await leadsOf(path);
		expect(leads.length).toBeGreaterThan(0);
		const nowhere = leads.filter((lead) => !lead.href && !isException(lead));
		expect([...new Set(nowhere.map(({ where }) => where))]).toEqual([]);
	});

	it('leads to lists that are as long as the figures say', async () => {
		const leads = (await leadsOf(path)).filter((lead) => isList(lead) && !leadsElsewhere(lead));
		// A sample of each kind: the first of each card or column, and of cards the third.
		const sample = [
			...Map.groupBy(leads, ({ where }) => where.replace(/(bar|drop) .*/, '$1')).values()
		].flatMap(([first, , third]) =>
			third && !third.where.includes(': column ') ? [first!, third] : [first!]
		);
		const found: object[] = [];
		for (const { where, count, href } of sample) {
			const lengths = await listed(href);
			found.push({ where, href, count: lengths.includes(count) ? count : lengths });
		}
		expect(found).toEqual(sample.map(({ where, count, href }) => ({ where, href, count })));
	});
});

/** Pages with rows of single people, passkeys and ceremonies. */
const SINGLE = /^\/(users|ceremonies|credentials|ledger|policies)(?!\/different)(\/|$)/;

describe('to whoever may see figures alone', () => {
	let viewer: RolloutWindow;
	beforeAll(async () => {
		viewer = await rollout.openAs('viewer');
	});

	it.each(PAGES)(
		'%s counts the same, and leads to no list that is closed to them',
		async (path) => {
			const told = ({ where, count }: Lead) => `${where}: ${count}`;
			const leads = await leadsOf(path, viewer);
			expect(leads.map(told)).toEqual((await leadsOf(path)).map(told));
			const paths = await viewer.page
				.locator('main a[href]')
				.evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).pathname));
			expect(paths.filter((one) => SINGLE.test(one))).toEqual([]);
		}
	);

	it('a chart does not offer to open what is closed', async () => {
		for (const { open, page } of [rollout, viewer]) {
			await open('/');
			const chart = page.locator('main [data-time-chart]').first();
			const offers = /Enter opens its ceremonies/.test((await chart.getAttribute('aria-label'))!);
			expect(offers).toBe(page !== viewer.page);
		}
	});
});

it('opens the long tail of providers in its place', async () => {
	await open('/sync-coverage');
	const providers = page.getByRole('region', { name: 'By provider' });
	const bars = providers.locator('[data-bar]');
	const before = await bars.count();
	await providers.locator('[data-bar=rest] a').click();
	await providers.locator('[data-bar=rest]').waitFor({ state: 'detached' });
	await bars.first().waitFor();
	expect(await bars.count()).toBeGreaterThan(before);
	const leads = (await page.evaluate(collect)).filter(({ where }) =>
		where.startsWith('By provider: bar')
	);
	expect(leads.filter(({ href }) => !href)).toEqual([]);
	const { href, count } = leads.at(-1)!;
	expect(await listed(href)).toEqual([count]);
});
