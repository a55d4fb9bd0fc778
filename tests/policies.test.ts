import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMdsAuthority } from '../collector/testing/sign-mds-blob.ts';
import { pseudonymise } from '../settings/pseudonymise.ts';
import { openSettings } from '../settings/open-settings.ts';
import { findPseudonymKey } from '../settings/projects.ts';
import type { Fact } from '../simulator/facts.ts';
import { sendToCollector } from '../simulator/send-to-collector.ts';
import { simulate } from '../simulator/simulate.ts';
import { holdersAt } from '../simulator/truth-policies.ts';
import { shiftDay, today } from '../src/lib/filters.ts';
import { formatDayAndYear } from '../src/lib/format/date.ts';
import { PINNED_NODE } from '../tools/install.mjs';
import { launchBrowser } from './support/browser.ts';
import { everythingStored } from './support/everything-stored.ts';
import { openPage } from './support/figures.ts';
import {
	ADMIN_NAME,
	printOutputOnFailure,
	startPasslens,
	type Passlens
} from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { lastSunday } from './support/simulated-project.ts';
import { until } from './support/until.ts';
import { violations } from './support/violations.ts';

// A simulated rollout, in which it is known who holds what: exactly those who break a rule must be found, now and on past days.
const PROJECT = 'rollout';
const end = lastSunday();
const POLICY = `version: 1
groups:
  staff: [role=admin, role=support]
rules:
  - id: staff-bound
    title: Staff hold device-bound credentials
    who: [group:staff]
    kinds: [device_bound]
  - id: two-each
    title: Two credentials each
    who: everybody
    minimum: 2
  - id: admins-synced
    title: Administrators have a synced one
    who: [role=admin]
    kinds: [synced]
    minimum: 1
  - id: fresh
    title: None older than three weeks
    who: everybody
    except: [role=admin]
    maximum_age_days: 21
    unknown: breaks
`;

type Holder = ReturnType<typeof holdersAt>[number];
const stateOf = ({ newest: { backupEligible, backedUp } }: Holder['held'][number]) =>
	backupEligible ? (backedUp ? 'synced' : 'syncable') : 'device_bound';
const legacyBefore = ({ firstSeenAt }: Holder['held'][number], day: string) =>
	(Date.parse(day) - Date.parse(new Date(firstSeenAt).toISOString().slice(0, 10))) / 86_400_000;

/** Who truly breaks each rule at the end of a day. */
const BREAKS: Record<string, (holder: Holder, day: string) => boolean> = {
	'staff-bound': ({ role, held }) =>
		role !== undefined && held.some((one) => stateOf(one) !== 'device_bound'),
	'two-each': ({ held }) => held.length < 2,
	'admins-synced': ({ role, held }) =>
		role === 'admin' && (held.length === 0 || held.some((one) => stateOf(one) !== 'synced')),
	fresh: ({ role, held }, day) =>
		role !== 'admin' && held.some((one) => legacyBefore(one, day) > 21 || !registered.has(one.ref))
};

/** A model that was certified, and later on revoked, while people held it. */
const CERTIFIED = shiftDay(end, -50);
const REVOKED = shiftDay(end, -21);

let metadata: string;
let passlens: Passlens;
let browser: Browser;
let facts: Fact[];
/** AAGUIDs by how many hold them at the end, the most first; the second is the model that was revoked. */
let models: string[];
/** Credentials whose registration was seen. */
let registered: Set<string>;
let hashOf: (ref: string) => string;

beforeAll(async () => {
	const days = [...simulate({ seed: 'policies', users: 260, days: 60, end, trouble: 4 })];
	facts = days.flatMap((day) => day.facts);
	const held = holdersAt(facts, end).flatMap((holder) => holder.held.map(({ aaguid }) => aaguid));
	models = [...Map.groupBy(held.filter(Boolean), (aaguid) => aaguid!)]
		.sort(([, a], [, b]) => b.length - a.length)
		.map(([aaguid]) => aaguid);
	await supplyMetadata(models[1]!);
	passlens = await startPasslens();
	browser = await launchBrowser();
	const keys = addProject(passlens, PROJECT);
	registered = new Set(
		facts.flatMap((fact) =>
			fact.kind === 'ceremony' && fact.type === 'registration' && fact.credential
				? [fact.credential.ref]
				: []
		)
	);
	await sendToCollector({
		...{ collectorUrl: passlens.collectorUrl, ...keys, days, now: Infinity }
	});
	const settings = await openSettings({ dataDir: passlens.dataDir });
	const key = await findPseudonymKey(settings, PROJECT);
	await settings.destroy();
	const { user } = pseudonymise({ key: key! });
	hashOf = (ref) => BigInt(user(ref)!).toString(16).padStart(16, '0');
	await everythingStored(passlens.dataDir);
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
	delete process.env.PASSLENS_MDS;
	delete process.env.PASSLENS_MDS_ROOT;
	await rm(metadata, { recursive: true, force: true });
});
beforeEach(() => printOutputOnFailure(passlens));

