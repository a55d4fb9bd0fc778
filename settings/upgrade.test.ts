import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
	migrateSettings,
	nodeSqliteDialect,
	openSettings,
	type Settings
} from './open-settings.ts';
import { settingsMigrations } from './migrations/settings-migrations.ts';
import { readSettings } from './copy-settings.ts';
import { digestKey, findSender, listProjects } from './projects.ts';
import type { SettingsSchema } from './schema.ts';
import { makeDataDir } from './testing/make-data-dir.ts';

const MIGRATIONS = settingsMigrations('sqlite');
const NAMES = Object.keys(MIGRATIONS).sort();

let dataDir: string;
beforeEach(async () => {
	dataDir = await makeDataDir();
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Tables with their columns, of settings that were made by this version. */
let shapeOfNew: Awaited<ReturnType<typeof shapeOf>>;
beforeAll(async () => {
	const directory = await makeDataDir();
	const settings = await openSettings({ dataDir: directory });
	shapeOfNew = await shapeOf(settings);
	await settings.destroy();
	await rm(directory, { recursive: true });
});

/** Settings as the version made them that knew these migrations, with a project and a row of everything it knew. */
async function makeOld(known: string[]): Promise<void> {
	const old = new Kysely<SettingsSchema>({
		dialect: nodeSqliteDialect(join(dataDir, 'passlens.sqlite'))
	});
	await migrateSettings(old, Object.fromEntries(known.map((name) => [name, MIGRATIONS[name]!])));
	await sql`insert into project (id, name, pseudonym_key) values ('shop', 'Shop', 'c2VjcmV0')`.execute(
		old
	);
	await sql`insert into project_origin (project_id, origin) values ('shop', 'https://shop.example')`.execute(
		old
	);
	for (const [key, kind] of [
		['pk_old', 'ingest'],
		[digestKey('sk_old'), 'server']
	])
		await sql`insert into project_key (key, project_id, kind) values (${key}, 'shop', ${kind})`.execute(
			old
		);
	for (const { name, columns } of await old.introspection.getTables())
		if (!(await hasRows(old, name))) await fill(old, name, columns);
	await old.destroy();
}

async function hasRows(settings: Settings, table: string): Promise<boolean> {
	const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(settings);
	return rows.length > 0;
}

async function fill(
	settings: Settings,
	table: string,
	columns: { name: string; dataType: string }[]
): Promise<void> {
	// Whom and what a row belongs to is there.
	const owners: Record<string, string> = { project_id: 'shop', person_id: 'old id' };
	const values = columns.map(
		({ name, dataType }) => owners[name] ?? (/int/i.test(dataType) ? 7 : `old ${name}`)
	);
	await sql`insert into ${sql.table(table)} (${sql.join(columns.map(({ name }) => sql.ref(name)))}) values (${sql.join(values)})`.execute(
		settings
	);
}

/** Tables with their columns, whatever order they came in. */
async function shapeOf(settings: Settings) {
	const tables = await settings.introspection.getTables();
	return Object.fromEntries(
		tables
			.toSorted((a, b) => a.name.localeCompare(b.name))
			.map(({ name, columns }) => [
				name,
				columns.map((column) => `${column.name} ${column.dataType} ${column.isNullable}`).toSorted()
			])
	);
}

test.each(NAMES.map((name, index) => [name, NAMES.slice(0, index + 1)] as const))(
	'settings as they were at %s come to what new ones are, and keep every row',
	async (_, known) => {
		await makeOld(known);
		const before = await openSettings({ dataDir, migrate: false });
		const rows = await readSettings(before);
		await before.destroy();

		const settings = await openSettings({ dataDir });
		expect(await shapeOf(settings)).toEqual(shapeOfNew);
		const after = await readSettings(settings);
		for (const [table, old] of Object.entries(rows)) expect(after[table], table).toMatchObject(old);
		expect(await listProjects(settings)).toMatchObject([
			{ id: 'shop', name: 'Shop', origins: ['https://shop.example'], ingestKeys: ['pk_old'] }
		]);
		expect(await findSender(settings, 'sk_old')).toMatchObject({ kind: 'server' });
		await settings.destroy();
	}
);

test('settings of a newer version are refused by name, and left as they are', async () => {
	const newer = { ...MIGRATIONS, '9999_from_the_future': { up: () => Promise.resolve() } };
	const made = await openSettings({ dataDir, migrate: false });
	await migrateSettings(made, newer);
	await made.destroy();
	await expect(openSettings({ dataDir })).rejects.toMatchObject({
		code: 'settings_newer',
		message:
			'The settings have migration 9999_from_the_future, which this version of Passlens does not know. Start the version that made it or a newer one, or restore a backup from before.'
	});
	const still = await openSettings({ dataDir, migrate: false });
	await migrateSettings(still, newer);
	await still.destroy();
});
