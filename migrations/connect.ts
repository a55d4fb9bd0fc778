import {
	ClickHouseLogLevel,
	createClient,
	type ClickHouseClient,
	type ClickHouseClientConfigOptions,
	type ClickHouseSettings
} from '@clickhouse/client';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterOptions } from './for-cluster.ts';

/** Where the figures live: embedded chDB under `dataDir`, or a ClickHouse server when `url` is set. */
export interface DatabaseOptions {
	/** `http(s)://user:password@host:port`; absent: embedded. */
	url?: string | undefined;
	/** The same server as a user who may only read; pages use it. Absent: `url`. */
	readUrl?: string | undefined;
	/** Directory of everything Passlens writes in the embedded form. */
	dataDir: string;
	/** Database name, created by the migrations. */
	database?: string;
	/** The server is one of a cluster's. */
	cluster?: ClusterOptions | undefined;
}

/** The embedded database cannot be opened; the message says what to do. */
export class DatabaseError extends Error {
	readonly code = 'data_directory_in_use';
}

export const DEFAULT_DATABASE = 'passlens';

/** UTC throughout, and 64-bit numbers as strings, because JavaScript's numbers lose them. */
const SETTINGS: ClickHouseSettings = {
	session_timezone: 'UTC',
	output_format_json_quote_64bit_integers: 1,
	date_time_input_format: 'best_effort'
};

/**
 * Each looks through a whole question for something to write shorter, and finds nothing in ours that is worth it. What a page over little data
 * takes of a processor is planning; a tenth of it these took. With a million ceremonies the answers were the same without them and took no longer.
 */
const REWRITES = [
	'optimize_aggregators_of_group_by_keys',
	'optimize_and_compare_chain',
	'optimize_arithmetic_operations_in_aggregate_functions',
	'optimize_dictget_tuple_element',
	'optimize_empty_string_comparisons',
	'optimize_extract_common_expressions',
	'optimize_group_by_constant_keys',
	'optimize_group_by_function_keys',
	'optimize_injective_functions_in_group_by',
	'optimize_injective_functions_in_limit_by',
	'optimize_injective_functions_inside_uniq',
	'optimize_inverse_dictionary_lookup',
	'optimize_limit_by_function_keys',
	'optimize_multiif_to_if',
	'optimize_normalize_count_variants',
	'optimize_or_like_chain',
	'optimize_qbit_distance_function_reads',
	'optimize_redundant_comparisons',
	'optimize_redundant_functions_in_order_by',
	'optimize_rewrite_aggregate_function_with_if',
	'optimize_rewrite_array_exists_to_has',
	'optimize_rewrite_has_to_in',
	'optimize_rewrite_like_perfect_affix',
	'optimize_rewrite_regexp_functions',
	'optimize_rewrite_sum_if_to_count_if',
	'optimize_syntax_fuse_functions',
	'optimize_time_filter_with_preimage',
	'optimize_truncate_order_by_after_group_by_keys',
	'optimize_uniq_to_count'
];

/**
 * Without compiling expressions to machine code: that takes the embedded engine a tenth of a second for each after its third use, a second of a
 * processor for what a collector asks, and saved nothing that could be measured of any question or insert.
 */
const EMBEDDED_SETTINGS = Object.entries({
	...SETTINGS,
	compile_expressions: 0,
	compile_aggregate_expressions: 0,
	compile_sort_description: 0,
	...Object.fromEntries(REWRITES.map((name) => [name, 0]))
}).map(([name, value]) => `${name} = '${value}'`);

/** BACKUP and RESTORE refuse every file that the engine was not told of when it started; who may read and write which is the system's to say. */
const ENGINE_ARGUMENTS = ['--backups.allowed_path=/'];

/** For a server of a cluster: a row is on its shard when an insert is answered, and a question within a question is asked of all shards once. */
const SERVER_SETTINGS: ClickHouseSettings = {
	distributed_foreground_insert: 1,
	distributed_product_mode: 'global'
};

/**
 * Reads `CLICKHOUSE_URL`, `CLICKHOUSE_READ_URL`, `CLICKHOUSE_DATABASE`, `CLICKHOUSE_CLUSTER` (its name), `CLICKHOUSE_CLUSTER_NODES` (addresses of all
 * its servers, separated by commas, where it has no Keeper) and `PASSLENS_DATA_DIR` (default `./data`).
 */
export function databaseOptionsFromEnvironment(env: NodeJS.ProcessEnv = process.env) {
	const cluster = env.CLICKHOUSE_CLUSTER && {
		name: env.CLICKHOUSE_CLUSTER,
		nodes: env.CLICKHOUSE_CLUSTER_NODES?.split(',')
	};
	return {
		...(cluster && { cluster }),
		url: env.CLICKHOUSE_URL || undefined,
		readUrl: env.CLICKHOUSE_READ_URL || undefined,
		dataDir: env.PASSLENS_DATA_DIR || 'data',
		database: env.CLICKHOUSE_DATABASE || DEFAULT_DATABASE
	} satisfies DatabaseOptions;
}

