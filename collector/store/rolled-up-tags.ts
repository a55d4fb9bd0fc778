import type { ClickHouseClient } from '@clickhouse/client';

/** Names of the tags that each project's rollups tell apart, by project; one that chose none is missing. */
export async function readRolledUpTags(client: ClickHouseClient): Promise<Map<string, string[]>> {
	const result = await client.query({
		query: 'SELECT project_id AS project, tags FROM rolled_up_tags_v1 FINAL WHERE notEmpty(tags)',
		format: 'JSONEachRow'
	});
	const rows = await result.json<{ project: string; tags: string[] }>();
	return new Map(rows.map(({ project, tags }) => [project, tags]));
}
