import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../../collector/domain/providers.ts';
import type { PromptFact } from '../../simulator/facts.ts';
import { truthOf } from '../../simulator/truth.ts';
import { shiftDay } from '../../src/lib/filters.ts';
import { humanise } from '../../src/lib/format/names.ts';
import { formatDuration, formatShare } from '../../src/lib/format/number.ts';
import { quantile } from './truth-asked.ts';
import { readTable } from './read-table.ts';
import { grouped, plain, type RolloutStage } from './rollout-stage.ts';

/** Further questions of product teams, answered off the pages, on the data of `product.test.ts`. */
export function describeAdoptionQuestions(stage: () => RolloutStage): void {
	describe('Which way of asking earns?', () => {
		const WAYS: [string, (prompt: PromptFact) => string][] = [
			['mode', ({ mode }) => humanise(mode)],
			['application', ({ client }) => client.application],
			['release', ({ client }) => client.release],
			['platform', ({ client }) => client.os]
		];

		it.each(WAYS)(
			'is answered by %s: shown, taken up, led to a passkey, dismissed',
			async (by, of) => {
				const { open, card, facts } = stage();
				await open(`/adoption/prompts?prompts=${by}`);
				const rows = await readTable(card(`Prompts by ${by}`));
				const led = new Set(
					facts.flatMap((fact) =>
						fact.kind === 'ceremony' && fact.outcome === 'succeeded' ? (fact.promptId ?? []) : []
					)
				);
				const offers = facts
					.filter((fact) => fact.kind === 'prompt')
					.filter(({ purpose }) => purpose !== 'sign_in');
				const parts = Map.groupBy(offers, of);
				expect(rows).toHaveLength(parts.size);
				for (const [name, prompts] of parts) {
					const row = rows.find((one) => Object.values(one)[0] === name)!;
					const shareOf = (taken: (prompt: PromptFact) => boolean) =>
						plain(formatShare(prompts.filter(taken).length, prompts.length));
					expect(row['Shown'], name).toBe(grouped(prompts.length));
					expect(row['Taken up'], name).toBe(shareOf(({ answer }) => answer === 'accepted'));
					expect(row['Led to a passkey']!.endsWith(shareOf(({ id }) => led.has(id))), name).toBe(
						true
					);
					expect(row['Dismissed']!.endsWith(shareOf(({ answer }) => answer === 'dismissed'))).toBe(
						true
					);
					expect(row['Dismissed']!.includes('few cases'), name).toBe(prompts.length < 30);
				}
			}
		);
	});

	describe('Who waits longest at sign-in?', () => {
		it('is answered by system: how many were timed, half of them, most of them, and the sign-ins themselves', async () => {
			const { page, open, card, facts, lately } = stage();
			await open('/?figure=time_to_sign_in&by=platform', { period: lately });
			const rows = await readTable(card('Time to sign in by platform'));
			const expected = [...new Set(facts.map(({ client }) => client.os))]
				.map((os) => ({
					os,
					times: truthOf({ facts, period: lately, filter: { os } }).kpis.times
				}))
				.filter(({ times }) => times.length > 0)
				.toSorted((one, other) => other.times.length - one.times.length);
			expect(expected.length).toBeGreaterThan(3);
			expect(rows.map((row) => [row['Platform'], row['Timed']]).toSorted()).toEqual(
				expected.map(({ os, times }) => [os, grouped(times.length)]).toSorted()
			);
			for (const { os, times } of expected) {
				const shown = rows.find((row) => row['Platform'] === os)!['Median']!;
				const [half, most, nearlyAll] = [0.5, 0.75, 0.95].map((level) =>
					plain(formatDuration(quantile(times, level)))
				);
				expect(shown, os).toContain(`75 % within ${most}, 95 % within ${nearlyAll}`);
				expect(shown.endsWith(half!), `${os}: ${shown}`).toBe(true);
				expect(shown.includes('few cases'), os).toBe(times.length < 30);
			}
			const { os, times } = expected[0]!;
			await card('Time to sign in by platform')
				.getByRole('link', { name: grouped(times.length), exact: true })
				.first()
				.click();
			await page.getByRole('heading', { level: 1, name: 'Ceremonies' }).waitFor();
			expect(plain(await page.locator('[data-behind]').innerText())).toBe(
				`Sign-ins with a measured time, autofill left out, Platform: ${os} (${grouped(times.length)})`
			);
		});
	});

	describe('Where do those who have a passkey not use it?', () => {
		it('is answered by system, and by who signed in there with a passkey at hand', async () => {
			const { page, open, card, facts, lately } = stage();
			await open('/?figure=usage_rate_enrolled&by=platform', { period: lately });
			const title = 'Passkey use among enrolled users by platform';
			const rows = await readTable(card(title));
			const expected = [...new Set(facts.map(({ client }) => client.os))]
				.map((os) => ({
					os,
					...truthOf({ facts, period: lately, filter: { os } }).kpis.shares['usage_rate_enrolled']!
				}))
				.filter(({ denominator }) => denominator > 0);
			expect(expected.length).toBeGreaterThan(3);
			expect(rows.map((row) => [row['Platform'], row['Count'], row['Out of']]).toSorted()).toEqual(
				expected
					.map(({ os, numerator, denominator }) => [os, grouped(numerator), grouped(denominator)])
					.toSorted()
			);
			const [first] = expected.toSorted((a, b) => b.denominator - a.denominator);
			await card(title)
				.getByRole('link', { name: grouped(first!.denominator), exact: true })
				.last()
				.click();
			await page.getByRole('heading', { level: 1 }).filter({ hasText: 'Users' }).waitFor();
			expect(plain(await page.locator('main header').first().innerText())).toContain(
				'holding one at that moment'
			);
		});
	});

	describe('Where is which provider?', () => {
		it('is answered by system and provider, and by what each provider reaches', async () => {
			const { open, card, truth } = stage();
			await open('/sync-coverage', { tables: true });
			const rows = await readTable(card('Platform and provider'));
			const pairs = truth.sync.usable.flatMap(({ aaguid, newest, systems }) => {
				const provider = PROVIDERS[aaguid ?? '']?.name ?? 'Unknown provider';
				const synced = newest.backupEligible && newest.backedUp;
				const places = systems.size > 0 ? [...systems] : ['Unknown'];
				return places.map((platform) => ({ pair: `${platform}: ${provider}`, synced }));
			});
			expect(
				Object.fromEntries(
					rows.map((row) => [
						`${row['Platform']}: ${row['Provider']}`,
						[row['Credentials'], row['Synced']]
					])
				)
			).toEqual(
				Object.fromEntries(
					[...Map.groupBy(pairs, ({ pair }) => pair)].map(([pair, list]) => [
						pair,
						[grouped(list.length), grouped(list.filter(({ synced }) => synced).length)]
					])
				)
			);
			const reach = plain(await card('What they reach').innerText());
			expect(reach).toMatch(/Apple [\d,]+ credentials? .*Mac/);
			expect(reach).toMatch(/Google [\d,]+ credentials? .*Android/);
			for (const name of ['Apple Passwords', 'Google Password Manager', '1Password']) {
				const held = truth.sync.usable.filter(
					({ aaguid }) => PROVIDERS[aaguid ?? '']?.name === name
				).length;
				expect(held, name).toBeGreaterThan(0);
				expect(reach).toContain(`${name} ${grouped(held)}`);
			}
		});
	});

	describe('Compared with when?', () => {
		it.each([
			['the weekdays just before', '', 28],
			['the same weekdays a year ago', '&compare=year', 364]
		])('%s: the change is that of the true counts', async (_, compare, back) => {
			const { page, open, facts, lately } = stage();
			await open(`/?none=${compare}`, { period: lately });
			const figure = page.locator('[data-kpi="usage_rate_all"]');
			const shown = /([+−±][\d.]+) pp/.exec(plain(await figure.innerText()))?.[1];
			const before = truthOf({
				facts,
				period: { from: shiftDay(lately.from, -back), to: shiftDay(lately.to, -back) }
			}).usageAll;
			if (before.denominator === 0) {
				expect(shown).toBeUndefined();
				expect(await page.locator('main').innerText()).toContain('nothing to compare with');
				return;
			}
			const now = truthOf({ facts, period: lately }).usageAll;
			const points =
				100 * (now.numerator / now.denominator - before.numerator / before.denominator);
			expect(Math.abs(Number(shown!.replace('−', '-').replace('±', '')) - points)).toBeLessThan(
				0.51
			);
		});
	});

	describe('How do others do?', () => {
		it('is answered beside the figure and marked as theirs, with its source in the definition', async () => {
			const { page, open } = stage();
			await open('/');
			const figure = page.locator('[data-kpi="activation_rate"]');
			expect(plain(await figure.locator('[data-others]').innerText())).toBe('Others’ figure 36 %');
			await figure.getByRole('button').click();
			const definition = plain(await page.locator('[popover]:popover-open').innerText());
			expect(definition).toContain('FIDO Passkey Index 2025, at second hand; Corbado, March 2026');
			expect(definition).toContain('Others’ figures, not yours');
		});
	});
}
