import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSettings } from '../settings/open-settings.ts';
import { openDatabase } from '../simulator/target.ts';
import { shiftDay } from '../src/lib/filters.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { openWindow } from './support/open-window.ts';
import {
	makeDataDir,
	printOutputOnFailure,
	startPasslens,
	type Passlens
} from './support/passlens.ts';
import { lastSunday } from './support/simulated-project.ts';
import { writeRollout } from './support/write-rollout.ts';

const PROJECT = 'rollout';
const end = lastSunday();
const days = 60;
const scenario = { seed: 'leads', users: 300, days, end, trouble: 6 };

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

/** What leads nowhere, by its card and key, and why. */
const EXCEPTIONS: Record<string, string> = {
	'By provider: bar rest': 'the long tail is one bar; its providers are in the table',
	'Cross-device funnel: drop prompted': 'that most ceremonies need no other device is no drop-out',
	'Which phone answered for which device: cell': 'of a system that no filter takes'
};

let passlens: Passlens;
let browser: Browser;
let page: Page;

beforeAll(async () => {
	const dataDir = await makeDataDir();
	const database = (await openDatabase({ dataDir }))!;
	const settings = await openSettings({ dataDir });
	await writeRollout({ database, settings, dataDir, project: PROJECT, scenario });
	await settings.destroy();
	await database.client.close();
	passlens = await startPasslens({ dataDir });
	browser = await launchBrowser();
	({ page } = await openWindow({ browser, passlens }));
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

async function open(path: string): Promise<void> {
	const address = new URL(path, passlens.url);
	const from = shiftDay(end, 1 - days);
	for (const [name, value] of Object.entries({ project: PROJECT, period: 'custom', from, to: end }))
		address.searchParams.set(name, value);
	await openPage(page, address.href);
}

/** Every bar, drop-out, matrix cell, chart over time and row of a breakdown that counts anything: where it is, how many, and where it leads. */
interface Lead {
	where: string;
	count: number;
	href: string;
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
		...document.querySelectorAll<HTMLElement>(
			'main table.border-separate tbody td:not(:last-child)'
		)
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
	const parts = [...document.querySelectorAll('main section:has(header a[href*="-breakdown"])')]
		.flatMap((section) => [...section.querySelectorAll('tbody tr')])
		.flatMap((row) =>
			[...row.querySelectorAll('td')]
				.slice(1)
				.flatMap((cell) =>
					/^[\d,]+$/.test(words(cell))
						? [{ where: `${card(row)}: row`, count: number(words(cell)), href: hrefIn(cell) }]
						: []
				)
		);
	return [...bars, ...drops, ...cells, ...charts, ...parts].filter(({ count }) => count > 0);
}

const isException = ({ where }: Lead) =>
	Object.keys(EXCEPTIONS).some((beginning) => where.startsWith(beginning));

/** How many a list holds, as its page says. */
async function listed(href: string): Promise<number> {
	await openPage(page, href);
	if (new URL(href).pathname === '/users') {
		const summary = await page.locator('main header').first().innerText();
		const [users = 0] = /[\d,]+(?= users?)/.exec(summary)?.map(toNumber) ?? [];
		const [acts] = /[\d,]+(?= (?:sign-ins?|attempts?|ceremon))/.exec(summary)?.map(toNumber) ?? [];
		const [unnamed = 0] = /[\d,]+(?= that name nobody)/.exec(summary)?.map(toNumber) ?? [];
		return acts === undefined ? users : acts + unnamed;
	}
	const behind = page.locator('[data-behind]');
	return toNumber(/\(([\d,]+)\)/.exec(await behind.innerText())?.[1] ?? '');
}
const toNumber = (text: string) => Number(text.replaceAll(',', ''));

describe.each(PAGES)('%s', (path) => {
	it('has no bar, cell or chart that leads nowhere', async () => {
		await open(path);
		const leads = await page.evaluate(collect);
		expect(leads.length + (await page.locator('main table').count())).toBeGreaterThan(0);
		const nowhere = leads.filter((lead) => !lead.href && !isException(lead));
		expect([...new Set(nowhere.map(({ where }) => where))]).toEqual([]);
	});

	it('leads to lists that are as long as the figures say', async () => {
		await open(path);
		const leads = (await page.evaluate(collect)).filter(({ href }) =>
			/[?&](group|funnel|counted)=/.test(href)
		);
		// A sample of each kind: the first of each card.
		const sample = [
			...Map.groupBy(leads, ({ where }) => where.replace(/(bar|drop) .*/, '$1')).values()
		].flatMap(([first, , third]) => [first!, ...(third ? [third] : [])]);
		const found: Pick<Lead, 'where' | 'count'>[] = [];
		for (const { where, href } of sample) found.push({ where, count: await listed(href) });
		expect(found).toEqual(sample.map(({ where, count }) => ({ where, count })));
	});
});
