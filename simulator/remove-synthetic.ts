import type { ClickHouseClient } from '@clickhouse/client';

/** Tables that know whether a row is synthetic; a state is as soon as one synthetic event went into it. */
const LABELLED = [
	'events_raw_v1',
	'ceremonies_state_v1',
	'credentials_state_v2',
	'user_ceremonies_state_v1',
	'prompts_state_v1',
	'sessions_state_v1',
	'signins_state_v1',
	'users_state_v1',
	'passkey_acts_state_v1',
	'user_days_state_v1',
	'hourly_activity_state_v1',
	'daily_activity_state_v2',
	'daily_ceremonies_state_v1',
	'daily_endings_state_v1'
] as const;

/**
 * Deletes a project's simulated data for good; events of real people in the same project stay.
 *
 * @returns how many events were deleted
 */
export async function removeSynthetic({
	client,
	projectId
}: {
	client: ClickHouseClient;
	projectId: string;
}): Promise<number> {
	const query_params = { project: projectId };
	const result = await client.query({
		query:
			'SELECT count() AS events FROM events_raw_v1 WHERE project_id = {project: String} AND synthetic',
		query_params,
		format: 'JSONEachRow'
	});
	const [row] = await result.json<{ events: string }>();
	for (const table of LABELLED)
		await client.command({
			query: `ALTER TABLE ${table} DELETE WHERE project_id = {project: String} AND synthetic`,
			query_params,
			// Waits until the data is gone: afterwards the pages show none of it.
			clickhouse_settings: { mutations_sync: '2' }
		});
	return Number(row?.events ?? 0);
}

/** Rows of a project's simulated data that are still there, in all tables that know. */
export async function countSynthetic({
	client,
	projectId
}: {
	client: ClickHouseClient;
	projectId: string;
}): Promise<number> {
	const counts = LABELLED.map(
		(table) => `(SELECT count() FROM ${table} WHERE project_id = {project: String} AND synthetic)`
	);
	const result = await client.query({
		query: `SELECT ${counts.join(' + ')} AS rows`,
		query_params: { project: projectId },
		format: 'JSONEachRow'
	});
	const [row] = await result.json<{ rows: string }>();
	return Number(row?.rows ?? 0);
}
