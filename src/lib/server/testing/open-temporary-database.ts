import type { ClickHouseClient } from '@clickhouse/client';
import { rmSync } from 'node:fs';
import { refreshCredentialRows } from '../../../../collector/store/refresh-credential-rows.ts';
import { refreshDailyActivity } from '../../../../collector/store/refresh-daily-activity.ts';
import { applyMigrations } from '../../../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../../../migrations/connect.ts';
import { makeDataDir } from '../../../../migrations/testing/make-data-dir.ts';
import type { RawEvent } from './sample-events.ts';

export interface TemporaryDatabase {
	client: ClickHouseClient;
	/** Writes raw events; everything but the daily rollups is made of them before this returns. */
	insert(events: readonly RawEvent[]): Promise<void>;
	/** Brings the daily rollups of a project up to date, as the collector does. */
	rollUp(project: string): Promise<void>;
	close(): Promise<void>;
}

/**
 * A real, empty, embedded database with the whole schema, for the tests of one file.
 * One process holds one embedded database, so tests within a file keep apart by project id.
 */
export async function openTemporaryDatabase(): Promise<TemporaryDatabase> {
	const dataDir = await makeDataDir('passlens-test-');
	await createDatabase({ dataDir });
	const client = await connectDatabase({ dataDir });
	await applyMigrations({ client });
	return {
		client,
		insert: async (events) => {
			await client.insert({ table: 'events_raw_v1', values: [...events], format: 'JSONEachRow' });
			for (const { projectId, credentials } of credentialsOf(events))
				await refreshCredentialRows({ client, projectId, credentials });
		},
		rollUp: (project) => rollUp(client, project),
		close: async () => {
			await client.close();
			rmSync(dataDir, { recursive: true, force: true });
		}
	};
}

/** Brings the daily rollups of a project up to date in any database. */
export async function rollUp(client: ClickHouseClient, project: string): Promise<void> {
	await refreshDailyActivity({ client, projectId: project });
}

/** The credentials that events name, by project; a hash is a number or its decimal text there. */
function credentialsOf(events: readonly RawEvent[]) {
	const named = events.filter(({ credential_hash }) => credential_hash !== undefined);
	return [...Map.groupBy(named, ({ project_id }) => project_id)].map(([projectId, list]) => ({
		projectId,
		credentials: [...new Set(list.map(({ credential_hash }) => String(credential_hash)))]
	}));
}
