import { z } from 'zod';
import type { Settings } from './open-settings.ts';
import type { SettingsSchema } from './schema.ts';
import { SettingsError } from './settings-error.ts';

/** All rows of the settings, by table: plain values, the same from SQLite and from PostgreSQL. */
export type SettingsCopy = z.infer<typeof settingsCopySchema>;

const valueSchema = z.union([z.string(), z.number(), z.null()]);
export const settingsCopySchema = z.record(z.string(), z.array(z.record(z.string(), valueSchema)));

/** Reads every row of every table, as of one moment. It holds the keys that pseudonyms are made with: keep it as you keep those. */
export async function readSettings(settings: Settings): Promise<SettingsCopy> {
	return settings.transaction().execute(async (transaction) => {
		const copy: SettingsCopy = {};
		for (const table of await tablesOf(transaction))
			copy[table] = z
				.array(z.record(z.string(), valueSchema))
				.parse(await transaction.selectFrom(table).selectAll().execute());
		return copy;
	});
}

/** Whether nobody made a project here yet. */
export async function settingsAreEmpty(settings: Settings): Promise<boolean> {
	const project = await settings.selectFrom('project').select('id').limit(1).executeTakeFirst();
	return project === undefined;
}

/**
 * Puts rows that were read elsewhere into empty settings of this version or a newer one.
 *
 * @throws SettingsError when there is a project already
 */
export async function writeSettings(settings: Settings, copy: SettingsCopy): Promise<void> {
	if (!(await settingsAreEmpty(settings)))
		throw new SettingsError(
			'settings_not_empty',
			'There are projects here already: settings are only put where there are none.'
		);
	await settings.transaction().execute(async (transaction) => {
		for (const table of await tablesOf(transaction))
			for (const row of copy[table] ?? [])
				await transaction
					.insertInto(table)
					.values(row as never)
					.execute();
	});
}

/** Of the moment: a sign-in that was ended meanwhile must not come back with an old copy, nor an e-mail, nor what another machine's collector told of itself. */
const OF_THE_MOMENT = new Set<string>([
	...['person_session', 'person_challenge', 'person_notice'],
	'collector_table'
]);

/** Projects first: every other row belongs to one; and people before what is theirs, as the alphabet has it. */
async function tablesOf(settings: Settings): Promise<(keyof SettingsSchema)[]> {
	const tables = await settings.introspection.getTables();
	const names = tables
		.filter(({ name, isView }) => !isView && !OF_THE_MOMENT.has(name))
		.map(({ name }) => name);
	return names.sort((a, b) =>
		a === 'project' ? -1 : b === 'project' ? 1 : a.localeCompare(b)
	) as (keyof SettingsSchema)[];
}
