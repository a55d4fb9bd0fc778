import type { ClickHouseClient } from '@clickhouse/client';
import { refreshCredentialRows } from './refresh-credential-rows.ts';

/** Makes the finished rows anew of the credentials that something received since a moment tells of. */
export async function refreshChangedCredentials({
	client,
	since
}: {
	client: ClickHouseClient;
	/** Unix epoch in milliseconds, by the collector's clock. */
	since: number;
}): Promise<void> {
	const result = await client.query({
		query: `SELECT project_id AS projectId, groupUniqArray(toString(credential_hash)) AS credentials FROM events_raw_v1
			WHERE received_at >= fromUnixTimestamp64Milli({since: Int64}) AND credential_hash != 0 GROUP BY project_id`,
		query_params: { since },
		format: 'JSONEachRow'
	});
	const changed = await result.json<{ projectId: string; credentials: string[] }>();
	for (const { projectId, credentials } of changed)
		await refreshCredentialRows({ client, projectId, credentials });
}

/**
 * Since when rows may be out of date that nobody remembers: a collector that was killed made none after the newest, and one
 * of an older version makes none at all while an upgrade goes from one to the next. Unix milliseconds.
 */
export async function rowsAreSureUntil({ client }: { client: ClickHouseClient }): Promise<number> {
	const result = await client.query({
		query: `SELECT toUnixTimestamp64Milli(if(applied > now64(3) - INTERVAL 7 DAY, applied - INTERVAL 1 HOUR, newest - INTERVAL 10 MINUTE)) AS since
			FROM (SELECT max(applied_at) AS applied FROM migrations_applied_v1 WHERE number = 160) AS a
			CROSS JOIN (SELECT fromUnixTimestamp64Micro(toInt64(max(version))) AS newest FROM credential_rows_state_v1) AS b`,
		format: 'JSONEachRow'
	});
	const [row] = await result.json<{ since: string }>();
	return Number(row?.since ?? 0);
}
