import { describe, expect, it } from 'vitest';
import { FAILURE_CAUSES } from '../../sdk/common/failure-causes.ts';
import { openPage } from './figures.ts';
import { DATA, HOSTILE, type PageStage } from './page-stage.ts';
import { ADMIN_NAME } from './passlens.ts';
import { until } from './until.ts';

/** What people decide about failures, and how they name errors, in the browser and with the data of `pages.test.ts`. */
export function describeFailureStories(stage: () => PageStage): void {
	describe('a group of failures', () => {
		it('is decided about on its page by keyboard, and counted by its state from then on', async () => {
			const { page, trouble, close } = await stage().openWindow();
			const group = await stage().address('/failures/<failure>');
			await openPage(page, group);
			await page.getByText('Decide', { exact: true }).focus();
			await page.keyboard.press('Enter');
			await page.getByRole('radio', { name: /^Resolved –/ }).check();
			await page.getByLabel('Who takes care of it').fill('Kim');
			await page.getByLabel('Note').fill(HOSTILE);
			await page.keyboard.press('Tab');
			await page.keyboard.press('Enter');
			await page.locator('[data-triage=resolved]').waitFor();
			expect(await page.locator('[data-decisions]').innerText()).toMatch(
				new RegExp(`Resolved by ${ADMIN_NAME}.*owner Kim`)
			);
			expect(await page.locator('[data-decisions]').innerText()).toContain(HOSTILE);

			const id = new URL(group).pathname.split('/').at(-1)!;
			const list = (view: string) => stage().fetchText(`/failures?project=${DATA}&view=${view}`);
			expect(await list('resolved')).toContain(`data-failure="${id}"`);
			expect(await list('open')).not.toContain(`data-failure="${id}"`);
			expect(await stage().fetchText(`/export/failures?project=${DATA}&view=resolved`)).toContain(
				id
			);
			// Whoever resolved it by mistake takes it back: the form is still open.
			await page.getByRole('radio', { name: /^Open –/ }).check();
			await page.getByRole('button', { name: 'Save' }).click();
			await page.locator('[data-triage=new], [data-triage=ongoing]').waitFor();
			expect(trouble).toEqual([]);
			await close();
		});

		it('leads to its ceremonies, and the list to what is different about them', async () => {
			const { page, close } = await stage().openWindow();
			await openPage(page, await stage().address('/failures/<failure>'));
			await page.getByRole('link', { name: 'All of them' }).click();
			await page.getByRole('heading', { level: 1, name: 'Ceremonies' }).waitFor();
			expect(await page.locator('main table tbody tr').count()).toBeGreaterThan(0);
			await page.getByRole('link', { name: 'What is different' }).click();
			await page.locator('[data-no-difference], [data-differences]').waitFor();
			await close();
		});
	});

	describe('an error no rule knows', () => {
		it('is named on its page by keyboard, in the past too, and the name is taken back', async () => {
			const { page, trouble, close } = await stage().openWindow();
			await openPage(page, await stage().address('/collector'));
			const unknown = page.getByRole('region', { name: 'Errors no rule knows' });
			await unknown.getByRole('link').first().focus();
			await page.keyboard.press('Enter');
			await page.getByRole('region', { name: 'Its name' }).waitFor();

			const cause = page.getByLabel('What it comes from');
			const offered = await cause
				.locator('option')
				.evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
			// The classifier's own list: a name it does not know would count nowhere.
			expect(offered.toSorted()).toEqual(
				['', ...FAILURE_CAUSES.filter((name) => name !== 'unknown')].toSorted()
			);
			await cause.selectOption('extension_interfered');
			await page.getByLabel(/^Why/).fill(HOSTILE);
			await page.keyboard.press('Tab');
			await page.keyboard.press('Enter');
			await page.getByText(`Named by ${ADMIN_NAME}`).waitFor();

			const past = page.locator('[data-reclassification]');
			await past.getByText('Unknown, possible').waitFor();
			await past.getByText('An extension interfered, likely').waitFor();
			const ceremonies = page.getByRole('region', { name: 'Ceremonies that ended with it' });
			const ceremony = await ceremonies.getByRole('link').first().getAttribute('href');
			const told = await stage().fetchText(ceremony!);
			expect(told).toContain('data-cause="extension_interfered"');
			expect(told).toContain('Named by the operator: &lt;img src=x');
			const list = await stage().fetchText('/collector');
			expect(list).toContain('Errors named by hand');
			expect(list).toContain(ADMIN_NAME);

			await page.getByRole('button', { name: 'Take the name back' }).click();
			await page.getByRole('button', { name: 'Name it' }).waitFor();
			await until(async () => {
				expect(await stage().fetchText(ceremony!)).toContain('data-cause="unknown"');
			});
			expect(trouble).toEqual([]);
			await close();
		});

		it('takes no name from another site', async () => {
			const response = await fetch(await stage().address('/collector/errors/<error>?/name'), {
				method: 'POST',
				headers: { origin: 'https://evil.example' },
				body: new URLSearchParams({ cause: 'timed_out', confidence: 'likely' })
			});
			expect(response.status).toBe(403);
		});
	});
}
