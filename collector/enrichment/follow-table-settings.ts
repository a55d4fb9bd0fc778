import { readTableChecks, tellTables } from '../../settings/table-checks.ts';
import { TABLE_NAMES, type TableName } from '../../settings/table-names.ts';
import { readTableSettings, type TableSources as Said } from '../../settings/table-sources.ts';
import type { Settings } from '../../settings/open-settings.ts';
import type { Log } from '../log.ts';
import { keepReading } from './keep-reading.ts';
import { USUAL_SCHEDULE, type KeptTable, type Schedule } from './keep-table.ts';
import { showSource } from './read-source.ts';
import type { TableSources } from './table-sources.ts';

const TELL_EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * Has tables follow what the page says of them, where this collector's own file and environment say nothing: sources, how often
 * addresses are asked, and that somebody wants a look now. Tells in the settings what is set where, and what was answered.
 * Resolves when every table was looked for once.
 */
export async function followTableSettings({
	tables,
	given,
	schedule,
	settings,
	collector,
	log
}: {
	tables: Record<TableName, KeptTable<unknown>>;
	/** What file and environment say. */
	given: TableSources;
	/** In place of what anybody says. */
	schedule?: Schedule | undefined;
	settings: Settings;
	/** Name of this collector among others. */
	collector: string;
	log: Log;
}): Promise<{ close(): void }> {
	/** By table: the last request that was seen, and the last that was answered. */
	const asked = await readTableChecks(settings);
	const answered = new Map(asked);
	const sources = new Map<TableName, { source: string | undefined; hours: number | undefined }>();
	let told = '';
	let toldAt = 0;

	/** Begins what is to be done, and leaves to who calls whether to wait for it: an address may take a minute to say nothing. */
	async function follow(): Promise<Promise<void>[]> {
		const said = await readTableSettings(settings);
		const checks = await readTableChecks(settings);
		return TABLE_NAMES.flatMap((name) => [pointTo(name, said), answer(name, checks.get(name))]);
	}

	async function pointTo(name: TableName, said: Said): Promise<void> {
		const source = given[name] ?? said[name];
		const hours = given.refreshHours ?? said.refresh_hours;
		const before = sources.get(name);
		if (before && source === before.source && hours === before.hours) return;
		sources.set(name, { source, hours });
		if (before && source !== before.source)
			log('info', 'The source of a table was changed.', {
				table: name,
				source: source === undefined ? 'none' : showSource(source)
			});
		await tables[name].use({ source, schedule: schedule ?? every(hours) });
	}

	async function answer(name: TableName, wanted = 0): Promise<void> {
		if (wanted <= (asked.get(name) ?? 0)) return;
		asked.set(name, wanted);
		await tables[name].refresh();
		answered.set(name, wanted);
	}

	async function tell(): Promise<void> {
		const rows = [...TABLE_NAMES, 'mds_root' as const].map((name) => ({
			name,
			setBy: setBy(name),
			answeredAt: answered.get(name) ?? 0
		}));
		const words = JSON.stringify(rows);
		if (words === told && Date.now() - toldAt < TELL_EVERY_MS) return;
		await tellTables(settings, { collector, tables: rows });
		told = words;
		toldAt = Date.now();
	}

	function setBy(name: TableName | 'mds_root'): string {
		const source = name === 'mds_root' ? given.mdsRoot : given[name];
		if (source !== undefined) return given.setBy?.[name] ?? 'its options';
		return name !== 'mds_root' && sources.get(name)?.source !== undefined ? 'page' : '';
	}

	await Promise.all(await follow());
	await tell();
	return keepReading({
		what: 'The sources of tables',
		log,
		async read() {
			await follow();
			await tell();
		}
	});
}

function every(hours: number | undefined): Schedule {
	return hours === undefined ? USUAL_SCHEDULE : { ...USUAL_SCHEDULE, addressMs: hours * HOUR_MS };
}
