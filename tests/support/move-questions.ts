import { describe, expect, it } from 'vitest';
import { PROVIDERS as NAMED } from '../../collector/domain/providers.ts';
import { followMoves, type MoveTruth } from '../../simulator/truth-moves.ts';
import { PROVIDERS } from '../../simulator/world/providers.ts';
import { readTable } from './read-table.ts';
import { grouped, plain, type RolloutStage } from './rollout-stage.ts';

const nameOf = ({ from }: MoveTruth) => NAMED[PROVIDERS[from].aaguid]!.name;
const wayOf = (move: MoveTruth) => `${nameOf(move)} to ${move.to}`;

/** Questions about passkeys that changed their keeper, answered off the pages, on the data of `product.test.ts`. */
export function describeMoveQuestions(stage: () => RolloutStage): void {
	describe('Which passkeys may have been taken to another ecosystem?', () => {
		it('is answered by provider and system: exactly those that were', async () => {
			const { open, card, facts, whole, lately } = stage();
			for (const period of [whole, lately]) {
				await open('/sync-coverage', { period });
				const rows = await readTable(card('Suspected moves between ecosystems'));
				const ways = Map.groupBy(followMoves(facts, period), wayOf);
				expect(ways.size).toBeGreaterThan(2);
				expect(
					Object.fromEntries(
						rows.map((row) => [
							`${row['Registered with']} to ${row['Answered on']}`,
							[row['Credentials'], row['Users']]
						])
					)
				).toEqual(
					Object.fromEntries(
						[...ways].map(([way, moves]) => {
							const users = new Set(moves.map(({ user }) => user));
							return [way, [grouped(moves.length), grouped(users.size)]];
						})
					)
				);
			}
		});

		it('and by the passkeys themselves, each with the moment it first answered there', async () => {
			const { page, open, card, facts, whole, hashOf } = stage();
			await open('/sync-coverage');
			const [most] = [...Map.groupBy(followMoves(facts, whole), wayOf).values()].toSorted(
				(a, b) => b.length - a.length
			);
			const table = card('Suspected moves between ecosystems');
			await table
				.getByRole('row')
				.filter({ hasText: nameOf(most![0]!) })
				.filter({ hasText: most![0]!.to })
				.getByRole('link')
				.first()
				.click();
			await page.getByRole('heading', { level: 1, name: 'Ledger' }).waitFor();
			expect(plain(await page.locator('[data-behind]').innerText())).toBe(
				`Suspected move to ${most![0]!.to} (${grouped(most!.length)})`
			);
			expect(new URL(page.url()).searchParams.get('provider')).toBe(nameOf(most![0]!));
			const listed = await page.locator('main tbody tr').evaluateAll((rows) =>
				rows.map((row) => ({
					hash: row.querySelector('a[href*="/credentials/"]')?.getAttribute('title'),
					at: Date.parse(row.querySelector('time')?.dateTime ?? '')
				}))
			);
			expect(listed.map(({ hash }) => hash).toSorted()).toEqual(
				most!.map(({ credential }) => hashOf(credential)).toSorted()
			);
			// Within what a clock's correction leaves.
			for (const { credential, at } of most!) {
				const shown = listed.find(({ hash }) => hash === hashOf(credential))!;
				expect(Math.abs(shown.at - at), credential).toBeLessThan(5_000);
			}
		});
	});
}
