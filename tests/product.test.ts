import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeDataDir } from '../migrations/testing/make-data-dir.ts';
import { openSettings } from '../settings/open-settings.ts';
import { findPseudonymKey } from '../settings/projects.ts';
import { pseudonymise } from '../settings/pseudonymise.ts';
import type { Fact } from '../simulator/facts.ts';
import type { Scenario } from '../simulator/simulate.ts';
import { openDatabase } from '../simulator/target.ts';
import { truthOf, type Period, type PromptCounts, type Truth } from '../simulator/truth.ts';
import { REGRESSIONS, type Regression } from '../simulator/world/regressions.ts';
import { shiftDay } from '../src/lib/filters.ts';
import { ENROLMENT_STEP_NAMES } from '../src/lib/format/funnel-names.ts';
import { wilsonInterval } from '../src/lib/format/kpi.ts';
import { formatShare } from '../src/lib/format/number.ts';
import { describeAdoptionQuestions } from './support/adoption-questions.ts';
import { describeAnnotationStories } from './support/annotation-stories.ts';
import { launchBrowser } from './support/browser.ts';
import { describeCohortQuestions } from './support/cohort-questions.ts';
import { everythingStored } from './support/everything-stored.ts';
import { openPage, showTables } from './support/figures.ts';
import { describeJourneyQuestions } from './support/journey-questions.ts';
import { describeMoveQuestions } from './support/move-questions.ts';
import { openWindow } from './support/open-window.ts';
import { describeNextStepQuestions } from './support/next-step-questions.ts';
import { describeOverviewQuestions } from './support/overview-questions.ts';
import { describePasskeyQuestions } from './support/passkey-questions.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { plantedChange } from './support/planted-change.ts';
import { describeProductStories } from './support/product-stories.ts';
import { addProject } from './support/projects.ts';
import { readTable } from './support/read-table.ts';
import { describeReadinessQuestions } from './support/readiness-questions.ts';
import { describeReleaseQuestions } from './support/release-questions.ts';
import { count, plain, type RolloutStage } from './support/rollout-stage.ts';
import { sendVisits } from './support/send-visits.ts';
import { describeSignInQuestions } from './support/sign-in-questions.ts';
import { lastSunday } from './support/simulated-project.ts';
import type { StoryStage } from './support/story-stage.ts';
import { describeTableStories } from './support/table-stories.ts';
import { writeRollout } from './support/write-rollout.ts';

/** A simulated rollout whose truth is known. */
const ROLLOUT = 'rollout';
/** Something changed in its last week. */
const CHANGED = 'changed';
const end = lastSunday();
const days = 60;
/** On Windows the last release's request starts without the page's focus in nine of ten ceremonies. */
const PLANTED: Regression = {
	...{ release: '2.5.0', os: 'Windows', failure: 'not_focused', share: 0.9 }
};
const scenario: Scenario = {
	...{ seed: 'known', users: 700, days, end, trouble: 4 },
	...{ regressions: [...REGRESSIONS, PLANTED], moves: 0.4 }
};
const WHOLE: Period = { from: shiftDay(end, 1 - days), to: end };
/** Its last four weeks. */
const NOW: Period = { from: shiftDay(end, -27), to: end };

let passlens: Passlens;
let browser: Browser;
let page: Page;
let facts: Fact[];
let truth: Truth;
let hashOf: (credentialRef: string) => string;
let changed: { id: string; ingestKey: string; serverKey: string };

