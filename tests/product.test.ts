import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PROVIDERS } from '../collector/domain/providers.ts';
import { makeDataDir } from '../migrations/testing/make-data-dir.ts';
import { openSettings } from '../settings/open-settings.ts';
import type { Fact } from '../simulator/facts.ts';
import { openDatabase } from '../simulator/target.ts';
import type { KnownCredential } from '../simulator/truth-ledger.ts';
import { truthOf, type Period, type PromptCounts, type Truth } from '../simulator/truth.ts';
import { shiftDay } from '../src/lib/filters.ts';
import { ENROLMENT_STEP_NAMES } from '../src/lib/format/funnel-names.ts';
import { wilsonInterval } from '../src/lib/format/kpi.ts';
import { formatDuration, formatPercent, formatShare } from '../src/lib/format/number.ts';
import { sectionOf } from '../src/lib/format/upgrade-names.ts';
import { describeAdoptionQuestions } from './support/adoption-questions.ts';
import { launchBrowser } from './support/browser.ts';
import { sharesOf } from './support/expect-truth.ts';
import { openPage, showTables } from './support/figures.ts';
import { openWindow } from './support/open-window.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { plantedChange } from './support/planted-change.ts';
import { describeProductStories } from './support/product-stories.ts';
import { addProject } from './support/projects.ts';
import { readTable } from './support/read-table.ts';
import { sendEvents } from './support/send-events.ts';
import { lastSunday } from './support/simulated-project.ts';
import { writeRollout } from './support/write-rollout.ts';

/** A simulated rollout whose truth is known. */
const ROLLOUT = 'rollout';
/** Something changed in its last week. */
const CHANGED = 'changed';
const end = lastSunday();
const days = 60;
const scenario = { seed: 'questions', users: 700, days, end, trouble: 4 };
const WHOLE: Period = { from: shiftDay(end, 1 - days), to: end };
/** Four weeks, and the four before them. */
const NOW: Period = { from: shiftDay(end, -27), to: end };
const BEFORE: Period = { from: shiftDay(end, -55), to: shiftDay(end, -28) };

let passlens: Passlens;
let browser: Browser;
let page: Page;
let facts: Fact[];
let truth: Truth;
let changed: { id: string; ingestKey: string; serverKey: string };

