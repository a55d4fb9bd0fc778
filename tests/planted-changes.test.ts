import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeDataDir } from '../migrations/testing/make-data-dir.ts';
import { openSettings } from '../settings/open-settings.ts';
import type { Fact } from '../simulator/facts.ts';
import { openDatabase } from '../simulator/target.ts';
import { truthOf, type ClientFilter, type Period, type Share } from '../simulator/truth.ts';
import type { KnownCredential } from '../simulator/truth-ledger.ts';
import type { Regression } from '../simulator/world/regressions.ts';
import { shiftDay } from '../src/lib/filters.ts';
import { formatDuration, formatPercent } from '../src/lib/format/number.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { openWindow } from './support/open-window.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { plain } from './support/rollout-stage.ts';
import { lastSunday } from './support/simulated-project.ts';
import { quantile } from './support/truth-asked.ts';
import { writeRollout } from './support/write-rollout.ts';

const end = lastSunday();
/** So many that the story's last release is out in the last week alone. */
const days = 40;
const WEEK = { from: shiftDay(end, -6), to: end };
const BEFORE = { from: shiftDay(end, -13), to: shiftDay(end, -7) };

/** Each of the three moves because of one system. */
const ON_ONE_SYSTEM: readonly Regression[] = [
	{ release: '2.5.0', os: 'iOS', slowness: 3 },
	{ release: '2.5.0', os: 'Android', acceptance: 6 },
	{ release: '2.5.0', os: 'Android', provider: 'android_legacy', share: 1 }
];
/** They move, and everywhere alike. */
const EVERYWHERE: readonly Regression[] = [
	{ release: '2.5.0', slowness: 1.5 },
	{ release: '2.5.0', acceptance: 3 }
];

let passlens: Passlens;
let browser: Browser;
let page: Page;
const facts: Record<string, Fact[]> = {};

beforeAll(async () => {
	const dataDir = await makeDataDir();
	const database = (await openDatabase({ dataDir }))!;
	const settings = await openSettings({ dataDir });
	for (const [project, regressions] of Object.entries({ one: ON_ONE_SYSTEM, all: EVERYWHERE }))
		facts[project] = await writeRollout({
			...{ database, settings, dataDir, project },
			scenario: { ...{ seed: 'told', users: 4_000, days, end }, regressions }
		});
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

/** The Overview of the last week. */
async function openWeek(project: string): Promise<void> {
	const search = new URLSearchParams({ project, period: 'custom', ...WEEK });
	await openPage(page, `${passlens.url}/?${search.toString()}`);
	await page.getByText('Looking for what it comes from').waitFor({ state: 'detached' });
}

const told = async (id: string) =>
	plain(await page.locator(`[data-changes] [data-change="${id}"]`).innerText());

const percent = ({ numerator, denominator }: Share) =>
	plain(formatPercent(numerator / denominator));
const weight = (part: Share, whole: Share) =>
	percent({ numerator: part.denominator, denominator: whole.denominator });

const inWeek = (period: Period, filter: ClientFilter = {}) =>
	truthOf({ facts: facts['one']!, period, filter });

/** Who has a usable passkey of those, and whether a backed-up one is among them. */
function covered(credentials: readonly KnownCredential[]): Share {
	const users = new Map<string, boolean>();
	for (const { user, newest } of credentials)
		if (user !== undefined)
			users.set(user, (users.get(user) ?? false) || (newest.backupEligible && newest.backedUp));
	return { numerator: [...users.values()].filter(Boolean).length, denominator: users.size };
}

/** What truly is there in the one system, in the words of the Overview. */
const TRUTH: Record<string, () => string> = {
	activation_rate: () => {
		const [then, now] = [BEFORE, WEEK].map(
			(period) => inWeek(period, { os: 'Android' }).activation
		);
		return `Android stands out: there it went from ${percent(then!)} to ${percent(now!)}, at ${weight(now!, inWeek(WEEK).activation)} of those users, in all other systems together from `;
	},
	sync_coverage: () => {
		const madeOnAndroid = (period: Period) =>
			covered(inWeek(period).sync.usable.filter(({ createdOn }) => createdOn === 'Android'));
		const now = madeOnAndroid(WEEK);
		return `Creation on Android stands out: there it went from ${percent(madeOnAndroid(BEFORE))} to ${percent(now)}, at ${weight(now, covered(inWeek(WEEK).sync.usable))} of those users, in all other systems together from `;
	},
	time_to_sign_in: () => {
		const [then, now] = [BEFORE, WEEK].map((period) => inWeek(period, { os: 'iOS' }).kpis.times);
		const median = (times: number[]) => plain(formatDuration(quantile(times, 0.5)));
		const part = now!.length / inWeek(WEEK).kpis.times.length;
		return `iOS stands out: there the median went from ${median(then!)} to ${median(now!)}, at ${plain(formatPercent(part))} of the timed sign-ins.`;
	}
};

describe('what changed because of one system', () => {
	it.each(Object.keys(TRUTH))('is told of %s by its name and its true figures', async (id) => {
		await openWeek('one');
		expect(await told(id)).toContain(TRUTH[id]!());
	});

	it.each([
		['activation_rate', 'Android', '/adoption', 'Adoption', 'Android'],
		['sync_coverage', 'Creation on Android', '/sync-coverage', 'Sync coverage', ''],
		['time_to_sign_in', 'iOS', '/adoption/sign-ins', 'Sign-in funnel', 'iOS']
	])('of %s leads to the figures of %s', async (id, name, path, title, platform) => {
		await openWeek('one');
		await page.locator(`[data-change="${id}"]`).getByRole('link', { name, exact: true }).click();
		await page.getByRole('heading', { level: 1, name: title }).waitFor();
		const address = new URL(page.url());
		expect(address.pathname).toBe(path);
		// No filter is of where passkeys were made: there its breakdown is.
		if (platform) expect(address.searchParams.get('platform')).toBe(platform);
		else expect(address.searchParams.get('by')).toBe('created_platform');
	});

	it('is told without script, too', async () => {
		const search = new URLSearchParams({ project: 'one', period: 'custom', ...WEEK, whole: '' });
		const answer = await page.request.get(`${passlens.url}/?${search.toString()}`);
		const text = plain((await answer.text()).replaceAll(/<[^>]*>/g, ''));
		for (const truly of Object.values(TRUTH)) expect(text).toContain(truly());
	});

	it('is in the weekly e-mail, in the same words', async () => {
		const search = new URLSearchParams({ project: 'one' });
		await openPage(page, `${passlens.url}/account/digest?${search.toString()}`);
		await page.getByRole('button', { name: 'As plain text' }).click();
		const mail = plain(await page.locator('pre').innerText());
		for (const truly of Object.values(TRUTH)) expect(mail).toContain(truly());
	});
});

describe('what changed everywhere alike', () => {
	it.each(['activation_rate', 'time_to_sign_in'])(
		'of %s is said to stand out nowhere, with the way to its breakdown',
		async (id) => {
			await openWeek('all');
			const text = await told(id);
			expect(text).toMatch(/(rose|fell) by .* No single browser, system, .* stands out\./);
			const link = page.locator(`[data-change="${id}"]`).getByRole('link');
			expect(await link.innerText()).toBe('By platform, browser, country …');
			expect(await link.getAttribute('href')).toContain(`figure=${id}`);
		}
	);
});
