import type { Settings } from './open-settings.ts';

/*
 * Somebody at the page wants every collector to look for a table now; each collector sees that within seconds, looks, and tells
 * that it did. The same rows tell who names a table's source where, which pages cannot know of a collector's environment.
 */

/** How a table is set at one collector. */
export interface TableOfCollector {
	/** Host and data directory. */
	collector: string;
	/** As the configuration file calls it. */
	name: string;
	/** `page`; the name of a variable or of a configuration file; empty: nobody names one. */
	setBy: string;
	/** The newest request it has answered: Unix epoch in milliseconds, as it was asked. */
	answeredAt: number;
}

/** A collector tells every minute: after this it is away, and what it was given counts no more. */
const GONE_MS = 5 * 60_000;

/** Has every collector look for a table now. */
export async function requestTableCheck(
	settings: Settings,
	name: string,
	now: number = Date.now()
): Promise<void> {
	const requested_unix_ms = now;
	await settings
		.insertInto('table_check')
		.values({ name, requested_unix_ms })
		.onConflict((conflict) => conflict.column('name').doUpdateSet({ requested_unix_ms }))
		.execute();
}

/** When each table was last asked for: Unix epoch in milliseconds. */
export async function readTableChecks(settings: Settings): Promise<Map<string, number>> {
	const rows = await settings.selectFrom('table_check').selectAll().execute();
	return new Map(rows.map(({ name, requested_unix_ms: at }) => [name, Number(at)]));
}

/** What the collectors that are there told of their tables. */
export async function listTablesOfCollectors(
	settings: Settings,
	now: number = Date.now()
): Promise<TableOfCollector[]> {
	const rows = await settings
		.selectFrom('collector_table')
		.selectAll()
		.where('told_unix_ms', '>', now - GONE_MS)
		.orderBy('collector')
		.orderBy('name')
		.execute();
	return rows.map(({ collector, name, set_by: setBy, answered_unix_ms: at }) => ({
		...{ collector, name, setBy, answeredAt: Number(at) }
	}));
}

/** Tells all of a collector's tables anew. */
export async function tellTables(
	settings: Settings,
	{ collector, tables }: { collector: string; tables: Omit<TableOfCollector, 'collector'>[] }
): Promise<void> {
	const told_unix_ms = Date.now();
	await settings.transaction().execute(async (transaction) => {
		await transaction.deleteFrom('collector_table').where('collector', '=', collector).execute();
		for (const { name, setBy: set_by, answeredAt: answered_unix_ms } of tables)
			await transaction
				.insertInto('collector_table')
				.values({ collector, name, set_by, answered_unix_ms, told_unix_ms })
				.execute();
	});
}
