import type { Settings } from './open-settings.ts';

/**
 * Takes a task that one process at a time may do, or goes on holding it. Whoever stops asking loses it when its time is over.
 *
 * @returns whether `holder` has it until `now + forMs`
 */
export async function holdLease(
	settings: Settings,
	{
		name,
		holder,
		forMs,
		now = Date.now()
	}: { name: string; holder: string; forMs: number; now?: number }
): Promise<boolean> {
	await settings
		.insertInto('process_lease')
		.values({ name, holder: '', until_unix_ms: 0 })
		.onConflict((conflict) => conflict.column('name').doNothing())
		.execute();
	const { numUpdatedRows } = await settings
		.updateTable('process_lease')
		.set({ holder, until_unix_ms: now + forMs })
		.where('name', '=', name)
		.where(({ eb, or }) => or([eb('holder', '=', holder), eb('until_unix_ms', '<=', now)]))
		.executeTakeFirst();
	return numUpdatedRows === 1n;
}

/** Gives a task back, so that another process need not wait for its time to be over. */
export async function releaseLease(
	settings: Settings,
	{ name, holder }: { name: string; holder: string }
): Promise<void> {
	await settings
		.updateTable('process_lease')
		.set({ until_unix_ms: 0 })
		.where('name', '=', name)
		.where('holder', '=', holder)
		.execute();
}
