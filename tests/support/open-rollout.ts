import type { Page } from 'playwright-core';
import { makeDataDir } from '../../migrations/testing/make-data-dir.ts';
import { openSettings } from '../../settings/open-settings.ts';
import type { Scenario } from '../../simulator/simulate.ts';
import { openDatabase } from '../../simulator/target.ts';
import { shiftDay } from '../../src/lib/filters.ts';
import { launchBrowser } from './browser.ts';
import { openPage } from './figures.ts';
import { openWindow } from './open-window.ts';
import { startPasslens, type Passlens } from './passlens.ts';
import { writeRollout } from './write-rollout.ts';

export const PROJECT = 'rollout';

/** A simulated rollout in a Passlens of its own, and a signed-in reader's window on it. */
export interface Rollout {
	passlens: Passlens;
	page: Page;
	/** Opens a page of it, over all days of the scenario. */
	open(path: string): Promise<void>;
	close(): Promise<void>;
}

export async function openRollout(scenario: Scenario): Promise<Rollout> {
	const dataDir = await makeDataDir();
	const database = (await openDatabase({ dataDir }))!;
	const settings = await openSettings({ dataDir });
	await writeRollout({ database, settings, dataDir, project: PROJECT, scenario });
	await settings.destroy();
	await database.client.close();
	const passlens = await startPasslens({ dataDir });
	const browser = await launchBrowser();
	const { page } = await openWindow({ browser, passlens });
	const { days, end } = scenario;
	const period = { project: PROJECT, period: 'custom', from: shiftDay(end, 1 - days), to: end };
	return {
		passlens,
		page,
		async open(path) {
			const address = new URL(path, passlens.url);
			for (const [name, value] of Object.entries(period)) address.searchParams.set(name, value);
			await openPage(page, address.href);
		},
		async close() {
			await browser.close();
			await passlens.stop();
		}
	};
}
