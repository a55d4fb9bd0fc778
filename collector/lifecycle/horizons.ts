import type { ClickHouseClient } from '@clickhouse/client';
import { ask } from './ask.ts';

/** From which days on a project's rows are whole: `YYYY-MM-DD`. */
export interface Horizons {
	/** Raw events of earlier days were deleted by retention. */
	rawFrom: string;
	/** So was what had been made from them. */
	derivedFrom: string;
}

export const EVERYTHING: Horizons = { rawFrom: '1970-01-01', derivedFrom: '1970-01-01' };

/** Horizons by project; one that is not in the map has everything. */
export async function readHorizons(client: ClickHouseClient): Promise<Map<string, Horizons>> {
	const rows = await ask<{ project: string; raw: string; derived: string }>(
		client,
		`SELECT project_id AS project, toString(max(raw_from)) AS raw, toString(max(derived_from)) AS derived
		FROM retention_horizons_v1 GROUP BY project_id`
	);
	return new Map(
		rows.map(({ project, raw, derived }) => [project, { rawFrom: raw, derivedFrom: derived }])
	);
}
