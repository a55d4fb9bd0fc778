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

/**
 * Puts a new choice of tags where the rollups are made, so that whoever remakes a day goes by the same.
 *
 * @returns the projects whose choice changed: all their days are to be remade
 */
export async function publishRolledUpTags({
	client,
	chosen
}: {
	client: ClickHouseClient;
	/** By project, as in the settings. */
	chosen: ReadonlyMap<string, readonly string[]>;
}): Promise<string[]> {
	const published = await readRolledUpTags(client);
	const differs = (project: string) =>
		JSON.stringify(chosen.get(project) ?? []) !== JSON.stringify(published.get(project) ?? []);
	const changed = [...new Set([...chosen.keys(), ...published.keys()])].filter(differs);
	if (changed.length > 0)
		await client.insert({
			table: 'rolled_up_tags_v1',
			values: changed.map((project_id) => ({
				project_id,
				tags: chosen.get(project_id) ?? [],
				chosen_at: new Date().toISOString().slice(0, -1)
			})),
			format: 'JSONEachRow'
		});
	return changed;
}
