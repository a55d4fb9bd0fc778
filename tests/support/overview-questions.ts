import { describe, expect, it } from 'vitest';
import {
	dayOf,
	truthOf,
	type ClientFilter,
	type Period,
	type Share
} from '../../simulator/truth.ts';
import { countDays, shiftDay } from '../../src/lib/filters.ts';
import {
	formatDuration,
	formatPercent,
	formatPoints,
	formatShare
} from '../../src/lib/format/number.ts';
import { quantile, sharesOf } from './truth-asked.ts';
import { readTable } from './read-table.ts';
import { grouped, plain, type RolloutStage } from './rollout-stage.ts';

/** Shares whose changes are told in words, by their names. */
const TOLD: Record<string, string> = {
	...{ activation_rate: 'Users with a passkey', enrollment_rate: 'Created one when offered' },
	...{ usage_rate_all: 'Sign-ins by passkey', sync_coverage: 'Users with a backed-up passkey' },
	...{ ceremony_success: 'Ceremony success', cancel_rate: 'Cancelled', error_rate: 'Errors' }
};
/** Shares of the Overview. */
const SHOWN: Record<string, string> = {
	...TOLD,
	telemetry_loss: 'Verdicts with a page’s record',
	verdict_coverage: 'Completed ceremonies with a verdict'
};

const of = ({ numerator, denominator }: Share) => numerator / denominator;
const percent = (share: Share) => plain(formatPercent(of(share)));

/** The days that these are compared with: as many, on the same weekdays. */
function before({ from, to }: Period): Period {
	const days = 7 * Math.ceil(countDays({ from, to }) / 7);
	return { from: shiftDay(from, -days), to: shiftDay(to, -days) };
}

/** "Errors rose by 4.2 pp to 9 %." */
function toldOf(id: string, now: Share, then: Share): string {
	const moved = plain(formatPoints(of(now) - of(then)));
	const verb = moved.startsWith('−') ? 'fell' : 'rose';
	return `${TOLD[id]} ${verb} by ${moved.slice(1)} to ${percent(now)}.`;
}

