import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openPage, showTables } from './figures.ts';
import type { OpenWindow } from './open-window.ts';
import { ADMIN_NAME } from './passlens.ts';
import { readTable } from './read-table.ts';
import { until } from './until.ts';
import { violations } from './violations.ts';

interface Stage {
	url: string;
	/** A project with a change planted in its last week, and its keys. */
	changed: { id: string; ingestKey: string; serverKey: string };
	/** Any other project with data. */
	other: string;
	openWindow(options?: { colorScheme?: 'light' | 'dark' }): Promise<OpenWindow>;
}

/** What product teams do on the pages, in the browser and with the data of `product.test.ts`. */
export function describeProductStories(stage: () => Stage): void {
	const address = (path: string) => {
		const { url, changed } = stage();
		const target = new URL(path, url);
		target.searchParams.set('project', changed.id);
		return target.href;
	};
	const dayAgo = (days: number) =>
		new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

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

	describe('an annotation', () => {
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
			for (const path of ['/', '/adoption', '/sync-coverage', '/failures', '/risk']) {
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
				await page.keyboard.type(typed);
			};
			await press('sync cov');
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
