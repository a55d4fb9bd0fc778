import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { openWindow } from './support/open-window.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { sampleVisit } from './support/sample-events.ts';
import { sendEvents } from './support/send-events.ts';
import { until } from './support/until.ts';
import { violations } from './support/violations.ts';

const PROJECT = 'shop';
/** Passes what browsers look at and no form of ours. */
const BLANK = '   ';

let passlens: Passlens;
let browser: Browser;
beforeAll(async () => {
	passlens = await startPasslens();
	browser = await launchBrowser();
	const { ingestKey } = addProject(passlens, PROJECT);
	const { page: events } = sampleVisit();
	await sendEvents({ passlens, key: ingestKey, events });
	await until(async () => {
		const html = await (await passlens.fetch(`/failures?project=${PROJECT}`)).text();
		expect(html).toMatch(/data-failure="/);
	});
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

interface Wrong {
	path: string;
	/** Makes the mistake. */
	make: (page: Page) => Promise<unknown>;
	/** Where it is told, by the name that the server gives the field. */
	field: string;
	/** The control's name, where it is another. */
	control?: string;
}

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();
/** Fills one field, and sends the form that it is in. */
const send = (name: string, value: string) => (page: Page) =>
	page
		.locator(`main [name="${name}"]:visible`)
		.first()
		.evaluate((control: HTMLInputElement, typed) => {
			control.value = typed;
			// What the browser would refuse by itself is the server's to refuse here.
			control.form!.noValidate = true;
			control.form!.requestSubmit();
		}, value);

const ofSetting = (setting: string, name: string, value: string) => (page: Page) =>
	page.locator(`[data-setting="${setting}"] [name="${name}"]`).evaluate((control, typed) => {
		const input = control as HTMLInputElement;
		input.value = typed;
		input.form!.requestSubmit();
	}, value);

const FORMS: Wrong[] = [
	{ path: '/settings', make: ofSetting('name', 'name', BLANK), field: 'name' },
	{ path: '/settings', make: ofSetting('time_zone', 'time_zone', 'Bombay'), field: 'time_zone' },
	{
		path: '/settings',
		make: ofSetting('origins', 'origin', 'https://a.example/x'),
		field: 'origin'
	},
	{ path: '/settings', make: ofSetting('keys', 'environment', 'A b'), field: 'environment' },
	{ path: '/settings', make: ofSetting('retention', 'raw_days', 'many'), field: 'raw_days' },
	{
		path: '/settings',
		make: ofSetting('retention', 'derived_days', 'many'),
		field: 'derived_days'
	},
	{ path: '/settings', make: ofSetting('retention', 'raw_days', '30'), field: 'confirmed' },
	{ path: '/settings', make: ofSetting('rolled_up_tags', 'tags', 'plan=gold'), field: 'tags' },
	{ path: '/settings', make: ofSetting('trace_url', 'trace_url', 'tempo'), field: 'trace_url' },
	{
		path: '/settings',
		make: ofSetting('trace_services', 'services', 'x'.repeat(201)),
		field: 'services'
	},
	{
		path: '/settings',
		make: async (page) => {
			const privacy = page.locator('[data-setting="privacy"]');
			await privacy.locator('[name=tags]').selectOption('named');
			await privacy.locator('[name=tag_names]').fill('plan=gold');
			await privacy.getByRole('button').click();
		},
		field: 'tag_names'
	},
	{ path: '/set-up', make: send('origin', 'https://a.example/x'), field: 'origin' },
	{ path: '/account', make: send('email', 'kim@example.com, pat@example'), field: 'email' },
	{ path: '/collector', make: send('windows', 'eleven'), field: 'windows' },
	{ path: '/collector', make: send('aaguid', 'Windows Hello'), field: 'aaguid' },
	{ path: '/collector', make: send('value', '/etc/passwd'), field: 'value' },
	{ path: '/collector/errors/<error>', make: send('note', 'Ours'), field: 'cause' },
	{
		path: '/failures/<failure>',
		make: async (page) => {
			await page.getByText('Decide', { exact: true }).click();
			await page.getByRole('radio', { name: /^Ignored/ }).check();
			await send('note', 'x'.repeat(501))(page);
		},
		field: 'note'
	},
	{ path: '/users', make: send('reference', ''), field: 'reference' },
	{ path: '/annotations', make: send('text', BLANK), field: 'text' },
	{
		path: '/ceremonies?platform=iOS',
		make: async (page) => {
			await press(page, 'Segments');
			await page.getByLabel('Save the filters of this page as').fill(BLANK);
			await press(page, 'Save segment');
		},
		field: 'name'
	},
	{ path: '/streams', make: send('name', BLANK), field: 'name' },
	{
		path: '/streams',
		make: async (page) => {
			await page.getByLabel('Name', { exact: true }).fill('SIEM');
			for (const box of await page.locator('[name=topic]').all()) await box.uncheck();
			await send('target', 'https://siem.example')(page);
		},
		field: 'topics',
		control: 'topic'
	},
	{
		path: '/alerts',
		make: async (page) => {
			await page.getByText('Add a channel').click();
			await page.getByLabel('Name', { exact: true }).fill('On call');
			await send('target', 'nobody')(page);
		},
		field: 'target'
	},
	{ path: '/alerts/rule', make: (page) => press(page, 'Create the rule'), field: 'name' },
	{ path: '/people', make: send('name', BLANK), field: 'name' },
	{ path: '/api-keys', make: send('name', BLANK), field: 'name' },
	{
		path: '/api-keys',
		make: async (page) => {
			await page.getByLabel('What it is for').fill('Reports');
			await send('days', '0')(page);
		},
		field: 'days'
	},
	{ path: '/set-up/new', make: send('name', BLANK), field: 'name' },
	{
		path: '/set-up/new',
		make: async (page) => {
			await page.locator('[name=name]').fill('Another');
			await send('origin', 'https://a.example/x')(page);
		},
		field: 'origin'
	},
	{ path: '/policies/edit', make: send('document', 'version: 2'), field: 'document' },
	{ path: '/policies/edit', make: (page) => putRule(page, { id: 'Admins' }), field: 'id' },
	{
		path: '/policies/edit',
		make: (page) => putRule(page, { id: 'admins', title: 'Admins', deny: 'Hello' }),
		field: 'deny'
	}
];

async function putRule(page: Page, fields: Record<string, string>): Promise<void> {
	await page.getByText('Add or replace a rule by form').click();
	for (const [name, value] of Object.entries(fields))
		await page.locator(`[name="${name}"]`).fill(value);
	await press(page, 'Put it into the text');
}

describe('a mistake', () => {
	it.each(FORMS)(
		'at $path: $field is told at its field, read out, and the reader is on it',
		async ({ path, make, field, control = field }) => {
			const { page, close } = await openWindow({ browser, passlens });
			await openPage(page, await address(path));
			await make(page);
			const alert = page.getByRole('alert');
			await alert.waitFor();
			await until(async () => expect(await focused(page)).toMatchObject({ name: control }));
			const told = (await alert.innerText()).trim();
			expect(await focused(page)).toEqual({
				...{ name: control, invalid: 'true', described: expect.stringContaining(told) }
			});
			expect(told).toMatch(/\w+ \w+/);
			expect(await violations(page)).toEqual([]);
			await page.setViewportSize({ width: 390, height: 844 });
			// A chart is drawn anew when it has seen its new width.
			await until(async () =>
				expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390)
			);
			await close();
		}
	);

	it('in a rule’s form leaves what was typed, and the text', async () => {
		const { page, close } = await openWindow({ browser, passlens });
		await openPage(page, await address('/policies/edit'));
		const before = await page.getByLabel('The policy').inputValue();
		await putRule(page, { id: 'admins', title: 'Admins', who: 'role=admin', why: 'They asked' });
		const alert = page.getByRole('alert');
		expect(await alert.innerText()).toContain('A rule must ask for something');
		expect(await page.locator('[name=who]').inputValue()).toBe('role=admin');
		expect(await page.getByLabel('The policy').inputValue()).toBe(before);
		await page.getByLabel('Number they must hold').fill('2');
		await press(page, 'Put it into the text');
		await alert.waitFor({ state: 'detached' });
		expect(await page.getByLabel('The policy').inputValue()).toContain('They asked');
		await close();
	});

	it('stands at its field without script, too', async () => {
		const context = await browser.newContext({ javaScriptEnabled: false });
		await passlens.signIn(context);
		const page = await context.newPage();
		await page.goto(await address('/settings'));
		const zone = page.locator('[data-setting="time_zone"]');
		await zone.getByLabel('Time zone').fill('Bombay');
		await zone.getByRole('button').click();
		expect(await zone.getByRole('alert').innerText()).toContain('"Bombay" is no time zone');
		await context.close();
	});
});

const focused = (page: Page) =>
	page.evaluate(() => {
		const control = document.activeElement as HTMLInputElement;
		const ids = control.getAttribute('aria-describedby')?.split(' ') ?? [];
		return {
			name: control.name,
			invalid: control.getAttribute('aria-invalid'),
			described: ids.map((id) => document.getElementById(id)?.innerText).join('\n')
		};
	});

async function address(path: string): Promise<string> {
	const find = async (list: string, pattern: RegExp) =>
		pattern.exec(await (await passlens.fetch(list)).text())?.[1] ?? 'none';
	const found = path
		.replace('<error>', await find('/collector', /\/collector\/errors\/([0-9a-f]{10})/))
		.replace(
			'<failure>',
			await find(`/failures?project=${PROJECT}`, /data-failure="([0-9a-f]{10})"/)
		);
	const target = new URL(found, passlens.url);
	target.searchParams.set('project', PROJECT);
	return target.href;
}
