import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeDataDir } from '../migrations/testing/make-data-dir.ts';
import { openSettings } from '../settings/open-settings.ts';
import { createProject } from '../settings/projects.ts';
import { setTimeZone } from '../settings/time-zone.ts';
import { shiftDay } from '../src/lib/filters.ts';
import { localDay, startOfDay } from '../src/lib/zone/local-day.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { sampleVisit } from './support/sample-events.ts';
import { sendVisits } from './support/send-visits.ts';
import { until } from './support/until.ts';

// One visit at half past eleven in the evening in Los Angeles, sent to a project that counts by its clock and to one that counts by
// UTC: every page tells of it on the day before midnight there, and on the day after here.
const ZONE = 'America/Los_Angeles';
const EVENING = shiftDay(localDay(Date.now(), ZONE), -1);
const NEXT = shiftDay(EVENING, 1);
const AT = startOfDay(NEXT, ZONE).getTime() - 1_800_000;
/** By project: whose day the visit is on, and what the other would have it. */
const DAYS = {
	'by-los-angeles': { its: EVENING, other: NEXT, zone: ZONE, clock: /, 23:30:\d\d\sGMT-[78]/ },
	'by-utc': { its: NEXT, other: EVENING, zone: 'UTC', clock: /, 0[67]:30:\d\d\sUTC/ }
} as const;
type Project = keyof typeof DAYS;

let passlens: Passlens;
let browser: Browser;
let page: Page;
beforeAll(async () => {
	const dataDir = await makeDataDir('passlens-time-zones-');
	const settings = await openSettings({ dataDir });
	const keys: Record<string, { ingestKey: string; serverKey: string }> = {};
	for (const [id, { zone }] of Object.entries(DAYS)) {
		keys[id] = await createProject(settings, { id, name: id });
		await setTimeZone(settings, { projectId: id, timeZone: zone });
	}
	await settings.destroy();
	passlens = await startPasslens({ dataDir });
	const visit = sampleVisit();
	const sentAt = visit.page[0]!.time_unix_ms;
	const inTheEvening = (events: typeof visit.page) =>
		events.map((event) => ({ ...event, time_unix_ms: event.time_unix_ms - sentAt + AT }));
	const evening = { page: inTheEvening(visit.page), server: inTheEvening(visit.server) };
	for (const of of Object.values(keys)) await sendVisits({ passlens, keys: of, visits: [evening] });
	browser = await launchBrowser();
	const context = await browser.newContext({ viewport: { width: 1600, height: 900 } });
	await passlens.signIn(context);
	page = await context.newPage();
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

const of = (project: string, day: string) =>
	`project=${project}&period=custom&from=${day}&to=${day}`;

async function open(path: string): Promise<void> {
	await openPage(page, `${passlens.url}${path}`);
}

const countOf = async (path: string, selector: string) => {
	await open(path);
	return page.locator(`main ${selector}`).count();
};

/** What a day's pages, file and API tell of it. */
async function tellings(project: string, day: string) {
	const common = of(project, day);
	await open(`/?${common}`);
	// Of a day without any there are no cards.
	const [overview = ''] = await page
		.locator('[data-kpi="ceremony_success"] [data-kpi-detail]')
		.allInnerTexts();
	const csv = await passlens.fetch(`/export/ceremonies-by-outcome?${common}`);
	const [, row = ''] = (await csv.text()).trim().split(/\r?\n/);
	const answer = (await (
		await passlens.fetch(`/api/v1/kpis/ceremony_success?${common}`)
	).json()) as { filters: { time_zone: string }; kpis: { denominator: number | null }[] };
	return {
		overview: Number(/ of (\d+)/.exec(overview)?.[1] ?? 0),
		ceremonies: await countOf(`/ceremonies?${common}`, '[data-ceremony]'),
		failures: await countOf(`/failures?${common}&view=all`, '[data-failure]'),
		credentials: await countOf(`/credentials?${common}&on=${day}`, '[data-credential]'),
		csv: [row.slice(0, 10), Number(row.split(',').at(-1))],
		api: [answer.filters.time_zone, answer.kpis[0]!.denominator ?? 0]
	};
}

it.each(Object.keys(DAYS) as Project[])(
	'a project counts %s: a visit late in the evening is of that day on every page, in files and over the API',
	async (project) => {
		const { its, other, zone } = DAYS[project];
		await until(async () => {
			const there = await tellings(project, its);
			expect(there).toEqual({
				...{ overview: 4, ceremonies: 4, credentials: 1, csv: [its, 4], api: [zone, 4] },
				failures: there.failures
			});
			expect(there.failures).toBeGreaterThan(0);
		});
		expect(await tellings(project, other)).toMatchObject({
			...{ overview: 0, ceremonies: 0, failures: 0, api: [zone, 0] },
			// What was held before the day it came is nothing; after it, it is still there.
			credentials: other < its ? 0 : 1
		});
	},
	120_000
);

it.each(Object.keys(DAYS) as Project[])(
	'a moment %s is told by its clock, with whose it is, and the period says whose days it has',
	async (project) => {
		const { its, zone, clock } = DAYS[project];
		await open(`/ceremonies?${of(project, its)}`);
		const first = page.locator('main [data-ceremony]').first();
		expect(await first.locator('time').getAttribute('title')).toMatch(clock);
		await first.click();
		await page.getByText(clock).first().waitFor();
		await open(`/ceremonies?${of(project, its)}`);
		await page.getByRole('button', { name: /^Period/ }).click();
		const words = zone === 'UTC' ? 'midnight UTC' : 'midnight in America/Los Angeles';
		await page.getByText(words).waitFor();
	}
);

it('what is kept as a moment leaves as UTC, and as a day by the project’s', async () => {
	const common = of('by-los-angeles', EVENING);
	const csv = await (await passlens.fetch(`/export/ceremonies?${common}`)).text();
	const [head = '', row = ''] = csv.trim().split(/\r?\n/);
	const value = row.split(',')[head.split(',').indexOf('occurred_at')] ?? '';
	expect(value).toMatch(/^\d{4}-\d\d-\d\dT0[67]:30:\d\d\.\d{3}Z$/);
	expect(localDay(Date.parse(value), 'UTC')).toBe(NEXT);
});
