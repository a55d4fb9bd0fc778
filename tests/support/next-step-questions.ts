import { describe, expect, it } from 'vitest';
import { ENROLMENT_STEPS } from '../../src/lib/server/queries/enrolment-sql.ts';
import { UPGRADE_STEPS } from '../../src/lib/server/queries/upgrade-funnel.ts';
import { count, plain, sum, type RolloutStage } from './rollout-stage.ts';

/** The question after all others, answered off the page, on the data of `product.test.ts`. */
export function describeNextStepQuestions(stage: () => RolloutStage): void {
	describe('What should we do next week?', () => {
		it('is answered by where most users are lost, of everything that loses some', async () => {
			const { page, open, truth, summary } = stage();
			await open('/next-steps');
			const rows = page.locator('[data-step]');
			await rows.first().waitFor();
			const shown = await rows.evaluateAll((steps) =>
				steps.map((step) => ({
					key: (step as HTMLElement).dataset['step']!,
					users: step.querySelector('[data-users]')!.textContent
				}))
			);
			const told = shown.map(({ key, users }) => [key, count(/^[\d,]+/.exec(users)?.[0])] as const);
			const expected = lossesOf(truth);
			// What a failure costs is an estimate, which the facts cannot tell.
			const counted = told.filter(([key]) => !key.startsWith('failure:'));
			expect(counted.length).toBeGreaterThan(5);
			expect(told).toHaveLength(10);
			expect(Object.fromEntries(counted)).toEqual(
				Object.fromEntries(counted.map(([key]) => [key, expected.get(key)]))
			);
			expect(told.map(([, users]) => users)).toEqual(
				told.map(([, users]) => users).toSorted((a, b) => b - a)
			);
			const least = told.at(-1)![1];
			for (const [key, users] of expected)
				if (users > least) expect(told.map(([one]) => one)).toContain(key);
			expect(await summary()).toContain(`What concerns the most users: ${shown[0]!.users}`);
		});

		it('leads to those users, and to the page that shows it', async () => {
			const { page, open } = stage();
			await open('/');
			await page.getByRole('link', { name: 'What to do next' }).click();
			const first = page.locator('[data-step]').first();
			const users = plain(await first.locator('[data-users]').innerText());
			const [area] = await first.getByRole('link', { name: /^Where it shows/ }).allInnerTexts();
			await first.getByRole('link', { name: 'The users' }).click();
			await page.getByRole('heading', { name: 'Users behind a gap' }).waitFor();
			expect(await stage().summary()).toContain(`${users} got as far as`);
			await page.goBack();
			await first.getByRole('link', { name: area! }).click();
			const title = area!.split(': ')[1]!;
			await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
		});
	});
}

/** Users lost, by the key of the step that would win them. */
function lossesOf({ enrolment, upgrades, stranded, sync }: RolloutStage['truth']) {
	const losses = new Map<string, number>();
	for (const [index, step] of ENROLMENT_STEPS.entries())
		if (index > 0)
			losses.set(`enrolment:${step}`, enrolment.users[index - 1]! - enrolment.users[index]!);
	for (const { ecosystem, legacyClass, users } of upgrades) {
		if (legacyClass === 'password') continue;
		// The first gap, before "could upgrade", is nobody's to close.
		const gaps = users.slice(2).map((reached, index) => users[index + 1]! - reached);
		const widest = Math.max(...gaps);
		if (widest > 0)
			losses.set(
				`upgrade:${legacyClass}:${ecosystem}:${UPGRADE_STEPS[gaps.indexOf(widest) + 2]!}`,
				widest
			);
	}
	for (const [where, users] of Object.entries(stranded)) {
		const [holds, system] = where.split(' on ') as [string, string];
		losses.set(`stranded:${holds}:${system}`, users.size);
	}
	losses.set('risk:locked_out', sync.lockedOutUsers);
	expect(sum([...losses.values()])).toBeGreaterThan(0);
	return losses;
}