/** The newest report is not the last in the blob. */
async function supplyMetadata(aaguid: string): Promise<void> {
	metadata = await mkdtemp(join(tmpdir(), 'passlens-policies-'));
	const authority = await createMdsAuthority();
	const statusReports = [
		{ status: 'REVOKED', effectiveDate: REVOKED },
		{ status: 'FIDO_CERTIFIED_L1', effectiveDate: CERTIFIED }
	];
	const entries = [{ aaguid, metadataStatement: { description: 'A key' }, statusReports }];
	process.env.PASSLENS_MDS = join(metadata, 'blob.jwt');
	process.env.PASSLENS_MDS_ROOT = join(metadata, 'root.pem');
	await writeFile(process.env.PASSLENS_MDS_ROOT, authority.root);
	await writeFile(
		process.env.PASSLENS_MDS,
		await authority.sign({ no: 3, nextUpdate: '2030-01-01', entries })
	);
}

/** Users who hold one of these models at the end of a day, by their hashes. */
const holdersOf = (day: string, ...aaguids: string[]) =>
	holdersAt(facts, day)
		.filter(({ held }) => held.some(({ aaguid }) => aaguids.includes(aaguid ?? '')))
		.map(({ user }) => hashOf(user))
		.sort();

async function breakersOf(rule: string, day: string): Promise<string[]> {
	const csv = await text(
		`/export/policy-users?project=${PROJECT}&rule=${rule}&on=${day}&period=12m`
	);
	const listed = csv.trim().split('\r\n').slice(1);
	return [...new Set(listed.map((line) => line.split(',')[2]!))].sort();
}

async function text(path: string) {
	const response = await passlens.fetch(path);
	expect(response.status).toBe(200);
	return response.text();
}

const policies = (...args: string[]) =>
	spawnSync(PINNED_NODE, ['tools/policies.ts', ...args, '--data-dir', passlens.dataDir], {
		...{ cwd: join(import.meta.dirname, '..'), encoding: 'utf8' }
	});

async function openWindow(colorScheme: 'light' | 'dark' = 'light') {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme });
	await passlens.signIn(context);
	const page = await context.newPage();
	const trouble: string[] = [];
	page.on('console', (message) => {
		if (['error', 'warning'].includes(message.type())) trouble.push(message.text());
	});
	page.on('pageerror', (error) => trouble.push(String(error)));
	return { page, trouble, close: () => context.close() };
}

const address = (path: string, more = '') => `${passlens.url}${path}?project=${PROJECT}${more}`;

const truth = (rule: string, day: string) =>
	holdersAt(facts, day)
		.filter((holder) => BREAKS[rule]!(holder, day))
		.map(({ user }) => hashOf(user))
		.sort();

