import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { readCeremony, readListedOutcomes, type ShownCeremony } from './ceremony-page.ts';
import { everythingStored } from './everything-stored.ts';
import { movement, readFigures, type Figures } from './figures.ts';
import type { Passlens } from './passlens.ts';
import { until } from './until.ts';

export interface FigureReader {
	/** The figures as of the last step that was checked. */
	last: Figures;
	read(): Promise<Figures>;
	/** Waits until nothing is on its way to the tables: reading all pages too early costs more. */
	awaitRollup(): Promise<void>;
	/** Takes the newest reading for the one to compare with. */
	keep(): void;
	/** Reads until nothing moves any more. */
	settle(): Promise<void>;
	ceremony(id: string): Promise<ShownCeremony>;
	listedOutcomes(id: string): Promise<string[]>;
}

/** A reader of the dashboard, with a browser tab for each page, so that they load side by side. */
export async function openFigureReader({
	browser,
	passlens: { url, dataDir },
	project
}: {
	browser: Browser;
	passlens: Passlens;
	project: string;
}): Promise<FigureReader> {
	const context = await browser.newContext({
		viewport: { width: 1280, height: 900 },
		// A software renderer paints each step of what only moves while one waits.
		reducedMotion: 'reduce'
	});
	const pages = new Map<string, Promise<Page>>();
	const of = (name: string) => {
		const page = pages.get(name) ?? context.newPage();
		pages.set(name, page);
		return page;
	};
	let newest: Figures = {};
	const opened: FigureReader = {
		last: {},
		async read() {
			newest = await readFigures({ tabs: { of }, url, project });
			return newest;
		},
		awaitRollup: () => everythingStored(dataDir),
		keep() {
			opened.last = newest;
		},
		async settle() {
			await everythingStored(dataDir);
			await opened.read();
			await until(
				async () => {
					const before = newest;
					expect(movement(before, await opened.read())).toEqual({});
				},
				{ timeoutMs: 120_000 }
			);
			opened.keep();
		},
		ceremony: async (id) => readCeremony({ page: await of('ceremony'), url, project, id }),
		listedOutcomes: async (id) => readListedOutcomes({ page: await of('list'), url, project, id })
	};
	return opened;
}
