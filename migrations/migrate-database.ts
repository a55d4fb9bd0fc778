import { applyMigrations, type BeforeLoss } from './apply.ts';
import { connectDatabase, createDatabase, type DatabaseOptions } from './connect.ts';

/**
 * Creates the database and brings it to this version, wherever it is. A cluster without Keeper is told server by server; rows
 * that a migration inserts go in by the last, when all have the tables.
 *
 * @returns the names of the migrations applied by this call
 */
export async function migrateDatabase(
	database: DatabaseOptions,
	{
		onProgress,
		beforeLoss
	}: {
		onProgress?: (name: string) => void;
		/** Called once, whatever the number of servers, before any step. */
		beforeLoss?: BeforeLoss;
	} = {}
): Promise<string[]> {
	let secured: Promise<void> | undefined;
	const once = beforeLoss && ((names: string[]) => (secured ??= beforeLoss(names)));
	const nodes = nodesOf(database);
	const applied = new Set<string>();
	for (const [index, node] of nodes.entries()) {
		await createDatabase(node);
		const client = await connectDatabase(node);
		try {
			const inserts = index === nodes.length - 1;
			const cluster = node.cluster && { ...node.cluster, inserts };
			for (const name of await applyMigrations({
				...{ client, cluster, beforeLoss: once },
				...(onProgress && { onProgress })
			}))
				applied.add(name);
		} finally {
			await client.close();
		}
	}
	return [...applied];
}

/** The servers that are each told on their own: all of a cluster without Keeper, else the one that was named. */
export function nodesOf(database: DatabaseOptions): DatabaseOptions[] {
	return database.cluster?.nodes?.map((url) => ({ ...database, url })) ?? [database];
}
