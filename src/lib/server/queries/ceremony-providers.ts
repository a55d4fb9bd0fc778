import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { hashSql, parseHash } from './column-types.ts';

const queryProviders = defineQuery({
	name: 'ceremony-providers',
	parameters: z.object({
		project: z.string(),
		/** As numbers in text. */
		credentials: z.array(z.string())
	}),
	row: z.object({ credential_hash: z.string(), provider: z.string() }),
	sql: `
SELECT ${hashSql('c.credential_hash')} AS credential_hash, c.provider AS provider
FROM credentials_v1 AS c
WHERE c.project_id = {project: String} AND c.provider != ''
	AND c.credential_hash IN (SELECT toUInt64(arrayJoin({credentials: Array(String)})))`
});

/**
 * Fills in what only a credential's registration tells. A lookup by key of the few credentials at hand:
 * joined in SQL, the list's own scan would run a second time.
 */
export async function withProviders<Row extends { credential_hash: string; provider: string }>(
	client: ClickHouseClient,
	{ project, rows }: { project: string; rows: readonly Row[] }
): Promise<Row[]> {
	const missing = new Set(
		rows.filter(({ provider }) => !provider).map(({ credential_hash }) => credential_hash)
	);
	const credentials = [...missing].map(parseHash).filter((hash) => hash !== undefined);
	if (credentials.length === 0) return [...rows];
	const found = await queryProviders(client, { project, credentials });
	const names = new Map(found.map((row) => [row.credential_hash, row.provider]));
	return rows.map((row) => ({
		...row,
		provider: row.provider || (names.get(row.credential_hash) ?? '')
	}));
}
