import type { Page, Response } from 'playwright-core';

/** Every count a reader sees on the pages, by where it stands: `overview.ceremony_success.numerator`. "–" is left out. */
export type Figures = Record<string, number>;

/** What moved, by how much. Figures that did not move are not in it. */
export type Movement = Record<string, number>;

const PAGES = {
	overview: '/',
	adoption: '/adoption',
	sync: '/sync-coverage',
	upgrades: '/upgrades',
	ceremonies: '/ceremonies?outcome=all',
	credentials: '/credentials'
} as const;

/**
 * Reads every figure off the rendered pages of a project: cards, charts (as their tables), tables, bars and tabs.
 * Each page keeps a tab of its own, so that they load side by side.
 */
export async function readFigures({
	tabs,
	url,
	project,
	filters = {}
}: {
	tabs: Tabs;
	url: string;
	project: string;
	/** What narrows them, as in an address. */
	filters?: Record<string, string>;
}): Promise<Figures> {
	const read = Object.entries(PAGES).map(async ([name, path]) => {
		const page = await tabs.of(name);
		const address = new URL(addProject(`${url}${path}`, project));
		for (const [filter, value] of Object.entries(filters)) address.searchParams.set(filter, value);
		await openPage(page, address.href);
		const figures = [await readPage(page)];
		// Upgrades shows one section at a time.
		const sections = page.locator(
			'nav[aria-label="Where the legacy credential lives"] a:not([aria-current])'
		);
		const hrefs = await sections.evaluateAll((links) =>
			links.map((link) => (link as HTMLAnchorElement).href)
		);
		for (const href of hrefs) {
			await openPage(page, href);
			figures.push(await readPage(page));
		}
		return Object.entries(Object.assign({}, ...figures) as Figures).map(
			([key, value]) => [`${name}.${key}`, value] as const
		);
	});
	return Object.fromEntries((await Promise.all(read)).flat());
}

export interface Tabs {
	of(name: string): Promise<Page>;
}

/** The difference of two readings. A figure that is not there counts as 0 here; that "–" is no 0 is `pages.test.ts`'s matter. */
export function movement(before: Figures, after: Figures): Movement {
	const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
	return Object.fromEntries(
		keys
			.map((key) => [key, (after[key] ?? 0) - (before[key] ?? 0)] as const)
			.filter(([, difference]) => difference !== 0)
	);
}

export function addProject(address: string, project: string): string {
	const target = new URL(address);
	target.searchParams.set('project', project);
	return target.href;
}

/** Opens a page of the dashboard and waits until it has come alive: a click before that does nothing. */
export async function openPage(page: Page, address: string): Promise<Response | null> {
	const response = await page.goto(address, { waitUntil: 'load' });
	await page.waitForSelector('html[data-alive]', { state: 'attached' });
	await page.waitForSelector('[data-skeleton]', { state: 'detached' });
	return response;
}

async function readPage(page: Page): Promise<Figures> {
	await showTables(page);
	return page.evaluate(collect);
}

/** Turns every chart into its table. A click before the page has come alive does nothing, so it is repeated until all have turned. */
export async function showTables(page: Page): Promise<void> {
	await page.waitForFunction(() => {
		const charts = [
			...document.querySelectorAll<HTMLElement>('main section > header button[aria-pressed=false]')
		].filter((button) => button.textContent.includes('Table'));
		for (const button of charts) button.click();
		return charts.length === 0;
	});
}

/** Runs in the page: knows nothing outside itself. */
function collect(): Record<string, number> {
	const figures: Record<string, number> = {};
	const words = (element: Element | null | undefined) =>
		(element?.textContent ?? '').replace(/\s+/g, ' ').trim();
	const toNumber = (text: string) =>
		/^\d{1,3}(,\d{3})*$/.test(text) ? Number(text.replaceAll(',', '')) : undefined;
	const put = (key: string, text: string) => {
		const value = toNumber(text);
		if (value !== undefined) figures[key] = (figures[key] ?? 0) + value;
	};

	/** A card's export names it steadily; its title may be a message. */
	const nameOf = (table: Element) => {
		const card = table.closest('section[aria-label]');
		const csv = card?.querySelector('header a[download]')?.getAttribute('href');
		const funnel = table.closest<HTMLElement>('[data-funnel]')?.dataset.funnel;
		const title = words(table.querySelector('caption')) || card?.getAttribute('aria-label') || '';
		return funnel ?? (csv ? `${/export\/([^?]+)/.exec(csv)?.[1] ?? ''}` : title);
	};
	const PROSE = [
		...['Means', 'Meaning', 'Term', 'What it means', 'Path'],
		...['Median from the step before', '90 % within']
	];

	for (const card of document.querySelectorAll<HTMLElement>('main [data-kpi]')) {
		const [, numerator = '', denominator = ''] = /([\d,]+) of ([\d,]+)/.exec(words(card)) ?? [];
		put(`${card.dataset.kpi}.numerator`, numerator);
		put(`${card.dataset.kpi}.denominator`, denominator);
	}
	for (const table of document.querySelectorAll('main table')) {
		const headers = [...table.querySelectorAll('thead th, thead td')].map(words);
		const rows = [...table.querySelectorAll('tbody tr')];
		const overTime = /^(Day|Week|Month)/.test(headers[0] ?? '');
		const name = nameOf(table);
		// Lists of single things have no counts; their tests look at their rows. Breakdowns are held to the figures they break down.
		if (
			/^(Latest ceremonies|Ceremonies, newest first|Credentials)/.test(
				words(table.querySelector('caption'))
			) ||
			(name.endsWith('-breakdown') && name !== 'adoption-breakdown')
		)
			continue;
		for (const row of overTime ? rows.slice(-1) : rows) {
			const cells = [...row.children].map((cell, index) => ({
				header: headers[index] ?? '',
				text: words(cell),
				number: toNumber(words(cell))
			}));
			const label = overTime
				? 'latest'
				: cells
						.filter(
							({ header, text, number }) =>
								number === undefined && !/%|^–$/.test(text) && !PROSE.includes(header)
						)
						.map(({ text }) => text)
						.join(', ');
			for (const { header, text } of cells)
				put([name, label, header].filter(Boolean).join('.'), text);
		}
	}
	for (const bar of document.querySelectorAll<HTMLElement>('main [data-bar]'))
		put(
			`${bar.closest('section')?.getAttribute('aria-label') ?? ''}.${bar.dataset.bar}`,
			words(bar.querySelector('[data-value]')).split(' ')[0] ?? ''
		);
	for (const count of document.querySelectorAll<HTMLElement>('main [data-count]'))
		put(`tab.${count.dataset.count || 'default'}`, words(count));
	for (const state of document.querySelectorAll<HTMLElement>('main li[data-sync-state]'))
		put(`active.${state.dataset.syncState ?? ''}`, words(state.querySelector('[data-value]')));
	put('active', words(document.querySelector('main [data-active-credentials]')));
	for (const fact of document.querySelectorAll('main section[aria-label=Inventory] dl > div'))
		put(`inventory.${words(fact.querySelector('dt'))}`, words(fact.querySelector('dd')));
	for (const link of document.querySelectorAll('main [data-flag-trouble] a')) {
		const flags = new URL(link.getAttribute('href') ?? '', location.href).searchParams.get('flags');
		put(`flag trouble.${flags ?? ''}`, words(link).split(' ')[0] ?? '');
	}
	return figures;
}