beforeAll(async () => {
	const dataDir = await makeDataDir();
	const database = (await openDatabase({ dataDir }))!;
	const settings = await openSettings({ dataDir });
	facts = await writeRollout({ database, settings, dataDir, project: ROLLOUT, scenario });
	const { credential } = pseudonymise({ key: (await findPseudonymKey(settings, ROLLOUT))! });
	hashOf = (ref) => BigInt(credential(ref)).toString(16).padStart(16, '0');
	await settings.destroy();
	await database.client.close();
	truth = truthOf({ facts, period: WHOLE });

	passlens = await startPasslens({ dataDir });
	changed = { id: CHANGED, ...addProject(passlens, CHANGED) };
	await sendVisits({ passlens, keys: changed, visits: [plantedChange()] });
	await everythingStored(dataDir);
	browser = await launchBrowser();
	({ page } = await openWindow({ browser, passlens }));
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

/** Opens a page of the rollout over these days, its charts as tables where asked. */
async function open(
	path: string,
	{ period = WHOLE, tables = false }: { period?: Period; tables?: boolean } = {}
): Promise<void> {
	const address = new URL(path, passlens.url);
	const { from, to } = period;
	for (const [name, value] of Object.entries({ project: ROLLOUT, period: 'custom', from, to }))
		address.searchParams.set(name, value);
	await openPage(page, address.href);
	if (tables) await showTables(page);
}

const card = (title: string) => page.getByRole('region', { name: title, exact: true });
/** The page's title, and the sentence below it. */
const summary = async () => plain(await page.locator('main header').first().innerText());
describe('Where do we lose people?', () => {
	it('is answered step by step, and by the users behind the widest gap', async () => {
		await open('/adoption');
		const steps = Object.keys(ENROLMENT_STEP_NAMES);
		const { users, depths } = truth.enrolment;
		for (const [index, step] of steps.entries()) {
			const bar = page.locator(`[data-bar="${step}"] [data-value]`);
			expect(count(/^[\d,]+/.exec(await bar.innerText())?.[0]), step).toBe(users[index]);
		}
		const lost = users.slice(1).map((reached, index) => users[index]! - reached);
		const widest = lost.indexOf(Math.max(...lost)) + 1;
		const drop = page.locator(`[data-drop="${steps[widest]}"]`);
		expect(plain(await drop.innerText())).toContain(`−${lost[widest - 1]!.toLocaleString('en')} (`);
		await drop.getByRole('link').click();
		await page.getByRole('heading', { name: 'Users behind a gap' }).waitFor();
		expect([...depths.values()].filter((depth) => depth === widest)).toHaveLength(
			lost[widest - 1]!
		);
		expect(await summary()).toContain(
			`${lost[widest - 1]!.toLocaleString('en')} users got as far as “${ENROLMENT_STEP_NAMES[steps[widest - 1]!]!.name}”`
		);
		const rows = await readTable(page.locator('main section[aria-label]'));
		expect(rows).toHaveLength(Math.min(500, lost[widest - 1]!));
		for (const { User } of rows) expect(User).toMatch(/^[0-9a-f]{4,}/);
	});
});

describe('Which prompt earns, which annoys?', () => {
	const ORDINALS = ['', 'First showing', 'Second', 'Third', 'Fourth', 'Fifth and later'];

	it.each([
		['placement', () => Object.entries(truth.promptsByPlacement)],
		[
			'showing',
			() => Object.entries(truth.promptsByShowing).map(([of, row]) => [ORDINALS[Number(of)]!, row])
		]
	] as [string, () => [string, PromptCounts][]][])(
		'is answered by %s, and in a sentence',
		async (by, truly) => {
			await open(`/adoption/prompts?prompts=${by}`);
			const rows = await readTable(card(`Prompts by ${by}`));
			const expected = truly();
			expect(rows).toHaveLength(expected.length);
			for (const [name, { shown, created, dismissed }] of expected) {
				const row = rows.find((one) => Object.values(one)[0] === name)!;
				expect(count(row['Shown']), name).toBe(shown);
				expect(row['Led to a passkey']).toMatch(ends(formatShare(created, shown)));
				expect(row['Dismissed']).toMatch(ends(formatShare(dismissed, shown)));
			}
			const told = await summary();
			for (const [verb, of] of [
				['earns', ({ created }: PromptCounts) => created],
				['annoys', ({ dismissed }: PromptCounts) => dismissed]
			] as const) {
				const [first, ...others] = expected.toSorted(
					([, a], [, b]) => of(b) / b.shown - of(a) / a.shown
				);
				const [name, best] = first!;
				const sum = (count: (row: PromptCounts) => number) =>
					others.reduce((total, [, row]) => total + count(row), 0);
				const mine = wilsonInterval(of(best), best.shown);
				const apart =
					mine.low >
					wilsonInterval(
						sum(of),
						sum(({ shown }) => shown)
					).high;
				expect(told.includes(`${name} ${verb} most`), `${name} ${verb}: ${told}`).toBe(apart);
			}
			expect(told).toContain(' earns most');
		}
	);
});

describe('Which variant of an experiment does better?', () => {
	it('is answered on Adoption and by its prompts, with intervals, and only beyond chance', async () => {
		const variants = (['long', 'short'] as const).map((variant) => {
			const mine = facts.filter(({ client }) => client.offerCopy === variant);
			const usersOf = (list: Fact[]) => new Set(list.flatMap(({ user }) => user ?? []));
			const offers = mine.filter((fact) => fact.kind === 'prompt' && fact.purpose !== 'sign_in');
			const offered = usersOf(offers);
			const created = usersOf(
				mine.filter(
					(fact) =>
						fact.kind === 'ceremony' && fact.type === 'registration' && fact.outcome === 'succeeded'
				)
			);
			return { variant, shown: offers.length, offered, took: offered.intersection(created) };
		});
		await open('/adoption?by=tag:offer-copy');
		const rows = await readTable(card('By tag offer-copy'));
		expect(rows).toHaveLength(2);
		for (const { variant, offered, took } of variants) {
			const row = rows.find((one) => one['offer-copy'] === variant)!;
			expect(count(row['Offered'])).toBe(offered.size);
			expect(row['Created when offered']).toMatch(ends(formatShare(took.size, offered.size)));
			expect(row['Created when offered']).toMatch(/[\d.]+ % – [\d.]+ %/);
		}
		const [long, short] = variants.map(({ took, offered }) => formatShare(took.size, offered.size));
		expect(plain(await card('By tag offer-copy').innerText())).toContain(
			plain(
				`short leads beyond chance: ${short} of the users offered a passkey there created one, against ${long} elsewhere`
			)
		);
		await open('/adoption/prompts?prompts=tag:offer-copy');
		const prompts = await readTable(card('Prompts by tag offer-copy'));
		expect(prompts.map((row) => [Object.values(row)[0], count(row['Shown'])]).toSorted()).toEqual(
			variants.map(({ variant, shown }) => [variant, shown])
		);
	});
});

const stage = (): RolloutStage => ({
	...{ page, facts, truth, open, card, summary, whole: WHOLE, lately: NOW },
	...{ planted: PLANTED, hashOf }
});

describeOverviewQuestions(stage);
describeReleaseQuestions(stage);
describeNextStepQuestions(stage);
describeAdoptionQuestions(stage);
describeReadinessQuestions(stage);
describeSignInQuestions(stage);
describeCohortQuestions(stage);
describePasskeyQuestions(stage);
describeMoveQuestions(stage);
describeJourneyQuestions(stage);
describeTableStories(() => ({ ...stage(), passlens, browser, project: ROLLOUT }));

const storyStage = (): StoryStage => ({
	...{ url: passlens.url, changed, other: ROLLOUT },
	openWindow: (options) => openWindow({ browser, passlens }, options)
});

describeProductStories(storyStage);
describeAnnotationStories(storyStage);

/** The value stands last in its cell, behind its interval. */
const ends = (share: string) => new RegExp(`${plain(share).replaceAll('.', '\\.')}$`);
