import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyConfiguration } from './configuration/apply-configuration.ts';
import { releaseConfigured } from './configuration/configured.ts';
import { readConfiguration } from './configuration/read-configuration.ts';
import { writeConfiguration } from './configuration/write-configuration.ts';
import { openSettings, type Settings } from './open-settings.ts';
import { setTableSource } from './set-table-source.ts';
import { listTablesOfCollectors, readTableChecks, tellTables } from './table-checks.ts';
import { readTableSettings, type TableSetting } from './table-sources.ts';
import { makeDataDir } from './testing/make-data-dir.ts';

const LIST = 'https://lists.example/aaguids.json?token=1';

let directory: string;
let settings: Settings;
beforeEach(async () => {
	directory = await makeDataDir();
	settings = await openSettings({ dataDir: directory });
});
afterEach(async () => {
	await settings.destroy();
	await rm(directory, { recursive: true, force: true });
});

async function apply(text: string): Promise<string[]> {
	const path = join(directory, 'passlens.config.yaml');
	await writeFile(path, text);
	return applyConfiguration(settings, readConfiguration({ path, env: {} }));
}

const set = (name: TableSetting, typed: string) => setTableSource(settings, { name, typed });

test('an address is said for every collector, has each look at once, and is taken back by nothing', async () => {
	await set('aaguids', ` ${LIST} `);
	await set('refresh_hours', '6');
	expect(await readTableSettings(settings)).toEqual({ aaguids: LIST, refresh_hours: 6 });
	expect([...(await readTableChecks(settings)).keys()]).toEqual(['aaguids']);
	await set('aaguids', ' ');
	await set('refresh_hours', '');
	expect(await readTableSettings(settings)).toEqual({});
});

test.each<[TableSetting, string, RegExp]>([
	[
		'mds',
		'/etc/passwd',
		/^"\/etc\/passwd" is no http or https address\. A path is named where the collector starts, as tables\.mds of the configuration file or by PASSLENS_MDS:/
	],
	['country', 'file:///etc/passwd', /tables\.country .* PASSLENS_COUNTRY_FILE/],
	['aaguids', 'C:\\lists\\aaguids.json', /no http or https address/],
	['aaguids', 'https://', /no http or https address/],
	['aaguids', `https://lists.example/${'a'.repeat(2_000)}`, /at most 2000 characters/],
	['refresh_hours', '0', /^Hours from 1 to 168 are expected, not 0:/],
	['refresh_hours', 'daily', /^Hours from 1 to 168 are expected, not daily:/]
])('the page takes no %s from %j', async (name, typed, message) => {
	await expect(set(name, typed)).rejects.toMatchObject({
		code: 'invalid_table',
		message: expect.stringMatching(message)
	});
	expect(await readTableSettings(settings)).toEqual({});
});

test('what a file sets is set there; an address stays with every collector, a path with those that read the file', async () => {
	await set('mds', 'https://mds.example/of-the-page');
	await set('country', 'https://files.example/country.mmdb');
	const file = `tables: { aaguids: ${LIST}, mds: mds.jwt, refresh_hours: 12 }`;
	expect(await apply(file)).toEqual(['tables']);
	expect(await apply(file)).toEqual([]);
	const said = {
		...{ aaguids: LIST, refresh_hours: 12 },
		country: 'https://files.example/country.mmdb'
	};
	expect(await readTableSettings(settings)).toEqual(said);
	for (const name of ['aaguids', 'mds', 'refresh_hours'] as const)
		await expect(set(name, '1')).rejects.toMatchObject({
			code: 'set_by_file',
			message: `This is set by passlens.config.yaml: change "tables.${name}" there and start Passlens again.`
		});
	await releaseConfigured(settings);
	expect(await readTableSettings(settings)).toEqual(said);
	await set('aaguids', '');
});

test('what is set stands in the file that is made of the settings, under the same names', async () => {
	await set('aaguids', LIST);
	await set('refresh_hours', '6');
	const text = await writeConfiguration(settings);
	expect(text).toContain(`tables:\n  aaguids: ${LIST}\n  refresh_hours: 6\n`);
	expect(await apply(text)).toEqual([]);
});

test('what a collector’s environment sets is not set elsewhere, as long as that collector tells of it', async () => {
	const tables = [{ name: 'mds', setBy: 'PASSLENS_MDS', answeredAt: 0 }];
	await tellTables(settings, { collector: 'web-1 /data', tables });
	await expect(set('mds', 'https://mds.example/')).rejects.toMatchObject({
		code: 'set_by_environment',
		message:
			'This is set by PASSLENS_MDS where the collector web-1 /data starts: change it there and start that one again.'
	});
	await set('aaguids', LIST);
	const later = Date.now() + 10 * 60_000;
	expect(await listTablesOfCollectors(settings, later)).toEqual([]);
	await tellTables(settings, { collector: 'web-1 /data', tables: [] });
	await set('mds', 'https://mds.example/');
});
