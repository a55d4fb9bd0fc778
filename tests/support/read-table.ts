import type { Locator } from 'playwright-core';

/** A table as a reader sees it: one record a row, by the words above each column; thin spaces are plain ones. */
export async function readTable(card: Locator): Promise<Record<string, string>[]> {
	return card
		.locator('table')
		.first()
		.evaluate((table) => {
			const words = (element: Element) => element.textContent.replace(/\s+/g, ' ').trim();
			const headers = [...table.querySelectorAll('thead th, thead td')].map(words);
			return [...table.querySelectorAll('tbody tr')].map((row) =>
				Object.fromEntries(
					[...row.children].map((cell, index) => [headers[index] ?? '', words(cell)])
				)
			);
		});
}
