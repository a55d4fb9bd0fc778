import { describe, expect, it } from 'vitest';
import { openPage, showTables } from './figures.ts';
import { ADMIN_NAME } from './passlens.ts';
import { addressOf, dayAgo, type StoryStage } from './story-stage.ts';
import { violations } from './violations.ts';

/** What is noted on charts, in the browser and with the data of `product.test.ts`. */
export function describeAnnotationStories(stage: () => StoryStage): void {
	const address = (path: string) => addressOf(stage(), path);
	const note = async (body: unknown, key: string | undefined) => {
		const response = await fetch(`${stage().url}/api/annotations`, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				...(key !== undefined && { authorization: `Bearer ${key}` })
			},
			body: typeof body === 'string' ? body : JSON.stringify(body)
		});
		return { status: response.status, body: (await response.json()) as Record<string, unknown> };
	};

	describe('an annotation', () => {
		it.each([
			['no key', {}, 'none', 401, 'authorization'],
			['an unknown key', { text: 'Release' }, 'sk_unknown', 401, 'authorization'],
			['a public key', { text: 'Release' }, 'ingest', 403, 'authorization'],
			['no text', { kind: 'release' }, 'server', 400, 'text'],
			['another kind', { text: 'Release', kind: 'party' }, 'server', 400, 'kind'],
			['no day', { text: 'Release', day: 'today' }, 'server', 400, 'day'],
			['another field', { text: 'Release', colour: 'red' }, 'server', 400, 'colour'],
			['no JSON', 'Release', 'server', 400, 'body']
		])('by API with %s is refused by name', async (_, body, key, status, field) => {
			const { changed } = stage();
			const keys: Record<string, string | undefined> = {
				none: undefined,
				ingest: changed.ingestKey,
				server: changed.serverKey
			};
			const answer = await note(body, key in keys ? keys[key] : key);
			expect(answer).toMatchObject({ status, body: { error: { field } } });
		});

		it('by API is noted once, stands on every chart over time, in its table and in words, and in no other project', async () => {
			const { changed, other } = stage();
			const sent = { text: 'Release 9 <b>bold</b>', kind: 'release', day: dayAgo(2), author: 'CI' };
			expect(await note(sent, changed.serverKey)).toMatchObject({
				status: 201,
				body: { annotation: { ...sent, project: changed.id } }
			});
			expect((await note(sent, changed.serverKey)).status).toBe(200);

			const { page, trouble, close } = await stage().openWindow();
			await openPage(page, address('/?period=7d'));
			const chart = page.getByRole('img', { name: /Noted: .* Release 9/ });
			await chart.locator('svg text', { hasText: 'Release 9' }).waitFor();
			await showTables(page);
			const row = page.getByRole('row', { name: /Release 9/ });
			expect(await row.count()).toBe(1);
			let seen = 0;
			for (const path of [
				'/',
				'/adoption',
				'/sync-coverage',
				'/failures',
				'/risk',
				'/alerts/rule'
			]) {
				await openPage(page, address(`${path}?period=30d`));
				const charts = page.locator('main section:has([data-time-chart])');
				seen += await charts.count();
				for (const one of await charts.all()) {
					expect(await one.locator('[data-time-chart]').getAttribute('aria-label')).toContain(
						'Release 9'
					);
					expect(await one.getByRole('button', { name: /^Annotate / }).count(), path).toBe(1);
				}
			}
			expect(seen).toBeGreaterThan(2);
			await openPage(page, `${stage().url}/?project=${other}`);
			expect(await page.content()).not.toContain('Release 9');
			expect(trouble).toEqual([]);
			await close();
		});
	});

	describe('an alert’s preview', () => {
		it('shows what was noted on all of its days, and by the hour at the first of the day', async () => {
			const { changed } = stage();
			// Before the month that pages show, on the first day that anything was sent.
			const longAgo = { text: 'Long ago', kind: 'note', day: dayAgo(30) };
			expect((await note(longAgo, changed.serverKey)).status).toBe(201);
			const { page, trouble, close } = await stage().openWindow();
			const open = async (bucket: string) => {
				await openPage(page, address(`/alerts/rule?measure=failure_share&bucket=${bucket}`));
				return page.locator('[data-preview] tbody tr');
			};
			await open('day');
			for (const text of ['Long ago', 'Release 9'])
				await page.locator('[data-time-chart] svg text', { hasText: text }).waitFor();
			await page.getByRole('button', { name: /^Annotate / }).click();
			await page.locator('[popover]:popover-open').getByText('Long ago').waitFor();
			await showTables(page);
			const days = page.locator('[data-preview] tbody tr');
			expect(await days.filter({ hasText: 'Long ago' }).count()).toBe(1);
			const hours = await open('hour');
			await showTables(page);
			const noted = hours.filter({ hasText: 'Release 9' });
			expect(await noted.count()).toBe(1);
			expect(await noted.innerText()).toMatch(/00:00|12:00\sAM/);
			expect(trouble).toEqual([]);
			await close();
		});
	});

	describe('somebody at a chart', () => {
		it('notes what happened, sees it on the chart, changes it and takes it out, by keyboard', async () => {
			const { page, trouble, close } = await stage().openWindow();
			await openPage(page, address('/?period=7d'));
			const chart = page.locator('[data-time-chart]');
			await chart.locator('svg[viewBox]').waitFor();
			await page.getByRole('button', { name: 'Annotate Ceremonies by outcome' }).focus();
			await page.keyboard.press('Enter');
			await page.getByLabel('What happened').fill('Spring campaign');
			await page.getByLabel('Day (UTC)').fill(dayAgo(3));
			await page.getByLabel('Kind').selectOption('campaign');
			await page.getByLabel('What happened').press('Enter');
			await chart.locator('svg text', { hasText: 'Spring campaign' }).waitFor();
			expect(await chart.getAttribute('aria-label')).toContain('Spring campaign');
			const noted = page.getByRole('listitem').filter({ hasText: 'Spring campaign' });
			expect(await noted.innerText()).toMatch(
				new RegExp(`Campaign, .*Noted by ${ADMIN_NAME}`, 's')
			);
			expect(await violations(page)).toEqual([]);

			await page.getByRole('button', { name: 'Change Spring campaign' }).click();
			await noted.page().getByLabel('What happened').first().fill('Summer campaign');
			await page.keyboard.press('Enter');
			await chart.locator('svg text', { hasText: 'Summer campaign' }).waitFor();
			await page.getByRole('button', { name: 'Remove Summer campaign' }).click();
			await page.waitForFunction(
				() => !document.querySelector('[data-time-chart]')?.textContent.includes('campaign')
			);
			expect(trouble).toEqual([]);
			await close();
		});
	});
}