beforeAll(async () => {
	const dataDir = await makeDataDir();
	const database = (await openDatabase({ dataDir }))!;
	const settings = await openSettings({ dataDir });
	facts = await writeRollout({ database, settings, dataDir, project: ROLLOUT, scenario });
	await settings.destroy();
	await database.client.close();
	truth = truthOf({ facts, period: WHOLE });

	passlens = await startPasslens({ dataDir });
	changed = { id: CHANGED, ...addProject(passlens, CHANGED) };
	const planted = plantedChange();
	for (const [key, events] of [
		[changed.ingestKey, planted.page],
		[changed.serverKey, planted.server]
	] as const) {
		const answer = await sendEvents({ passlens, key, events });
		expect(answer).toMatchObject({ status: 202, receipt: { accepted: events.length } });
	}
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
const plain = (text: string) => text.replace(/\s+/g, ' ').trim();
const grouped = (count: number) => count.toLocaleString('en');
const count = (text: string | undefined) => Number((text ?? '').replaceAll(',', ''));

describe('Is the rollout working?', () => {
	it('is answered by the Overview: each figure, its fraction, and how it moved', async () => {
		await open('/', { period: NOW });
		const [now, before] = [NOW, BEFORE].map((period) => truthOf({ facts, period }));
		const [shares, earlier] = [sharesOf(now!), sharesOf(before!)];
		for (const id of [
			...['activation_rate', 'enrollment_rate', 'usage_rate_all', 'sync_coverage'],
			...['ceremony_success', 'cancel_rate', 'error_rate', 'telemetry_loss', 'verdict_coverage']
		]) {
			const figure = page.locator(`[data-kpi="${id}"]`);
			const text = plain(await figure.innerText());
			const { numerator, denominator } = shares[id]!;
			expect(text).toContain(
				`${numerator.toLocaleString('en')} of ${denominator.toLocaleString('en')}`
			);
			expect(text, id).toContain(plain(formatShare(numerator, denominator)));
			const then = earlier[id]!;
			const [, moved] = /([+−±][\d.]+) pp/.exec(text) ?? [];
			if (!moved) continue;
			const points = 100 * (numerator / denominator - then.numerator / then.denominator);
			const shown = Number(moved.replace('−', '-').replace('±', ''));
			expect(Math.abs(shown - points), id).toBeLessThanOrEqual(Math.abs(points) < 10 ? 0.06 : 0.51);
		}
		expect(await page.locator('main [data-kpi] [data-moved]').count()).toBeGreaterThan(5);
		const { times } = now!.kpis;
		const median = times[Math.floor(times.length / 2)]!;
		const time = page.locator('[data-kpi="time_to_sign_in"] [data-kpi-value]');
		expect(await time.innerText()).toBe(formatDuration(median));
	});

	it('and in words: each share that truly moved by a point and beyond chance, and no other', async () => {
		await open('/', { period: NOW });
		const [shares, earlier] = [NOW, BEFORE].map((period) => sharesOf(truthOf({ facts, period })));
		const moved = [
			...['activation_rate', 'enrollment_rate', 'usage_rate_all', 'sync_coverage'],
			...['ceremony_success', 'cancel_rate', 'error_rate']
		].filter((id) => {
			const [now, then] = [shares![id]!, earlier![id]!];
			const [p, q] = [now, then].map(({ numerator, denominator }) => numerator / denominator);
			const pooled = (now.numerator + then.numerator) / (now.denominator + then.denominator);
			const error = Math.sqrt(pooled * (1 - pooled) * (1 / now.denominator + 1 / then.denominator));
			return Math.abs(p! - q!) >= Math.max(0.01, 3 * error);
		});
		expect(moved.length).toBeGreaterThan(0);
		const told = page.locator('[data-changes] [data-change]');
		const ids = await told.evaluateAll((items) =>
			items.map((item) => item.getAttribute('data-change'))
		);
		expect(ids.filter((id) => id !== 'time_to_sign_in').toSorted()).toEqual(moved.toSorted());
		for (const id of moved) {
			const { numerator, denominator } = shares![id]!;
			const text = plain(await page.locator(`[data-change="${id}"]`).innerText());
			expect(text).toContain(`to ${plain(formatPercent(numerator / denominator))}.`);
			// Where it comes from, or the way to what tells it apart.
			expect(await page.locator(`[data-change="${id}"] a`).count(), text).toBeGreaterThan(0);
		}
	});
});

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

describe('A table of many rows', () => {
	const releases = () => card('By release');
	const column = async (of: Page, name: string) =>
		(await readTable(of.getByRole('region', { name: 'By release', exact: true }))).map((row) =>
			count(row[name])
		);
	const greatestFirst = (counts: number[]) => counts.toSorted((a, b) => b - a);

	it('is ordered by a head, by keyboard, the other way round and back', async () => {
		await open('/adoption/cohorts');
		const asCounted = await column(page, 'Started');
		const head = releases().getByRole('columnheader', { name: 'Started' });
		await head.getByRole('link').focus();
		for (const [direction, expected] of [
			['descending', greatestFirst(asCounted)],
			['ascending', greatestFirst(asCounted).toReversed()],
			[null, asCounted]
		] as const) {
			await page.keyboard.press('Enter');
			await expect.poll(() => head.getAttribute('aria-sort')).toBe(direction);
			expect(await column(page, 'Started')).toEqual(expected);
		}
		// The other table of the page has an order of its own.
		expect(new URL(page.url()).searchParams.get('weeks')).toBeNull();
	});

	it('that comes in pages is ordered as a whole', async () => {
		await open('/credentials');
		const listed = async (name: string) =>
			(await readTable(card('Credentials'))).map((row) => row[name]);
		const head = page.getByRole('columnheader', { name: 'Uses' });
		await head.getByRole('link').click();
		await page.locator('th[aria-sort="descending"]', { hasText: 'Uses' }).waitFor();
		const [first, ...more] = (await listed('Uses')).map(count);
		await page.getByRole('link', { name: 'More', exact: true }).click();
		await page.getByRole('link', { name: 'First page' }).waitFor();
		expect(await head.getAttribute('aria-sort')).toBe('descending');
		const next = (await listed('Uses')).map(count);
		const { search } = new URL(page.url());
		const csv = async (query: string) => {
			const text = await (await passlens.fetch(`/export/credentials${query}`)).text();
			const [heads, ...rows] = text.trim().split('\r\n');
			const at = heads!.split(',').indexOf('uses_count');
			return rows.map((row) => Number(row.split(',')[at]));
		};
		const asked = new URLSearchParams(search);
		asked.delete('page');
		const sorted = await csv(`?${asked}`);
		asked.delete('sort');
		const whole = greatestFirst(await csv(`?${asked}`));
		expect(sorted).toEqual(whole);
		expect([first, ...more, ...next]).toEqual(whole.slice(0, 1 + more.length + next.length));
		expect(more.length).toBeGreaterThan(10);
		// Another order begins at its first page.
		await page.getByRole('columnheader', { name: 'Registered' }).getByRole('link').click();
		await page.waitForURL((url) => url.searchParams.get('sort') === '-registered');
		expect(new URL(page.url()).searchParams.has('page')).toBe(false);
	});

	it('is so without script, too, from an address that can be sent', async () => {
		const context = await browser.newContext({ javaScriptEnabled: false });
		await passlens.signIn(context);
		const plainPage = await context.newPage();
		await plainPage.goto(`${passlens.url}/adoption/cohorts?project=${ROLLOUT}&period=90d`);
		await plainPage
			.getByRole('region', { name: 'By release', exact: true })
			.getByRole('link', { name: 'Eligible' })
			.click();
		await plainPage.waitForURL((url) => url.searchParams.get('releases') === '-eligible');
		const counts = await column(plainPage, 'Eligible');
		expect(counts).toEqual(greatestFirst(counts));
		await context.close();
	});
});

describe('How well are passkeys synced?', () => {
	it('is answered for each provider, and for who would be locked out', async () => {
		await open('/sync-coverage', { tables: true });
		const { sync } = truth;
		const usable = await readTable(card('By provider'));
		const nameOf = (aaguid: string | undefined) =>
			PROVIDERS[aaguid ?? '']?.name ?? 'Unknown provider';
		const sum = <Row>(rows: readonly Row[], of: (row: Row) => number) =>
			rows.reduce((total, row) => total + of(row), 0);
		const shown = [...Map.groupBy(usable, (row) => row['Provider'])].map(([provider, rows]) => ({
			provider,
			credentials: sum(rows, (row) => count(row['Credentials'])),
			synced: sum(rows, (row) => count(row['Synced']))
		}));
		const held = Map.groupBy(sync.usable, ({ aaguid }) => nameOf(aaguid));
		const byName = (a: { provider?: string | undefined }, b: { provider?: string | undefined }) =>
			(a.provider ?? '') < (b.provider ?? '') ? -1 : 1;
		expect(shown.toSorted(byName)).toEqual(
			[...held]
				.map(([provider, list]) => ({
					provider,
					credentials: list.length,
					synced: sum(list, ({ newest }) => (newest.backupEligible && newest.backedUp ? 1 : 0))
				}))
				.toSorted(byName)
		);

		const risk = page.locator('[data-kpi="lockout_risk"] [data-kpi-detail]');
		expect(await risk.innerText()).toBe(
			`${sync.lockedOutUsers.toLocaleString('en')} of ${sync.passkeyUsers.toLocaleString('en')}`
		);
		const reach = await readTable(card('Reach'));
		expect(reach.map((row) => count(row['Users']))).toEqual(
			Object.values(sync.reach) // none, one, many
		);
	});

	it.each([
		['Provider claimed', 'provider', ({ aaguid }) => PROVIDERS[aaguid ?? '']?.name],
		['Platform at creation', 'created_platform', ({ createdOn }) => createdOn],
		['Release at creation', 'created_release', ({ createdWith }) => createdWith]
	] as [string, string, (one: KnownCredential) => string | undefined][])(
		'is answered of passkeys by %s, and by the passkeys themselves',
		async (name, by, of) => {
			const known = Map.groupBy(truth.sync.usable, (one) => of(one) ?? 'Not known');
			const parts = [...known].map(([part, list]) => ({
				part,
				known: list.length,
				eligible: list.filter(({ newest }) => newest.backupEligible).length,
				backedUp: list.filter(({ newest }) => newest.backupEligible && newest.backedUp).length
			}));
			for (const [figure, title, numerator, denominator] of [
				['synced_share', 'Passkeys that can sync', 'eligible', 'known'],
				['backed_up_share', 'Of these, backed up', 'backedUp', 'eligible']
			] as const) {
				await open(`/sync-coverage?figure=${figure}&by=${by}`);
				const table = card(`${title} by ${name.toLowerCase()}`);
				const rows = await readTable(table);
				expect(rows.map((row) => [row[name], row['Count'], row['Out of']]).toSorted()).toEqual(
					parts
						.filter((one) => one[denominator] > 0)
						.map((one) => [one.part, ...[one[numerator], one[denominator]].map(grouped)])
						.toSorted()
				);
			}
			const [first] = parts.toSorted((a, b) => b.eligible - a.eligible);
			await card(`Of these, backed up by ${name.toLowerCase()}`)
				.getByRole('link', { name: grouped(first!.eligible), exact: true })
				.first()
				.click();
			await page.getByRole('heading', { level: 1, name: 'Credentials' }).waitFor();
			expect(plain(await page.locator('[data-behind]').innerText())).toBe(
				`Usable, can sync, ${name}: ${first!.part} (${grouped(first!.eligible)})`
			);
		}
	);

	it('is answered over time: each provider’s share, and what began or ceased to be backed up', async () => {
		await open('/sync-coverage', { tables: true });
		const { sync, flagChanges } = truth;
		const last = (await readTable(card('Providers over time'))).at(-1)!;
		expect(count(last['Usable'])).toBe(sync.usable.length);
		const apple = sync.usable.filter(
			({ aaguid }) => PROVIDERS[aaguid ?? '']?.name === 'Apple Passwords'
		).length;
		expect(apple).toBeGreaterThan(0);
		expect(last['Apple Passwords']).toBe(
			`${plain(formatShare(apple, sync.usable.length))} (${apple.toLocaleString('en')})`
		);

		const changes = card('Changes of the backup flags');
		expect(plain(await changes.locator('header').innerText())).toContain(
			`of the ${flagChanges.seen.toLocaleString('en')} credentials that showed themselves`
		);
		const rows = await readTable(changes);
		expect(rows.map((row) => [count(row['Times']), count(row['Credentials'])])).toEqual(
			Object.values(flagChanges.changes).map(({ changes, credentials }) => [changes, credentials])
		);
		const { backed_up } = flagChanges.changes;
		expect(backed_up.credentials).toBeGreaterThan(0);
		await changes
			.getByRole('link', { name: backed_up.credentials.toLocaleString('en') })
			.first()
			.click();
		await page.getByRole('heading', { level: 1, name: 'Ledger' }).waitFor();
		const listed = await page
			.locator('[data-transition]')
			.evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-transition')));
		expect(new Set(listed)).toEqual(new Set(['backed_up']));
		expect(listed).toHaveLength(Math.min(200, backed_up.changes));
	});
});

describe('Who is stranded?', () => {
	it('is answered by what they hold and where they came, and by the users themselves', async () => {
		await open('/sync-coverage');
		const rows = await readTable(card('Stranded'));
		const expected = Object.entries(truth.stranded).map(([pair, { size }]) => ({ pair, size }));
		expect(rows.map((row) => count(row['Users'])).toSorted()).toEqual(
			expected.map(({ size }) => size).toSorted()
		);
		// An iPhone's passkey, and a sign-in on Android.
		const apple = truth.stranded['apple on Android']!;
		const row = rows.findIndex(
			(one) => one['Holds passkeys of'] === 'Apple' && one['Came on'] === 'Android'
		);
		expect(count(rows[row]!['Users'])).toBe(apple.size);
		await card('Stranded')
			.getByRole('link')
			.nth(row + 1)
			.click();
		await page.getByRole('heading', { name: 'Stranded users' }).waitFor();
		expect(await summary()).toContain(
			`${apple.size} user${apple.size === 1 ? '' : 's'} came on Android where no passkey of theirs is known to work`
		);
		expect(await readTable(page.locator('main section[aria-label]'))).toHaveLength(apple.size);

		await open('/sync-coverage');
		await card('Reach').getByRole('link', { name: 'None' }).click();
		await page.getByRole('heading', { name: 'Users by reach' }).waitFor();
		expect(await summary()).toContain(`${truth.sync.reach.none} users have no usable passkey`);
	});
});

describe('Who has yet to be brought to a synced passkey, and what stands in the way?', () => {
	it('is answered by the nine steps of each ecosystem, and by its traps', async () => {
		const sections = Map.groupBy(truth.upgrades, ({ ecosystem, legacyClass }) =>
			sectionOf({ ecosystem, legacy_class: legacyClass })
		);
		expect(sections.size).toBeGreaterThanOrEqual(4);
		let traps = 0;
		for (const [section, classes] of sections) {
			await open(`/upgrades?section=${section}`);
			for (const { ecosystem, legacyClass, users, traps: fell } of classes) {
				const funnel = page.locator(`[data-funnel="${legacyClass}:${ecosystem}"]`);
				const text = plain(await funnel.innerText());
				const trap = plain((await funnel.locator('[data-exclude-trap]').allInnerTexts()).join(' '));
				if (fell.blocked > 0)
					expect(trap).toContain(
						`${fell.blocked} registration${fell.blocked === 1 ? '' : 's'} of ${fell.blockedUsers} user`
					);
				else expect(trap).toBe('');
				traps += fell.blocked;
				const lost = users
					.slice(1, legacyClass === 'password' ? -1 : undefined)
					.map((reached, index) => users[index]! - reached);
				if (Math.max(...lost) > 0)
					expect(text).toContain(`What to do next: ${Math.max(...lost)} user`);
				// Something to do, and why, at every gap.
				const told = await funnel.locator('[data-advice]').count();
				expect(told).toBe(lost.filter((one) => one > 0).length);
				expect(
					await funnel.locator('[data-created-not-synced]').getAttribute('data-created-not-synced')
				).toBe(String(fell.notSyncedUsers));
				if (fell.automatic > 0) {
					expect(text).toMatch(new RegExp(`Tried mediation: "conditional" ${fell.automatic}\\b`));
					expect(text).toContain(`Not eligible, no failure ${fell.automaticNotEligible}`);
				}
			}
			await showTables(page);
			for (const { ecosystem, legacyClass, users } of classes) {
				const funnel = page.locator(`[data-funnel="${legacyClass}:${ecosystem}"]`);
				const steps = await readTable(funnel);
				// Nothing of a password is retired that a passkey system could see.
				expect(steps.map((row) => count(row['Users']))).toEqual(
					legacyClass === 'password' ? users.slice(0, -1) : users
				);
			}
		}
		expect(traps).toBeGreaterThan(0);
	});
});

describe('Do they stay with it?', () => {
	it('is answered by cohort and week', async () => {
		await open('/adoption/cohorts', { tables: true });
		const rows = await readTable(card('Do they stay with it?'));
		const cohorts = Object.entries(truth.retention).toSorted(([a], [b]) => (a < b ? 1 : -1));
		expect(rows.map((row) => count(row['Users']))).toEqual(cohorts.map(([, { users }]) => users));
		for (const [index, [, { weeks }]] of cohorts.entries())
			for (const [week, { used, came }] of Object.entries(weeks))
				expect(rows[index]![`Week ${week}`]).toBe(`${used} of ${came}`);
		// Cells of few are marked.
		await open('/adoption/cohorts');
		const few = cohorts.flatMap(([, { weeks }]) =>
			Object.values(weeks).filter(({ came }) => came > 0 && came < 30)
		);
		expect(few.length).toBeGreaterThan(0);
		expect(await page.locator('[data-cohort] [data-few]').count()).toBe(few.length);
		expect(plain(await card('Do they stay with it?').locator('header').innerText())).toMatch(
			/% of those who came back a week after their first passkey signed in with one/
		);
	});
});

describe('Do people get across from one device to another?', () => {
	it('is answered by the steps of the cross-device funnel and its completion', async () => {
		await open('/cross-device', { tables: true });
		const steps = await readTable(card('Cross-device funnel'));
		expect(steps.map((row) => count(row['Ceremonies']))).toEqual(truth.crossDevice.steps);
		const { numerator, denominator } = sharesOf(truth)['cda_completion']!;
		expect(denominator).toBeGreaterThan(0);
		const completion = page.locator('[data-kpi="cda_completion"] [data-kpi-detail]');
		expect(await completion.innerText()).toBe(`${numerator} of ${denominator}`);
		const phones = await readTable(card('Which phone answered for which device'));
		const { crossDevice } = truth;
		expect(phones.reduce((sum, row) => sum + count(row['Answered']), 0)).toBe(crossDevice.steps[2]);
		expect(phones.map((row) => count(row['Answered'])).toSorted()).toEqual(
			Object.values(crossDevice.phones).toSorted()
		);
		const said = plain(await card('Which phone answered for which device').innerText());
		const answers = Object.entries(crossDevice.phones).map(([pair, answered]) => {
			const [platform, phone] = pair.split(' ') as [string, string];
			const linkable = phone === 'google' && ['Windows', 'macOS'].includes(platform);
			const scanned = !linkable && ['apple', 'google'].includes(phone);
			return { scanned, mayBe: phone === 'google' && platform === 'Windows', answered };
		});
		const shareOfAnswers = (of: 'scanned' | 'mayBe') =>
			plain(
				formatShare(
					answers.reduce((sum, answer) => sum + (answer[of] ? answer.answered : 0), 0),
					crossDevice.steps[2]!
				)
			);
		expect(said).toContain(`${shareOfAnswers('scanned')} of the answers took a code each time`);
		expect(said).toContain(`${shareOfAnswers('mayBe')} came from Android phones`);
		for (const { Phone, 'Linked or QR code': linking } of phones)
			if (Phone === 'Apple') expect(linking).toBe('A QR code each time');
		const platforms = await readTable(card('By platform'));
		expect(platforms.length).toBeGreaterThan(1);
		for (const { Platform, Completion } of platforms) {
			const { steps } = truthOf({ facts, period: WHOLE, filter: { os: Platform } }).crossDevice;
			const share = plain(formatShare(steps[3]!, steps[1]!));
			expect(Completion!.endsWith(` % ${share}`), `${Platform}: ${Completion}, not ${share}`).toBe(
				true
			);
			expect(Completion!.includes('few cases'), Platform).toBe(steps[1]! < 30);
		}
		const turns = await readTable(card('The first time, or again'));
		expect(turns.map((row) => count(row['Answered']))).toEqual(
			['first', 'second', 'later', 'unnamed'].flatMap((turn) => crossDevice.turns[turn] ?? [])
		);
		const offered = turns.reduce((sum, row) => sum + count(row['Offered one here']), 0);
		expect(offered).toBe(crossDevice.offeredHere);
	});
});

describeAdoptionQuestions(() => ({ page, facts, truth, open, card, lately: NOW }));

describeProductStories(() => ({
	...{ url: passlens.url, changed, other: ROLLOUT },
	openWindow: (options) => openWindow({ browser, passlens }, options)
}));

/** The value stands last in its cell, behind its interval. */
const ends = (share: string) => new RegExp(`${plain(share).replaceAll('.', '\\.')}$`);
