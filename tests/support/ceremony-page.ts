import type { Page } from 'playwright-core';
import { addProject, openPage } from './figures.ts';
import type { OUTCOME_NAMES } from './moves.ts';

/** What a reader finds on the page of one ceremony. */
export interface ShownCeremony {
	type: string;
	outcome: keyof typeof OUTCOME_NAMES;
	/** Absent: the page shows no cause, as of a success. */
	cause?: string;
	confidence?: string;
	/** `UP1 UV1 BE0 BS0`, a question mark where it is unknown; absent when the page shows no flags. */
	flags?: string;
	/** The browser's error, by name. */
	error?: string;
	crossDevice: boolean;
	/** In no rate's denominator. */
	uncounted: boolean;
	/** The steps of its timeline: `started finished verdict`. */
	timeline: string;
}

export async function readCeremony({
	page,
	url,
	project,
	id
}: {
	page: Page;
	url: string;
	project: string;
	id: string;
}): Promise<ShownCeremony> {
	await openPage(page, addProject(`${url}/ceremonies/${id}`, project));
	return page.evaluate(() => {
		const root = document.querySelector<HTMLElement>('main [data-outcome]');
		const find = (selector: string) => root?.querySelector<HTMLElement>(selector);
		const badges = find('header')?.textContent ?? '';
		const flags = [...(root?.querySelectorAll<HTMLElement>('[data-flag]') ?? [])].map(
			({ dataset }) => `${dataset.flag}${dataset.value === 'unknown' ? '?' : dataset.value}`
		);
		const error = find('[data-error]')?.textContent.trim().split(/[:\s]/)[0];
		const cause = find('[data-cause]')?.dataset.cause;
		const confidence = find('[data-confidence]')?.dataset.confidence;
		return {
			type: find('h1')?.textContent.split(':')[0]?.trim() ?? '',
			outcome: (root?.dataset.outcome ?? 'no such ceremony') as ShownCeremony['outcome'],
			...(cause && { cause }),
			...(confidence && { confidence }),
			...(flags.length > 0 && { flags: flags.join(' ') }),
			...(error && { error }),
			crossDevice: badges.includes('cross-device'),
			uncounted: badges.includes('in no rate’s denominator'),
			timeline: [...(root?.querySelectorAll<HTMLElement>('[data-timeline] > [data-step]') ?? [])]
				.map(({ dataset }) => dataset.step)
				// A reported sign-in has its event's id as key.
				.map((step) => (step && /^[0-9a-f-]{36}$/.test(step) ? 'sign-in' : step))
				.join(' ')
		};
	});
}

/** What the list of ceremonies says of its end, outcome first; once for each row with its link. */
export async function readListedOutcomes({
	page,
	url,
	project,
	id
}: {
	page: Page;
	url: string;
	project: string;
	id: string;
}): Promise<string[]> {
	await openPage(page, addProject(`${url}/ceremonies?outcome=all`, project));
	const headers = await page.locator('main table thead th').allInnerTexts();
	const column = headers.findIndex((header) => header.startsWith('Outcome'));
	return page
		.locator('main table tbody tr', { has: page.locator(`[data-ceremony="${id}"]`) })
		.locator(`td:nth-child(${column + 1})`)
		.allInnerTexts();
}