describe('A policy', () => {
	it('is written in the page, which tells who would break it before it is in force', async () => {
		const { page, trouble, close } = await openWindow();
		await openPage(page, address('/policies'));
		expect(await page.locator('main').innerText()).toContain('No policy yet');
		await page.getByRole('link', { name: 'Write a policy' }).click();
		await page.getByLabel('The policy').fill(POLICY.replace('device_bound', 'hardware'));
		await page.getByRole('button', { name: 'Show what comes of it' }).click();
		const alert = await page.getByRole('alert').innerText();
		expect(alert).toMatch(/rules\[0\]\.kinds\[0\].*device_bound/);
		// What was typed stays.
		await page.getByLabel('The policy').fill(POLICY);
		await page.getByRole('button', { name: 'Show what comes of it' }).click();
		for (const rule of Object.keys(BREAKS)) {
			const shown = page.locator(`[data-consequence="${rule}"] [data-newly]`);
			await shown.waitFor();
			expect(parseInt(await shown.innerText(), 10)).toBe(truth(rule, today('UTC')).length);
		}
		expect(await violations(page)).toEqual([]);
		await page.getByLabel('Why, kept with the version').fill('The auditors ask');
		await page.getByRole('button', { name: 'Put version 1 in force' }).click();
		await page.waitForURL(/\/policies\?/);
		const versions = page.getByRole('region', { name: 'Versions' });
		expect(await versions.innerText()).toMatch(
			new RegExp(`1\\s+in force.*${ADMIN_NAME}.*The auditors ask`, 's')
		);
		// The browser's own word about the text that was refused.
		expect(trouble).toEqual([expect.stringContaining('400 (Bad Request)')]);
		await close();
	});

	it.each([
		['now', end],
		['a month ago', shiftDay(end, -30)],
		['before anybody came', shiftDay(end, -90)]
	])('finds exactly those who break each rule, by the simulator’s truth: %s', async (_, day) => {
		const { page, close } = await openWindow();
		await openPage(page, address('/policies', `&on=${day}`));
		for (const rule of Object.keys(BREAKS)) {
			const expected = truth(rule, day);
			const count = await page.locator(`[data-breaking="${rule}"]`).innerText();
			expect([rule, Number(count.replaceAll(',', ''))]).toEqual([rule, expected.length]);
			expect(await breakersOf(rule, day)).toEqual(expected);
		}
		await close();
	});

	it('has somebody who breaks each rule, and somebody who keeps it', () => {
		for (const rule of Object.keys(BREAKS)) {
			const breaking = truth(rule, end).length;
			expect(breaking, rule).toBeGreaterThan(0);
			expect(breaking, rule).toBeLessThan(holdersAt(facts, end).length);
		}
	});

	it('lists who breaks a rule with what would bring them in line', async () => {
		const { page, trouble, close } = await openWindow('dark');
		await openPage(page, address('/policies'));
		await page.getByRole('link', { name: 'Staff hold device-bound credentials' }).click();
		const row = page.locator('tbody tr').first();
		expect(truth('staff-bound', end)).toContain(
			await row.locator('[data-breaker]').getAttribute('data-breaker')
		);
		expect(await row.innerText()).toMatch(/Is not device-bound[\s\S]*Revoke what breaks the rule/);
		await page.setViewportSize({ width: 390, height: 844 });
		expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
		expect(await violations(page)).toEqual([]);
		expect(trouble).toEqual([]);
		await close();
	});

	it('takes a rule from the form, and saves nothing that was not shown', async () => {
		const { page, close } = await openWindow();
		await openPage(page, address('/policies/edit'));
		await page.getByText('Add or replace a rule by form').click();
		await page.getByLabel('Id, kept when the words change').fill('support-verified');
		await page.getByLabel('Title').fill('Support is verified');
		await page.getByLabel('Who: tags or groups').fill('role=support');
		await page.getByLabel('User verified every time').check();
		await page.getByRole('button', { name: 'Put it into the text' }).click();
		const area = page.getByLabel('The policy');
		await until(async () => expect(await area.inputValue()).toContain('support-verified'));
		expect(await area.inputValue()).toContain('user_verified: true');
		const changed = (await area.inputValue()).replace('minimum: 2', 'minimum: 1');
		await area.fill(changed);
		await page.getByRole('button', { name: 'Show what comes of it' }).click();
		const consequence = page.locator('[data-consequence="two-each"]');
		await consequence.waitFor();
		const one = holdersAt(facts, end).filter(({ held }) => held.length === 1).length;
		expect(await consequence.innerText()).toContain(`${one} no longer`);
		expect(await page.locator('[data-consequence="staff-bound"]').count()).toBe(0);
		// Another text under the digest of this one.
		const hidden = page.locator('[data-consequences] textarea[name=document]');
		await hidden.evaluate((element: HTMLTextAreaElement) => {
			element.value = element.value.replace('minimum: 1', 'minimum: 3');
		});
		await page.getByRole('button', { name: 'Put version 2 in force' }).click();
		await until(async () => expect(await area.inputValue()).toContain('minimum: 3'));
		expect(page.url()).toContain('/policies/edit');
		expect(policies('list', PROJECT).stdout.trim().split('\n')).toHaveLength(1);
		await close();
	});

	it('is checked and put in force from a file, and earlier versions stay to be looked at', async () => {
		const file = join(passlens.dataDir, 'policy.json');
		await writeFile(file, '{ "version": 1, "rules": [{ "id": "x" }] }');
		const bad = policies('apply', PROJECT, file);
		expect(bad.status).toBe(1);
		expect(bad.stderr).toContain('rules[0].title');
		await writeFile(
			file,
			JSON.stringify({
				...{ version: 1 },
				rules: [{ id: 'one', title: 'One each', who: 'everybody', minimum: 1 }]
			})
		);
		expect(policies('check', file).stdout).toContain('Everybody: At least 1 credential.');
		const applied = policies('apply', PROJECT, file, '--author', 'Lee', '--note', 'From a file');
		expect(applied.stdout).toContain('Version 2');
		const { page, close } = await openWindow();
		await openPage(page, address('/policies'));
		expect(await page.locator('[data-rule]').count()).toBe(1);
		await openPage(page, address('/policies', '&version=1'));
		expect(await page.locator('[data-earlier-version]').innerText()).toContain('not in force');
		expect(await page.locator('[data-rule]').count()).toBe(4);
		expect(policies('show', PROJECT, '--version', '1').stdout.trim()).toBe(POLICY.trim());
		await close();
	});

	it('tells who would break it if FIDO reported a model, before it does', async () => {
		const file = join(passlens.dataDir, 'policy.json');
		const sound = { id: 'sound', title: 'Nothing weak', who: 'everybody' };
		await writeFile(
			file,
			JSON.stringify({
				...{ version: 1 },
				rules: [{ ...sound, certification: { no_known_weakness: true } }]
			})
		);
		expect(policies('apply', PROJECT, file).stdout).toContain('Version 3');
		const [model, weak] = models as [string, string];
		const before = holdersOf(end, weak).length;
		const after = holdersOf(end, weak, model).length;
		const { page, trouble, close } = await openWindow();
		await openPage(page, address('/policies'));
		expect(await page.locator('[data-breaking="sound"]').innerText()).toBe(String(before));
		expect(await page.locator('[data-supposed]').count()).toBe(0);
		await page.getByLabel('What if FIDO reported as revoked').selectOption(model);
		await page.getByRole('button', { name: 'Show what comes of it' }).click();
		expect(await page.locator('[data-supposed="sound"]').innerText()).toBe(`${after} then`);
		expect(await page.locator('[data-breaking="sound"]').innerText()).toBe(String(before));
		expect(await page.locator('[data-supposing]').innerText()).toContain(
			`${after - before} more users`
		);
		expect(await violations(page)).toEqual([]);
		await page.getByRole('link', { name: 'Show things as they are' }).click();
		await until(async () => expect(await page.locator('[data-supposing]').count()).toBe(0));
		expect(trouble).toEqual([]);
		await close();
	});

	it('judges a model by what FIDO had reported of it by the day asked of, on either side of it', async () => {
		const file = join(passlens.dataDir, 'policy.json');
		const rule = (id: string, certification: object) => ({
			...{ id, title: id, who: 'everybody', certification }
		});
		const rules = [rule('sound', { no_known_weakness: true }), rule('strong', { at_least: 'L2' })];
		await writeFile(file, JSON.stringify({ version: 1, rules }));
		expect(policies('apply', PROJECT, file).stdout).toContain('Version 4');
		const weak = models[1]!;
		for (const day of [CERTIFIED, shiftDay(REVOKED, -1), REVOKED, end]) {
			const holders = holdersOf(day, weak);
			expect(await breakersOf('sound', day), day).toEqual(day < REVOKED ? [] : holders);
			expect(await breakersOf('strong', day), day).toEqual(holders);
		}
		expect(holdersOf(shiftDay(REVOKED, -1), weak)).not.toEqual([]);
		expect(await breakersOf('strong', shiftDay(CERTIFIED, -1))).toEqual([]);

		const { page, trouble, close } = await openWindow();
		const revoked = `Revoked, since ${formatDayAndYear(REVOKED)}`;
		await openPage(page, address('/policies/sound', `&on=${REVOKED}`));
		expect(await page.locator('[data-model-status="REVOKED"]').first().innerText()).toBe(revoked);
		const credentials = (on: string) => address('/credentials', `&model=weak&on=${on}`);
		await openPage(page, credentials(REVOKED));
		expect(await page.locator('[data-model-status="REVOKED"]').first().innerText()).toBe(revoked);
		expect(await violations(page)).toEqual([]);
		await openPage(page, credentials(shiftDay(REVOKED, -1)));
		expect(await page.locator('[data-credential]').count()).toBe(0);
		expect(trouble).toEqual([]);
		await close();
	});
});
