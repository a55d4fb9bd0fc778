import { EnvironmentError } from './environment-error.ts';

export interface TracesTable {
	database: string;
	table: string;
}

/** Where the OpenTelemetry Collector's ClickHouse exporter writes unless it is told otherwise. */
const USUAL = 'default.otel_traces';
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/**
 * Where the spans of servers are: PASSLENS_TRACES_TABLE, `database.table` in the ClickHouse that Passlens itself uses.
 *
 * @throws EnvironmentError when it is no such name
 */
export function tracesTable(env: Record<string, string | undefined>): TracesTable {
	const name = env.PASSLENS_TRACES_TABLE || USUAL;
	const [database = '', table = '', ...more] = name.split('.');
	if (more.length === 0 && PLAIN_NAME.test(database) && PLAIN_NAME.test(table))
		return { database, table };
	throw new EnvironmentError(
		`PASSLENS_TRACES_TABLE must be a database and a table with a dot between, such as otel.otel_traces, not "${name}".`
	);
}
