import { STORED_TABLES, type StoredTable } from './tables.ts';

/** A cluster the tables are spread over. */
export interface ClusterOptions {
	/** Its name in the servers' `remote_servers`. */
	name: string;
	/**
	 * Addresses of all its servers, for one without Keeper: each is told each statement, and tables are not replicated.
	 * Left out: statements go `ON CLUSTER`, tables are of the Replicated family with the macros `{shard}` and `{replica}`.
	 */
	nodes?: readonly string[] | undefined;
}

/** A statement as a cluster takes it. */
export interface ClusterStatement {
	sql: string;
	/** Rows are inserted once; what is made is made on every server. */
	runs: 'everywhere' | 'once';
}

/** The statement is of a kind that nobody has said how to do on a cluster. */
export class ClusterStatementError extends Error {
	readonly code = 'statement_not_for_cluster';
}

/** A shard's own rows of a table; under the table's own name is what spreads over all shards. */
export const localName = (table: string): string => `${table}_local`;

/**
 * Rewrites a statement of a migration for a cluster. Each table becomes two: `<name>_local` with a shard's rows, and `<name>`,
 * which reads all shards and sends each row to its own. Views that feed a state read the shard's raw events and write to the
 * spread table, so the parts of a ceremony, credential or user meet on one shard wherever their events arrived.
 */
export function forCluster(statement: string, cluster: ClusterOptions): ClusterStatement[] {
	const sql = statement.replace(/^\s*--.*$/gm, '').trim();
	const on = cluster.nodes ? '' : ` ON CLUSTER '${cluster.name}'`;
	const everywhere = (...list: string[]): ClusterStatement[] =>
		list.map((each) => ({ sql: each, runs: 'everywhere' }));

	const working = workingTable(sql);
	if (working) return ofEachShard(sql, cluster, on, working);
	const table = /^CREATE TABLE IF NOT EXISTS (\w+)/.exec(sql);
	if (table) return everywhere(...createTable(sql, table[1]!, cluster, on));
	const view = /^CREATE MATERIALIZED VIEW IF NOT EXISTS (\w+) TO/.exec(sql);
	if (view) return everywhere(fromLocal(sql).replace(view[1]!, `${view[1]}${on}`));
	const plain = /^CREATE (?:OR REPLACE )?VIEW (?:IF NOT EXISTS )?(\w+)/.exec(sql);
	if (plain) return everywhere(sql.replace(plain[0], `${plain[0]}${on}`));
	const query = /^ALTER TABLE (\w+)\s+MODIFY QUERY/.exec(sql);
	if (query) return everywhere(fromLocal(sql).replace(query[1]!, `${query[1]}${on}`));
	const alter = /^ALTER TABLE (\w+)/.exec(sql);
	if (alter) return everywhere(...alterTable(sql, alter[1]!, on));
	const drop = /^DROP (TABLE|VIEW) IF EXISTS (\w+)/.exec(sql);
	if (drop) {
		const [, kind, name] = drop;
		const own = kind === 'TABLE' ? [`DROP TABLE IF EXISTS ${localName(name!)}${on} SYNC`] : [];
		return everywhere(`DROP ${kind} IF EXISTS ${name}${on} SYNC`, ...own);
	}
	const truncate = /^TRUNCATE TABLE (\w+)$/.exec(sql);
	if (truncate) return everywhere(`TRUNCATE TABLE ${localName(truncate[1]!)}${on}`);
	if (/^INSERT INTO /.test(sql)) return [{ sql, runs: 'once' }];
	throw new ClusterStatementError(
		`migrations/for-cluster.ts does not know how to do this on a cluster: ${sql.slice(0, 80)} …`
	);
}

/** A table that a migration makes to build another in and then drops: no stored one. */
function workingTable(sql: string): string | undefined {
	const [, name] =
		/^(?:CREATE TABLE IF NOT EXISTS|ALTER TABLE|INSERT INTO|EXCHANGE TABLES|DROP TABLE) (\w+_by_time)\b/.exec(
			sql
		) ?? [];
	return name;
}

/** Each shard builds anew from its own rows. A cluster is as new as this: there are none yet to carry over. */
function ofEachShard(
	sql: string,
	cluster: ClusterOptions,
	on: string,
	working: string
): ClusterStatement[] {
	if (sql.startsWith('INSERT')) return [];
	const names = STORED_TABLES.filter(({ shardBy }) => shardBy).map(({ name }) => name);
	const local = sql.replace(new RegExp(`\\b(${names.join('|')})\\b`, 'g'), (name) =>
		localName(name)
	);
	const placed = local.startsWith('CREATE')
		? replicate(local, cluster, '{shard}').replace(working, `${working}${on}`)
		: local.startsWith('ALTER')
			? local.replace(working, `${working}${on}`)
			: `${local}${on}`;
	return [{ sql: placed, runs: 'everywhere' }];
}

function createTable(sql: string, name: string, cluster: ClusterOptions, on: string): string[] {
	const { shardBy } = STORED_TABLES.find((known) => known.name === name) ?? ({} as StoredTable);
	// What every server must know by itself is one table everywhere, replicated to all of them.
	const own = shardBy ? localName(name) : name;
	const created = replicate(sql, cluster, shardBy ? '{shard}' : 'all').replace(name, `${own}${on}`);
	if (!shardBy) return [created];
	return [
		created,
		`CREATE TABLE IF NOT EXISTS ${name}${on} AS ${own} ENGINE = Distributed('${cluster.name}', currentDatabase(), '${own}', ${shardBy})`
	];
}

/** Engine and its settings of the Replicated family. */
function replicate(sql: string, { nodes }: ClusterOptions, shard: string): string {
	if (nodes) return sql;
	const replica = shard === 'all' ? '{shard}-{replica}' : '{replica}';
	return sql
		.replace(
			/ENGINE = (\w*MergeTree)(?:\(([^)]*)\))?/,
			(_, engine: string, given: string | undefined) =>
				`ENGINE = Replicated${engine}('/clickhouse/tables/${shard}/{database}/{table}', '${replica}'${given ? `, ${given}` : ''})`
		)
		.replace('non_replicated_deduplication_window', 'replicated_deduplication_window');
}

const fromLocal = (sql: string) =>
	sql.replace(/\bFROM events_raw_v1\b/g, `FROM ${localName('events_raw_v1')}`);

/** Columns are the spread table's too; indexes, projections, settings and the order of rows are a shard's own. */
function alterTable(sql: string, name: string, on: string): string[] {
	const { shardBy } = STORED_TABLES.find((known) => known.name === name) ?? ({} as StoredTable);
	if (!shardBy) return [sql.replace(name, `${name}${on}`)];
	const local = sql.replace(name, `${localName(name)}${on}`);
	const aboutColumns = /\b(ADD|DROP|MODIFY|RENAME|COMMENT) COLUMN\b/.test(sql);
	const spread = sql.replace(/,\s*MODIFY ORDER BY \([^)]*\)/, '').replace(name, `${name}${on}`);
	return aboutColumns ? [local, spread] : [local];
}