/** Questions that the Overview and its weekly e-mail answer, on the data of `product.test.ts`. */
export function describeOverviewQuestions(stage: () => RolloutStage): void {
	const sharesIn = (period: Period, filter: ClientFilter = {}) =>
		sharesOf(truthOf({ facts: stage().facts, period, filter }));

	/** What truly moved by a point and beyond chance, largest first, as it is told. */
	function movedIn(period: Period): string[] {
		const [shares, earlier] = [sharesIn(period), sharesIn(before(period))];
		return Object.keys(TOLD)
			.map((id) => ({ id, now: shares[id]!, then: earlier[id]! }))
			.filter(({ now, then }) => {
				if (Math.min(now.denominator, then.denominator) < 30) return false;
				const pooled = (now.numerator + then.numerator) / (now.denominator + then.denominator);
				const perCase = 1 / now.denominator + 1 / then.denominator;
				const error = Math.sqrt(pooled * (1 - pooled) * perCase);
				return Math.abs(of(now) - of(then)) >= Math.max(0.01, 3 * error);
			})
			.toSorted((a, b) => Math.abs(of(b.now) - of(b.then)) - Math.abs(of(a.now) - of(a.then)))
			.map(({ id, now, then }) => toldOf(id, now, then));
	}

	describe('Is the rollout working?', () => {
		it('is answered by the Overview: each figure, its fraction, and how it moved', async () => {
			const { page, open, facts, lately } = stage();
			await open('/', { period: lately });
			const [shares, earlier] = [sharesIn(lately), sharesIn(before(lately))];
			let moved = 0;
			for (const id of Object.keys(SHOWN)) {
				const text = plain(await page.locator(`[data-kpi="${id}"]`).innerText());
				const now = shares[id]!;
				expect(text, id).toContain(`${grouped(now.numerator)} of ${grouped(now.denominator)}`);
				expect(text, id).toContain(plain(formatShare(now.numerator, now.denominator)));
				const [change] = /[+−±][\d.]+ pp/.exec(text) ?? [];
				if (!change) continue;
				expect(change, id).toBe(plain(formatPoints(of(now) - of(earlier[id]!))));
				moved += 1;
			}
			expect(moved).toBeGreaterThan(5);
			const { times } = truthOf({ facts, period: lately }).kpis;
			const time = page.locator('[data-kpi="time_to_sign_in"] [data-kpi-value]');
			expect(await time.innerText()).toBe(formatDuration(quantile(times, 0.5)));
		});

		it('and in words: each share that truly moved by a point and beyond chance, and no other', async () => {
			const { page, open, lately } = stage();
			await open('/', { period: lately });
			const moved = movedIn(lately);
			expect(moved.length).toBeGreaterThan(0);
			const told = page.locator(
				'[data-changes] [data-change]:not([data-change="time_to_sign_in"])'
			);
			const texts = (await told.allInnerTexts()).map(plain);
			expect(texts).toHaveLength(moved.length);
			for (const [index, text] of texts.entries()) {
				expect(text.startsWith(moved[index]!), `${text} for ${moved[index]}`).toBe(true);
				// Where it comes from, or the way to what tells it apart.
				expect(await told.nth(index).getByRole('link').count(), text).toBeGreaterThan(0);
			}
		});
	});

	describe('What did a release break?', () => {
		/** The days of the release, and its system in them and in those before. */
		function broken() {
			const { facts, planted, whole } = stage();
			const first = facts.find(({ client }) => client.release === planted.release)!;
			const period = { from: dayOf(first.at), to: whole.to };
			return { period, filter: { os: planted.os! }, os: planted.os! };
		}

		it.each(['ceremony_success', 'error_rate'])(
			'is told on the Overview by name, of %s, with its true shares before and after',
			async (id) => {
				const { page, open } = stage();
				const { period, filter, os } = broken();
				await open('/', { period });
				const [now, then] = [sharesIn(period)[id]!, sharesIn(before(period))[id]!];
				const there = sharesIn(period, filter)[id]!;
				const thereThen = sharesIn(before(period), filter)[id]!;
				const weight = there.denominator / now.denominator;
				const average = (weight + thereThen.denominator / then.denominator) / 2;
				const part = (average * (of(there) - of(thereThen))) / (of(now) - of(then));
				expect(part).toBeGreaterThan(0.5);
				const portion =
					part > 1.05
						? 'more than all of it (the rest moved the other way)'
						: part >= 0.95
							? 'all of it'
							: `${plain(formatPercent(part))} of it`;
				const told = plain(await page.locator(`[data-change="${id}"]`).innerText());
				expect(told).toContain(
					`${toldOf(id, now, then)} ${os} accounts for ${portion}: there it went from ${percent(thereThen)} to ${percent(there)}, at ${plain(formatPercent(weight))} of ceremonies.`
				);
			}
		);

		it('and leads to the ceremonies that failed there', async () => {
			const { page, open, facts } = stage();
			const { period, filter, os } = broken();
			await open('/', { period });
			await page.locator('[data-change="error_rate"]').getByRole('link', { name: os }).click();
			await page.getByRole('heading', { level: 1, name: 'Ceremonies' }).waitFor();
			const { failed } = truthOf({ facts, period, filter }).outcomes;
			const tab = page.getByRole('link', { name: /^Failed/ });
			expect(plain(await tab.innerText())).toBe(`Failed ${grouped(failed!)}`);
			expect(await tab.getAttribute('aria-current')).toBe('page');
			expect(new URL(page.url()).searchParams.get('platform')).toBe(os);
		});
	});

	describe('What does the e-mail say on Monday?', () => {
		/** The last week that is over: the simulation ends with it. */
		const week = (): Period => {
			const { to } = stage().whole;
			return { from: shiftDay(to, -6), to };
		};

		it('each figure of the week, its fraction, and how it moved against the week before', async () => {
			const { page, open, facts } = stage();
			await open('/account/digest');
			const rows = await readTable(page.frameLocator('iframe').locator('body'));
			const [shares, earlier] = [sharesIn(week()), sharesIn(before(week()))];
			const { times } = truthOf({ facts, period: week() }).kpis;
			const told = { eligible_users: 'Eligible users', ...SHOWN };
			expect(rows.map(({ Figure }) => Figure).toSorted()).toEqual(
				[...Object.values(told), 'Time to sign in'].toSorted()
			);
			for (const [id, name] of Object.entries(told)) {
				const { Week, ...row } = rows.find(({ Figure }) => Figure === name)!;
				const { numerator, denominator } = shares[id]!;
				const few = denominator < 30 ? ', few cases, may be chance' : '';
				expect(Week, id).toBe(
					`${plain(formatShare(numerator, denominator))}${grouped(numerator)} of ${grouped(denominator)}${few}`
				);
				const moved = plain(formatPoints(of(shares[id]!) - of(earlier[id]!)));
				expect(row['Against the week before']!.endsWith(moved), `${id}: ${moved}`).toBe(true);
			}
			const time = rows.find(({ Figure }) => Figure === 'Time to sign in')!['Week']!;
			expect(time.startsWith(plain(formatDuration(quantile(times, 0.5))))).toBe(true);
			expect(time).toContain(`95 % within ${plain(formatDuration(quantile(times, 0.95)))}`);
		});

		it('and what changed, in plain text too', async () => {
			const { page, open } = stage();
			await open('/account/digest');
			await page.getByRole('button', { name: 'As plain text' }).click();
			const [, ...listed] = plain(await page.locator('pre').innerText()).split(/ - (?=[A-Z])/);
			const told = listed.filter((one) => !one.startsWith('Time to sign in'));
			const moved = movedIn(week());
			expect(told).toHaveLength(moved.length);
			for (const [index, text] of told.entries())
				expect(text.startsWith(moved[index]!), `${text} for ${moved[index]}`).toBe(true);
		});
	});
}
