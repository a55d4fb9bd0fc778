import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openPage, showTables } from './figures.ts';
import { readTable } from './read-table.ts';
import { addressOf, dayAgo, type StoryStage } from './story-stage.ts';
import { until } from './until.ts';
import { violations } from './violations.ts';

/** What product teams do on the pages, in the browser and with the data of `product.test.ts`. */
export function describeProductStories(stage: () => StoryStage): void {
	const address = (path: string) => addressOf(stage(), path);

	describe('what changed', () => {
		it('is told on the Overview, the segment it comes from first, with the way to its figures', async () => {
			const { page, trouble, close } = await stage().openWindow();
			await openPage(page, address('/?period=7d'));
			const change = (id: string) => page.locator(`[data-changes] [data-change="${id}"]`);
			expect(await page.locator('[data-changes] li').count()).toBe(2);
			const text = (await change('ceremony_success').innerText()).replaceAll('\u202f', ' ');
			expect(text).toMatch(/^Ceremony success fell by 35 pp to 55 %\. Edge accounts for all of it/);
			expect(text).toContain('there it went from 90 % to 20 %');
			const errors = (await change('error_rate').innerText()).replaceAll('\u202f', ' ');
			expect(errors).toMatch(/^Errors rose by 35 pp to 45 %\. Edge accounts for all of it/);
			const href = await change('error_rate')
				.getByRole('link', { name: 'Edge' })
				.getAttribute('href');
			expect((await openPage(page, new URL(href!, page.url()).href))?.status()).toBe(200);
			expect(new URL(page.url()).searchParams.get('browser')).toBe('Edge');
			expect(await page.locator('main tbody tr').count()).toBeGreaterThan(40);
			expect(trouble).toEqual([]);
			await close();
		});

		it('is nothing where nothing moved beyond chance, and nothing is said without days to compare', async () => {
			const { page, close } = await stage().openWindow();
			const week = `period=custom&from=${dayAgo(12)}&to=${dayAgo(6)}`;
			await openPage(page, address(`/?${week}`));
			const card = page.locator('[data-changes]');
			expect(await card.innerText()).toContain('Nothing moved beyond chance');
			await openPage(page, address(`/?${week}&compare=none`));
			expect(await card.count()).toBe(0);
			await close();
		});
	});

	describe('a segment', () => {
		it('is saved from the filters of a page, named on every page under them, and opened by its address', async () => {
			const { page, trouble, close } = await stage().openWindow();
			await openPage(page, address('/?platform=Windows&without=tests'));
			await page.getByRole('button', { name: 'Segments', exact: true }).click();
			await page.getByLabel('Save the filters of this page as').fill('Windows for real');
			await page.keyboard.press('Enter');
			const trigger = page.getByRole('button', { name: 'Segment: Windows for real' });
			await trigger.waitFor();

			await openPage(page, address('/failures'));
			await page.getByRole('button', { name: 'Segments', exact: true }).click();
			await page.getByRole('link', { name: 'Windows for real' }).click();
			await page.waitForURL((url) => url.searchParams.get('platform') === 'Windows');
			const shared = page.url();
			await close();

			const other = await stage().openWindow();
			await openPage(other.page, shared);
			await other.page.getByRole('button', { name: 'Segment: Windows for real' }).waitFor();
			expect(
				await other.page.getByRole('combobox', { name: 'Platform', exact: true }).inputValue()
			).toBe('Windows');
			expect(new URL(shared).searchParams.get('without')).toBe('tests');
			await openPage(other.page, address('/segments'));
			const words = other.page.getByRole('region', { name: 'Segments' }).getByRole('link');
			expect(await words.innerText()).toBe(
				'Platform: Windows, Counting: All but virtual authenticators'
			);
			expect([...trouble, ...other.trouble]).toEqual([]);
			await other.close();
		});
	});

	describe('the palette', () => {
		it('leads to a page and sets a filter without the mouse, and gives the keyboard back', async () => {
			const { page, trouble, close } = await stage().openWindow();
			await openPage(page, address('/?period=7d'));
			const field = page.getByRole('combobox', { name: 'Search pages, filters and segments' });
			const press = async (typed: string) => {
				// The first press may come before the page listens; a second one would close what it opened.
				await until(async () => {
					if (!(await field.isVisible())) await page.keyboard.press('Control+k');
					await field.waitFor({ timeout: 3_000 });
				});
				// On a busy machine it is there before it is listened at.
				const isFocused = () => field.evaluate((input) => input === document.activeElement);
				await expect.poll(isFocused, { timeout: 10_000 }).toBe(true);
				await page.keyboard.type(typed);
			};
			await press('sync cov');
			// What was typed has told on the list.
			await page.getByRole('option', { name: 'Sync coverage', selected: true }).waitFor();
			expect(await violations(page)).toEqual([]);
			await page.keyboard.press('Enter');
			await page.getByRole('heading', { level: 1, name: 'Sync coverage' }).waitFor();
			await press('windows platform');
			await page.keyboard.press('Enter');
			await page.waitForURL((url) => url.searchParams.get('platform') === 'Windows');
			expect(new URL(page.url()).searchParams.get('period')).toBe('7d');
			await press('nothing of that name');
			await page.getByText('Nothing by that name.').waitFor();
			await page.keyboard.press('Escape');
			await field.waitFor({ state: 'detached' });
			expect(trouble).toEqual([]);
			await close();
		});
	});

	describe('a chart', () => {
		it('is a file with the numbers of its table', async () => {
			const { page, close } = await stage().openWindow();
			await openPage(page, address('/?period=7d'));
			await showTables(page);
			const card = page.getByRole('region', { name: 'Ceremonies by outcome' });
			const shown = await readTable(card);
			const [saved] = await Promise.all([
				page.waitForEvent('download'),
				card.getByRole('link', { name: 'Ceremonies by outcome as CSV' }).click()
			]);
			const [header, ...lines] = (await readFile(await saved.path(), 'utf8')).trim().split('\r\n');
			const total = header!.split(',').indexOf('total');
			expect(lines.map((line) => line.split(',')[total])).toEqual(
				shown.map((row) => (row['Total'] === '–' ? '' : row['Total']!.replaceAll(',', '')))
			);
			await close();
		});

		it('is a picture with its title above and what it shows below', async () => {
			const { page, trouble, close } = await stage().openWindow({ colorScheme: 'dark' });
			await openPage(page, address('/?period=7d'));
			await page.locator('[data-time-chart] svg').first().waitFor();
			const [saved] = await Promise.all([
				page.waitForEvent('download'),
				page.getByRole('button', { name: 'Ceremonies by outcome as PNG' }).click()
			]);
			expect(saved.suggestedFilename()).toBe('passlens-ceremonies-by-outcome.png');
			const stream = await saved.createReadStream();
			const chunks: Buffer[] = [];
			for await (const chunk of stream) chunks.push(chunk as Buffer);
			const drawn = await page.evaluate(readBands, Buffer.concat(chunks).toString('base64'));
			expect(drawn.width).toBeGreaterThan(800);
			// Words above and below, a drawing between, dark on white whatever the theme.
			for (const band of drawn.dark) expect(band).toBeGreaterThan(50);
			expect(drawn.ground).toEqual([255, 255, 255, 255]);
			expect(trouble).toEqual([]);
			await close();
		});
	});

	describe('Definitions', () => {
		it('is an index that opens what is clicked, what an address names, and all of it on paper', async () => {
			const { page, close } = await stage().openWindow();
			await page.setViewportSize({ width: 390, height: 844 });
			await openPage(page, address('/definitions'));
			const whole = () => page.evaluate(() => document.scrollingElement!.scrollHeight);
			expect(await whole()).toBeLessThan(5_000);
			const [usage, rival] = [
				page.locator('#usage_rate_all'),
				page.locator('#usage_rate_enrolled')
			];
			await page.getByText('Sign-ins by passkey', { exact: false }).first().click();
			await usage.getByText('Not to be taken for').waitFor();
			expect(await rival.isVisible()).toBe(false);
			await usage.getByRole('link', { name: 'Passkey use among enrolled users' }).click();
			await rival.getByText('Denominator').waitFor();
			await openPage(page, `${address('/definitions')}#sync_coverage`);
			await page.locator('#sync_coverage').getByText('Denominator').waitFor();
			await page.emulateMedia({ media: 'print' });
			expect(await usage.getByText('Better when').isVisible()).toBe(true);
			await close();
		});
	});

	describe('a page on paper', () => {
		it('says what it shows, is no wider than the sheet, and leaves out what cannot be used there', async () => {
			const { page, close } = await stage().openWindow({ colorScheme: 'dark' });
			await openPage(page, address('/?period=7d'));
			await page.locator('[data-time-chart] svg[viewBox]').first().waitFor();
			const pdf = await page.pdf({ format: 'A4', printBackground: true });
			expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
			await page.emulateMedia({ media: 'print' });
			// A4 less its margins.
			await page.setViewportSize({ width: 688, height: 1_000 });
			expect(await page.locator('[data-print-view]').innerText()).toContain('Project changed');
			expect(await page.getByRole('group', { name: 'Filters' }).isVisible()).toBe(false);
			expect(await page.locator('aside').isVisible()).toBe(false);
			expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(688);
			expect(
				await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)
			).toBe('light');
			await close();
		});
	});
}

/** Runs in the page: how many dark points the picture has at its top, in its middle and at its foot, and the colour of its corner. */
async function readBands(base64: string) {
	const image = new Image();
	image.src = `data:image/png;base64,${base64}`;
	await image.decode();
	const canvas = document.createElement('canvas');
	canvas.width = image.width;
	canvas.height = image.height;
	const context = canvas.getContext('2d', { willReadFrequently: true })!;
	context.drawImage(image, 0, 0);
	const darkIn = (from: number, to: number) => {
		const { data } = context.getImageData(0, from, image.width, to - from);
		let count = 0;
		for (let index = 0; index < data.length; index += 4)
			if (data[index]! + data[index + 1]! + data[index + 2]! < 500) count++;
		return count;
	};
	const { width, height } = image;
	return {
		width,
		dark: [darkIn(0, 120), darkIn(120, height - 90), darkIn(height - 90, height)],
		ground: [...context.getImageData(2, 2, 1, 1).data]
	};
}
