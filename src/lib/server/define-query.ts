import type { ClickHouseClient } from '@clickhouse/client';
import type { z } from 'zod';
import { leaveUnasked } from './leave-unasked.ts';
import { observeQuery } from './observe.ts';

export interface Query<Parameters, Row> {
	/** Shown in traces and in the database's own query log. */
	name: string;
	/** What a row looks like, for whoever hands rows on under a contract of its own. */
	row: z.ZodType<Row>;
	(client: ClickHouseClient, parameters: Parameters): Promise<Row[]>;
	/** The same answer as the database itself writes it to a file. */
	file(
		client: ClickHouseClient,
		parameters: Parameters,
		format: 'CSVWithNames' | 'Parquet'
	): Promise<Buffer>;
}

/**
 * A question asked of the database: its name, its SQL with bound parameters (`{project: String}`), what goes in and what a row looks like.
 * Both ends are checked, so that a change of a table shows here and not as a blank in a page.
 * SQL text never holds a value: values go through `parameters` alone.
 */
export function defineQuery<Parameters extends z.ZodType, Row extends z.ZodType>({
	name,
	sql,
	parameters,
	row
}: {
	name: string;
	sql: string;
	parameters: Parameters;
	row: Row;
}): Query<z.input<Parameters>, z.output<Row>> {
	const run = async (client: ClickHouseClient, input: z.input<Parameters>) => {
		const query_params = parameters.parse(input) as Record<string, unknown>;
		const rows = await observeQuery(name, async () => {
			const result = await client.query({
				query: leaveUnasked(sql, query_params),
				query_params,
				format: 'JSONEachRow',
				clickhouse_settings: { log_comment: name }
			});
			return result.json();
		});
		return row.array().parse(rows);
	};
	const file: Query<z.input<Parameters>, z.output<Row>>['file'] = async (client, input, format) => {
		const query_params = parameters.parse(input) as Record<string, unknown>;
		const { stream } = await client.exec({
			query: `${leaveUnasked(sql, query_params)}\nFORMAT ${format}`,
			query_params,
			clickhouse_settings: { log_comment: name }
		});
		const chunks: Buffer[] = [];
		for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
		return Buffer.concat(chunks);
	};
	return Object.assign(Object.defineProperty(run, 'name', { value: name }), {
		row: row as z.ZodType<z.output<Row>>,
		file
	});
}
