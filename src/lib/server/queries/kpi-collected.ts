import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { bool } from './column-types.ts';

const any = (from: string) =>
	`(SELECT count() FROM (SELECT 1 FROM ${from} AND project_id = {project: String} LIMIT 1)) > 0`;

/**
 * What a project has ever reported beside ceremonies. A figure that needs what was never reported is "not collected",
 * which is neither 0 nor a lack of events in the period.
 */
export const queryKpiCollected = defineQuery({
	name: 'kpi-collected',
	parameters: z.object({ project: z.string() }),
	row: z.object({ users: bool, offers: bool, signins: bool, capabilities: bool }),
	sql: `
SELECT
	${any('users_state_v1 WHERE true')} AS users,
	${any(`prompts_state_v1 WHERE purpose IN ('enroll', 'upgrade')`)} AS offers,
	${any('signins_state_v1 WHERE true')} AS signins,
	${any('sessions_state_v1 WHERE passkey_capable IS NOT NULL')} AS capabilities`
});

export type Collected = Awaited<ReturnType<typeof queryKpiCollected>>[number];

/** The one row there always is. */
export async function readCollected(client: ClickHouseClient, project: string): Promise<Collected> {
	const [row] = await queryKpiCollected(client, { project });
	return row ?? { users: false, offers: false, signins: false, capabilities: false };
}
