import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../../collector/domain/providers.ts';
import type { KnownCredential } from '../../simulator/truth-ledger.ts';
import { formatShare } from '../../src/lib/format/number.ts';
import { readTable } from './read-table.ts';
import { count, grouped, plain, type RolloutStage } from './rollout-stage.ts';

/** Questions about the passkeys that people hold, answered off the pages, on the data of `product.test.ts`. */
export function describePasskeyQuestions(stage: () => RolloutStage): void {
	describe('How well are passkeys synced?', () => {
		it('is answered for each provider, and for who would be locked out', async () => {
			const { page, open, card, truth } = stage();
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
			const byName = (
				a: { provider?: string | undefined },
				b: { provider?: string | undefined }
			) => ((a.provider ?? '') < (b.provider ?? '') ? -1 : 1);
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
				const { page, open, card, truth } = stage();
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
			const { page, open, card, truth } = stage();
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
			const { page, open, card, summary, truth } = stage();
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
}
