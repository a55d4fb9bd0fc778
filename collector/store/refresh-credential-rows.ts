import type { ClickHouseClient } from '@clickhouse/client';

/** Credentials bound to one statement. */
const CREDENTIALS_AT_ONCE = 10_000;
/** Credentials of a whole project that one statement makes: what their ceremonies showed is held in memory. */
const ROWS_AT_ONCE = 500_000;
const HASHES = 2n ** 64n;

/**
 * Makes finished rows of the ledger anew from the state tables. A row replaces the one before it by its version, which is the
 * database's time when its making began: of two that are made at once, the one that saw more counts.
 *
 * @param projectId all projects when left out
 * @param credentials hashes as decimal text; every credential when left out
 */
export async function refreshCredentialRows({
	client,
	projectId,
	credentials
}: {
	client: ClickHouseClient;
	projectId?: string | undefined;
	credentials?: readonly string[] | undefined;
}): Promise<void> {
	const projects = projectId === undefined ? await listProjects(client) : [projectId];
	for (const project of projects)
		if (credentials) await makeSome(client, project, credentials);
		else await makeAll(client, project);
}

async function makeSome(client: ClickHouseClient, project: string, credentials: readonly string[]) {
	for (let at = 0; at < credentials.length; at += CREDENTIALS_AT_ONCE)
		await client.command({
			query: makeRows('credential_hash IN {credentials: Array(UInt64)}'),
			query_params: {
				project,
				credentials: credentials.slice(at, at + CREDENTIALS_AT_ONCE).map(BigInt)
			}
		});
}

async function makeAll(client: ClickHouseClient, project: string) {
	const result = await client.query({
		query: `SELECT count() AS credentials FROM credentials_state_v2 WHERE project_id = {project: String}`,
		query_params: { project },
		format: 'JSONEachRow'
	});
	const [{ credentials } = { credentials: '0' }] = await result.json<{ credentials: string }>();
	const parts = BigInt(Math.max(1, Math.ceil(Number(credentials) / ROWS_AT_ONCE)));
	for (let part = 0n; part < parts; part++)
		await client.command({
			query: makeRows('credential_hash BETWEEN {first: UInt64} AND {last: UInt64}'),
			query_params: {
				project,
				first: (part * HASHES) / parts,
				last: ((part + 1n) * HASHES) / parts - 1n
			}
		});
}

const makeRows = (which: string) => `INSERT INTO credential_rows_state_v1
	SELECT *, toUnixTimestamp64Micro(now64(6)) FROM credential_rows_made_v1
	WHERE project_id = {project: String} AND ${which}`;

async function listProjects(client: ClickHouseClient): Promise<string[]> {
	const result = await client.query({
		query: 'SELECT DISTINCT project_id AS project FROM credentials_state_v2 ORDER BY project',
		format: 'JSONEachRow'
	});
	return (await result.json<{ project: string }>()).map(({ project }) => project);
}
