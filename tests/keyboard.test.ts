import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRollout, PROJECT, type Rollout } from './support/open-rollout.ts';
import { printOutputOnFailure } from './support/passlens.ts';
import { lastSunday } from './support/simulated-project.ts';
import { walkByTab, listStops } from './support/walk-by-tab.ts';

const scenario = { seed: 'keyboard', users: 150, days: 30, end: lastSunday(), trouble: 6 };

/** Pages whose charts tell what is known. */
const CHARTS = [
	'/',
	'/adoption',
	'/adoption/prompts',
	'/adoption/sign-ins',
	'/adoption/cohorts',
	'/sync-coverage',
	'/upgrades',
	'/cross-device',
	'/failures',
	'/risk'
];
const OTHERS = [
	'/next-steps',
	'/upgrades/breakdown',
	'/cross-device/breakdown',
	'/ceremonies',
	'/credentials',
	'/ledger',
	'/users',
	'/users?group=reach&which=none',
	'/health-checks',
	'/alerts',
	'/alerts/rule',
	'/policies',
	'/policies/edit',
	'/evidence',
	'/audit-log',
	'/streams',
	'/set-up',
	'/set-up/new',
	'/settings',
	'/collector',
	'/people',
	'/api-keys',
	'/annotations',
	'/segments',
	'/account',
	'/docs',
	'/docs/figures',
	'/playground',
	'/definitions'
];

let rollout: Rollout;
let page: Page;
const open = (path: string) => rollout.open(path);

beforeAll(async () => {
	rollout = await openRollout(scenario);
	({ page } = rollout);
});
afterAll(() => rollout?.close());
beforeEach(() => printOutputOnFailure(rollout.passlens));

describe('by keyboard alone', () => {
	it.each([...CHARTS, ...OTHERS])(
		'%s is walked to its end: every control is reached in its order, seen, and its focus shown',
		async (path) => {
			await open(path);
			const stops = await listStops(page);
			const walked = await walkByTab(page, { atMost: stops.length + 50 });
			expect(walked.end, `never left the page; last at ${walked.steps.at(-1)?.what}`).toBe(true);
			const reached = walked.steps.map(({ stop }) => stop).filter((stop) => stop !== undefined);
			expect(reached.map((stop) => stops[stop])).toEqual(stops);
			expect(walked.steps.filter(({ shown }) => !shown).map(({ what }) => what)).toEqual([]);
			expect(walked.steps.filter(({ ring }) => !ring).map(({ what }) => what)).toEqual([]);
		}
	);

	it('the first key leads past the navigation to the content', async () => {
		await open('/');
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
	});
});

describe('to a screen reader', () => {
	it.each(CHARTS)('every chart of %s says its main message, with its number', async (path) => {
		await open(path);
		const names = await page
			.locator('main :is([data-time-chart], [data-bars], [data-heat])')
			.evaluateAll((charts) => charts.map((chart) => chart.getAttribute('aria-label') ?? ''));
		expect(names.length).toBeGreaterThan(0);
		expect(names.filter((name) => !/\p{Letter}.*\d/u.test(name))).toEqual([]);
		expect(new Set(names).size, 'two charts of one name').toBe(names.length);
	});
});

describe('to take along', () => {
	it.each(CHARTS)('every chart of %s is a picture and a file', async (path) => {
		await open(path);
		const bare = await page
			.locator('main section:has([data-time-chart], [data-bars], [data-heat])')
			.evaluateAll((cards) =>
				cards
					.filter(
						(card) =>
							!card.querySelector('header button[aria-label$="as PNG"]') ||
							!card.querySelector('header a[download]')
					)
					.map((card) => card.getAttribute('aria-label'))
			);
		expect(bare).toEqual([]);
	});

	it.each([...CHARTS, '/upgrades/breakdown', '/cross-device/breakdown'])(
		'%s on paper is no wider than the sheet, says of what it is, and leaves the controls out',
		async (path) => {
			await open(path);
			await page.emulateMedia({ media: 'print' });
			const { width, height } = page.viewportSize()!;
			// A4 less its margins.
			await page.setViewportSize({ width: 688, height: 1_000 });
			expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(688);
			expect(await page.locator('[data-print-view]').innerText()).toContain(PROJECT);
			expect(await page.locator('main :is(button, select):visible').allInnerTexts()).toEqual([]);
			await page.emulateMedia({ media: 'screen' });
			await page.setViewportSize({ width, height });
		}
	);
});
