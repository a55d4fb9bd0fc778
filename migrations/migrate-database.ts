import { applyMigrations, readMigrations, type BeforeLoss } from './apply.ts';
import { connectDatabase, createDatabase, type DatabaseOptions } from './connect.ts';

/**
 * Creates the database and brings it to this version, wherever it is. A cluster without Keeper is told server by server,
 * one migration after another; rows that it inserts go in by the last server, when all have the tables.
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
	const servers = await Promise.all(
		nodesOf(database).map(async (node) => {
			await createDatabase(node);
			return { node, client: await connectDatabase(node) };
		})
	);
	const applied = new Set<string>();
	try {
		// Of several, each migration is on all before the next is on any: rows that one inserts go to every shard, whose tables must be as old.
		const steps = servers.length > 1 ? readMigrations().map(({ number }) => number) : [Infinity];
		for (const upTo of steps)
			for (const [index, { node, client }] of servers.entries()) {
				const inserts = index === servers.length - 1;
				const cluster = node.cluster && { ...node.cluster, inserts };
				for (const name of await applyMigrations({
					...{ client, cluster, beforeLoss: once, upTo },
					...(onProgress && { onProgress })
				}))
					applied.add(name);
			}
	} finally {
		await Promise.all(servers.map(({ client }) => client.close()));
	}
	return [...applied];
}

/** The servers that are each told on their own: all of a cluster without Keeper, else the one that was named. */
export function nodesOf(database: DatabaseOptions): DatabaseOptions[] {
	return database.cluster?.nodes?.map((url) => ({ ...database, url })) ?? [database];
}
