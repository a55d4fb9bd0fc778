import { describe, expect, it } from 'vitest';
import type { ReadinessTruth } from '../../simulator/truth-readiness.ts';
import { formatShare } from '../../src/lib/format/number.ts';
import { READINESS_WORDS } from '../../src/lib/format/readiness-names.ts';
import { readTable } from './read-table.ts';
import { grouped, plain, sum, type RolloutStage } from './rollout-stage.ts';

/** How a page calls what the model knows of a client. */
const NAMES: Record<keyof ReadinessTruth, keyof typeof READINESS_WORDS> = {
	...{ ready: 'ready', embedded: 'in_app', no_webauthn: 'no_webauthn' },
	...{ no_authenticator: 'no_authenticator', untold: 'unclear' }
};

/** Questions about who could use a passkey, answered off the pages, on the data of `product.test.ts`. */
export function describeReadinessQuestions(stage: () => RolloutStage): void {
	describe('What keeps the rest from using a passkey?', () => {
		const expected = () =>
			(Object.keys(NAMES) as (keyof ReadinessTruth)[]).flatMap((state) => {
				const counts = stage().truth.readiness[state];
				return counts ? [{ ...counts, name: READINESS_WORDS[NAMES[state]].label }] : [];
			});

		it('is answered row by row: the visits, and the users by the best of their clients', async () => {
			const { open, card } = stage();
			await open('/adoption/prompts', { tables: true });
			const rows = await readTable(card('What keeps the rest from using a passkey'));
			expect(expected().length).toBeGreaterThan(2);
			expect(rows.map((row) => [row['Client'], row['Visits'], row['Users']])).toEqual(
				expected().map(({ name, visits, users }) => [name, grouped(visits), grouped(users)])
			);
		});

		it('and by the share of users that each row is', async () => {
			const { open, card } = stage();
			await open('/adoption/prompts');
			const bars = card('What keeps the rest from using a passkey').locator('[data-bar]');
			const all = sum(expected().map(({ users }) => users));
			const shown = (await bars.allInnerTexts()).map(plain);
			expect(shown).toHaveLength(expected().length);
			for (const [index, { name, users }] of expected().entries()) {
				expect(shown[index]!.startsWith(name), shown[index]).toBe(true);
				expect(shown[index]).toMatch(
					new RegExp(`${grouped(users)} users ${plain(formatShare(users, all))}$`)
				);
			}
		});
	});
}
