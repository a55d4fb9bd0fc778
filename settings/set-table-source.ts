import { listConfiguredTables } from './configuration/configured.ts';
import { refreshHoursField, tableAddressField } from './fields.ts';
import type { Settings } from './open-settings.ts';
import { ProjectError } from './project-error.ts';
import { checkField } from './projects.ts';
import { listTablesOfCollectors, requestTableCheck } from './table-checks.ts';
import { TABLE_VARIABLES } from './table-names.ts';
import { writeTableSetting, type TableSetting } from './table-sources.ts';

/**
 * Says from where every collector has a table, or how often addresses are asked, as somebody typed it; an empty text: not at all,
 * or as usual. Collectors take it within seconds and look at once.
 *
 * @throws ProjectError where it cannot be so, or a file or a collector's environment says it
 */
export async function setTableSource(
	settings: Settings,
	{ name, typed }: { name: TableSetting; typed: string }
): Promise<void> {
	await requireUnset(settings, name);
	const value = typed.trim() === '' ? undefined : readTyped(name, typed);
	await writeTableSetting(settings, { name, value });
	if (name !== 'refresh_hours') await requestTableCheck(settings, name);
}

function readTyped(name: TableSetting, typed: string): string | number {
	if (name !== 'refresh_hours') return checkField(tableAddressField(name), typed, 'invalid_table');
	const hours = Number(typed);
	return checkField(refreshHoursField, Number.isNaN(hours) ? typed : hours, 'invalid_table');
}

async function requireUnset(settings: Settings, name: TableSetting): Promise<void> {
	const file = (await listConfiguredTables(settings))[name];
	if (file !== undefined)
		throw new ProjectError(
			'set_by_file',
			`This is set by ${file}: change "tables.${name}" there and start Passlens again.`
		);
	if (name === 'refresh_hours') return;
	const variable = TABLE_VARIABLES[name];
	const told = await listTablesOfCollectors(settings);
	const one = told.find((row) => row.name === name && row.setBy === variable);
	if (one)
		throw new ProjectError(
			'set_by_environment',
			`This is set by ${variable} where the collector ${one.collector} starts: change it there and start that one again.`
		);
}
