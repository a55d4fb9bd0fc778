import type { BrowserContext, Page } from 'playwright-core';
import { makeDataDir } from '../../migrations/testing/make-data-dir.ts';
import { invite } from '../../settings/access/invitations.ts';
import type { Role } from '../../settings/access/people.ts';
import { openSettings } from '../../settings/open-settings.ts';
import type { Fact } from '../../simulator/facts.ts';
import type { Scenario } from '../../simulator/simulate.ts';
import { openDatabase } from '../../simulator/target.ts';
import { shiftDay } from '../../src/lib/filters.ts';
import { launchBrowser } from './browser.ts';
import { openPage } from './figures.ts';
import { openWindow } from './open-window.ts';
import { startPasslens, type Passlens } from './passlens.ts';
import { somebodyAt, type Somebody } from './sign-in.ts';
import { writeRollout } from './write-rollout.ts';

export const PROJECT = 'rollout';

/** A signed-in reader's window on a rollout. */
export interface RolloutWindow {
	page: Page;
	/** Opens a page of it, over all days of the scenario. */
	open(path: string): Promise<void>;
}

/** A simulated rollout in a Passlens of its own, and its administrator's window on it. */
export interface Rollout extends RolloutWindow {
	passlens: Passlens;
	/** What truly happened in it. */
	facts: Fact[];
	/** A window of somebody who is this in the project. */
	openAs(role: Role): Promise<RolloutWindow>;
	close(): Promise<void>;
}

export async function openRollout(scenario: Scenario): Promise<Rollout> {
	const dataDir = await makeDataDir();
	const database = (await openDatabase({ dataDir }))!;
	const settings = await openSettings({ dataDir });
	const facts = await writeRollout({ database, settings, dataDir, project: PROJECT, scenario });
	await settings.destroy();
	await database.client.close();
	const passlens = await startPasslens({ dataDir });
	const browser = await launchBrowser();
	const { days, end } = scenario;
	const period = { project: PROJECT, period: 'custom', from: shiftDay(end, 1 - days), to: end };
	const openFor = async (who?: Somebody): Promise<RolloutWindow> => {
		const signIn = (context: BrowserContext) => passlens.signIn(context, who);
		const { page } = await openWindow({ browser, passlens: { signIn } });
		return {
			page,
			async open(path) {
				const address = new URL(path, passlens.url);
				for (const [name, value] of Object.entries(period)) address.searchParams.set(name, value);
				await openPage(page, address.href);
			}
		};
	};
	return {
		...{ passlens, facts },
		...(await openFor()),
		openAs: async (role) => openFor(await somebodyWho(role, passlens)),
		async close() {
			await browser.close();
			await passlens.stop();
		}
	};
}

async function somebodyWho(role: Role, { url, dataDir }: Passlens): Promise<Somebody> {
	const settings = await openSettings({ dataDir });
	const roles = [{ projectId: PROJECT, role }];
	const token = await invite(settings, { name: role, roles, by: 'test' });
	await settings.destroy();
	const somebody = somebodyAt(url);
	await somebody.welcome(`/welcome/${token}`, { name: role });
	return somebody;
}
