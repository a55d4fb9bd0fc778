import { listConfiguredTables } from '../../../settings/configuration/configured.ts';
import type { Settings } from '../../../settings/open-settings.ts';
import { listTablesOfCollectors, readTableChecks } from '../../../settings/table-checks.ts';
import { TABLE_NAMES, TABLE_VARIABLES } from '../../../settings/table-names.ts';
import { readTableSettings as readSaid } from '../../../settings/table-sources.ts';
import { TABLE_KINDS } from './describe-table.ts';

/** A collector that takes longer does not answer, or its table's address does not; its state says which. */
const PATIENCE_MS = 90_000;

/**
 * From where the collectors have their tables, who says so, and which of them have yet to answer that they looked. An address may
 * hold an access token: it is for whoever may change it.
 */
export async function readTableSettings(
	store: Settings,
	{ mayChange, now = Date.now() }: { mayChange: boolean; now?: number }
) {
	const [said, files, checks, told] = await Promise.all([
		readSaid(store),
		listConfiguredTables(store),
		readTableChecks(store),
		listTablesOfCollectors(store, now)
	]);
	const sources = TABLE_NAMES.map((name) => {
		const rows = told.filter((row) => row.name === name);
		const wanted = checks.get(name) ?? 0;
		const late = wanted < now - PATIENCE_MS;
		const variable = TABLE_VARIABLES[name];
		return {
			...{ name, variable, file: files[name], kind: TABLE_KINDS[name] },
			value: mayChange ? (said[name] ?? '') : '',
			/** Collectors whose environment names one. */
			byVariable: rows.filter(({ setBy }) => setBy === variable).map((row) => row.collector),
			waiting: rows
				.filter(({ answeredAt }) => !late && answeredAt < wanted)
				.map((row) => row.collector)
		};
	});
	return {
		...{ mayChange, sources, running: told.length > 0 },
		hours: { value: said.refresh_hours, file: files.refresh_hours },
		/** By collector, what names the root that metadata must lead to; empty: FIDO's own. */
		roots: Object.fromEntries(
			told.filter(({ name }) => name === 'mds_root').map((row) => [row.collector, row.setBy])
		)
	};
}
