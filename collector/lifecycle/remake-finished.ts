import type { ClickHouseClient } from '@clickhouse/client';
import { mutate, ownRows } from '../../migrations/mutate.ts';
import { refreshCredentialRows } from '../store/refresh-credential-rows.ts';
import { ask } from './ask.ts';

const TABLE = 'credential_rows_state_v1';
const STATES = 'credentials_state_v2';

/**
 * Deletes finished rows of credentials that no state table knows any more.
 *
 * @returns how many
 */
export async function dropFinished({
	client,
	projectId
}: {
	client: ClickHouseClient;
	projectId: string;
}): Promise<number> {
	const where = (states: string) =>
		`project_id = {project: String} AND credential_hash NOT IN (SELECT credential_hash FROM ${states} WHERE project_id = {project: String})`;
	const parameters = { project: projectId };
	const [row] = await ask<{ rows: string }>(
		client,
		`SELECT count() AS rows FROM ${TABLE} WHERE ${where(STATES)}`,
		parameters
	);
	const rows = Number(row?.rows ?? 0);
	// Both tables are spread by the credential, so a shard's own rows answer.
	const change = `DELETE WHERE ${where(ownRows(client, STATES))}`;
	if (rows > 0) await mutate({ client, table: TABLE, change, parameters });
	return rows;
}

/** Deletes the finished rows of these credentials and of this user, the replaced ones on disk too, and makes of the states what is left. */
export async function remakeFinishedOf({
	client,
	projectId,
	userHash,
	credentials
}: {
	client: ClickHouseClient;
	projectId: string;
	/** Decimal text, as the credentials. */
	userHash: string;
	credentials: readonly string[];
}): Promise<void> {
	const parameters = { project: projectId, user: userHash, credentials };
	const theirs = `project_id = {project: String} AND (user_hash = {user: UInt64} OR has({credentials: Array(String)}, toString(credential_hash)))`;
	const named = await ask<{ credential: string }>(
		client,
		`SELECT DISTINCT toString(credential_hash) AS credential FROM ${TABLE} WHERE ${theirs}`,
		parameters
	);
	await mutate({ client, table: TABLE, change: `DELETE WHERE ${theirs}`, parameters });
	const again = new Set([...credentials, ...named.map(({ credential }) => credential)]);
	await refreshCredentialRows({ client, projectId, credentials: [...again] });
}

/** After retention: what ceremonies that are gone had shown is in no list any more. */
export async function remakeFinishedBefore({
	client,
	projectId,
	before
}: {
	client: ClickHouseClient;
	projectId: string;
	/** `YYYY-MM-DD`, UTC. */
	before: string;
}): Promise<void> {
	const rows = await ask<{ credential: string }>(
		client,
		`SELECT toString(credential_hash) AS credential FROM credential_rows_v1
		WHERE project_id = {project: String} AND toDate(shown_first_at) < {before: Date}`,
		{ project: projectId, before }
	);
	const credentials = rows.map(({ credential }) => credential);
	await refreshCredentialRows({ client, projectId, credentials });
}
