import { describe, expect, it } from 'vitest';
import { truthOf } from '../../simulator/truth.ts';
import { formatShare } from '../../src/lib/format/number.ts';
import { sectionOf } from '../../src/lib/format/upgrade-names.ts';
import { showTables } from './figures.ts';
import { readTable } from './read-table.ts';
import { count, plain, type RolloutStage } from './rollout-stage.ts';
import { sharesOf } from './truth-asked.ts';

/** Questions about how far people get, on the way to a synced passkey and from one device to another, answered off the pages, on the data of `product.test.ts`. */
export function describeJourneyQuestions(stage: () => RolloutStage): void {
	describe('Who has yet to be brought to a synced passkey, and what stands in the way?', () => {
		it('is answered by the nine steps of each ecosystem, and by its traps', async () => {
			const { page, open, truth } = stage();
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
					const trap = plain(
						(await funnel.locator('[data-exclude-trap]').allInnerTexts()).join(' ')
					);
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
						await funnel
							.locator('[data-created-not-synced]')
							.getAttribute('data-created-not-synced')
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

	describe('Do people get across from one device to another?', () => {
		it('is answered by the steps of the cross-device funnel and its completion', async () => {
			const { page, open, card, truth, facts, whole } = stage();
			await open('/cross-device', { tables: true });
			const steps = await readTable(card('Cross-device funnel'));
			expect(steps.map((row) => count(row['Ceremonies']))).toEqual(truth.crossDevice.steps);
			const { numerator, denominator } = sharesOf(truth)['cda_completion']!;
			expect(denominator).toBeGreaterThan(0);
			const completion = page.locator('[data-kpi="cda_completion"] [data-kpi-detail]');
			expect(await completion.innerText()).toBe(`${numerator} of ${denominator}`);
			const phones = await readTable(card('Which phone answered for which device'));
			const { crossDevice } = truth;
			expect(phones.reduce((sum, row) => sum + count(row['Answered']), 0)).toBe(
				crossDevice.steps[2]
			);
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
				const { steps } = truthOf({ facts, period: whole, filter: { os: Platform } }).crossDevice;
				const share = plain(formatShare(steps[3]!, steps[1]!));
				expect(
					Completion!.endsWith(` % ${share}`),
					`${Platform}: ${Completion}, not ${share}`
				).toBe(true);
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
}