/** Creates the database itself: on a server no session can be opened into one that is not there yet. */
export async function createDatabase(options: DatabaseOptions): Promise<void> {
	const client = await connectDatabase({ ...options, database: 'default' });
	const name = plainName(options.database ?? DEFAULT_DATABASE);
	const on =
		options.cluster && !options.cluster.nodes ? ` ON CLUSTER '${options.cluster.name}'` : '';
	await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${name}${on}` });
	await client.close();
}

/** The only identifier that enters SQL; it comes from configuration and must be a plain name. */
function plainName(name: string): string {
	if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
		throw new RangeError(`CLICKHOUSE_DATABASE must be a plain name, not "${name}"`);
	return name;
}

/**
 * Opens one session. In the embedded form a session runs one query at a time, so take one to write and others to read:
 * they do not hold each other up. One process owns a data directory.
 *
 * @throws DatabaseError when another process has the data directory
 */
export async function connectDatabase(
	options: DatabaseOptions & { readOnly?: boolean }
): Promise<ClickHouseClient> {
	const client = await openClient(options);
	OPENED.set(client, options);
	return client;
}

/** What a page's question may take, in seconds. A user of a server's own has the limits of its profile. */
const PAGE_SECONDS = 30;

/**
 * Opens a session that can change nothing, and whose queries end after a time. On a server `readUrl` names a user who has that by
 * its profile (deploy/clickhouse/passlens-users.xml); otherwise it is asked for.
 *
 * @throws DatabaseError as connectDatabase
 */
export async function connectReader(options: DatabaseOptions): Promise<ClickHouseClient> {
	const { url, readUrl } = options;
	if (url && readUrl) return connectDatabase({ ...options, url: readUrl });
	const client = await connectDatabase({ ...options, readOnly: true });
	// 2: settings may be changed, as the client does with each question. It cannot be taken back in the session.
	if (!url)
		await client.command({ query: `SET max_execution_time = ${PAGE_SECONDS}, readonly = 2` });
	return client;
}

const OPENED = new WeakMap<ClickHouseClient, DatabaseOptions>();

/** What a session was opened with; nothing for one that somebody else made. */
export function optionsOf(client: ClickHouseClient): DatabaseOptions | undefined {
	return OPENED.get(client);
}

async function openClient({
	url,
	dataDir,
	database = DEFAULT_DATABASE,
	readOnly = false
}: DatabaseOptions & { readOnly?: boolean }): Promise<ClickHouseClient> {
	if (url)
		return createClient({
			url,
			database,
			clickhouse_settings: {
				...SETTINGS,
				...SERVER_SETTINGS,
				...(readOnly && { readonly: '2', max_execution_time: PAGE_SECONDS })
			},
			// Whoever asked gets the error and says what it means; the client would print it as well, with every setting.
			log: { level: ClickHouseLogLevel.OFF }
		});
	const path = join(dataDir, 'clickhouse');
	mkdirSync(path, { recursive: true });
	// Loaded only when embedded: the native library is half a gigabyte that a server deployment never needs.
	const [{ createChdbConnection }, { Session }] = await Promise.all([
		import('chdb/connection'),
		import('chdb')
	]);
	const connection = openChdb(() => {
		// The engine takes arguments from whoever opens it first, and the adapter has none to give.
		const first = new Session(path, { connectionArgs: ENGINE_ARGUMENTS });
		try {
			return createChdbConnection({ path });
		} finally {
			first.close();
		}
	}, dataDir);
	const client = createClient({
		// The same interface twice: the package carries its own copy of the client's common part.
		connection: connection as unknown as NonNullable<ClickHouseClientConfigOptions['connection']>
	});
	// Once, since the session keeps them: the adapter would send each in a statement of its own before every question.
	await client.command({ query: `SET ${EMBEDDED_SETTINGS.join(', ')}` });
	// The embedded connection takes no notice of the client's `database`: the session itself must be moved into it.
	if (database !== 'default') {
		await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${plainName(database)}` });
		await client.command({ query: `USE ${plainName(database)}` });
	}
	return client;
}

/** The engine tells why on standard error alone; all that it throws is that it could not. */
function openChdb<Connection>(open: () => Connection, dataDir: string): Connection {
	try {
		return open();
	} catch (cause) {
		if (Object(cause).code !== 'CHDB_CONNECTION') throw cause;
		throw new DatabaseError(
			`The database in ${dataDir} cannot be opened: most likely another process has it in use, such as Passlens in another window. End that one, or choose another directory with --data-dir or PASSLENS_DATA_DIR.`,
			{ cause }
		);
	}
}
