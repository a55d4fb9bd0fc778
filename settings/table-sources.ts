import type { Settings } from './open-settings.ts';
import { TABLE_NAMES, type TableName } from './table-names.ts';

/** What can be said of tables at the page, by its name in the configuration file. */
export const TABLE_SETTINGS = [...TABLE_NAMES, 'refresh_hours'] as const;
export type TableSetting = (typeof TABLE_SETTINGS)[number];

/** What is said for every collector. Each one's own file and environment come before it. */
export type TableSources = { [Name in TableName]?: string } & { refresh_hours?: number };

const isAddress = (source: string) => /^https?:\/\//i.test(source);

export async function readTableSettings(settings: Settings): Promise<TableSources> {
	const rows = await settings.selectFrom('table_source').selectAll().execute();
	const said = new Map(rows.map(({ name, value }) => [name, value]));
	return Object.fromEntries(
		TABLE_SETTINGS.flatMap((name) => {
			const value = said.get(name);
			if (value === undefined) return [];
			return [[name, name === 'refresh_hours' ? Number(value) : value]];
		})
	);
}

/** Says one anew; undefined: it is said no more. It was checked. */
export async function writeTableSetting(
	settings: Settings,
	{ name, value }: { name: TableSetting; value: string | number | undefined }
): Promise<void> {
	if (value === undefined)
		return void (await settings.deleteFrom('table_source').where('name', '=', name).execute());
	await settings
		.insertInto('table_source')
		.values({ name, value: String(value) })
		.onConflict((conflict) => conflict.column('name').doUpdateSet({ value: String(value) }))
		.execute();
}

/**
 * Puts what a file sets in the place of what there is: addresses for every collector, as they are. A path is one of the machine
 * that reads the file, so it is for the collectors there alone, and leaves nothing here.
 *
 * @returns whether something changed
 */
export async function applyTables(
	settings: Settings,
	wanted: { [Name in TableSetting]?: string | number | undefined }
): Promise<boolean> {
	const kept = await readTableSettings(settings);
	let changed = false;
	for (const name of TABLE_SETTINGS) {
		const given = wanted[name];
		const value = typeof given === 'string' && !isAddress(given) ? undefined : given;
		if (given === undefined || value === kept[name]) continue;
		changed = true;
		await writeTableSetting(settings, { name, value });
	}
	return changed;
}
