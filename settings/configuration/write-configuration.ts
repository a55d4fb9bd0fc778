import { stringify } from 'yaml';
import type { Settings } from '../open-settings.ts';
import { listRetention } from '../retention.ts';
import { listRolledUpTags } from '../rolled-up-tags.ts';
import { OWN_PROJECTS, type Configuration, type ConfiguredKey } from './configuration.ts';

/**
 * The settings, or one project's, as a configuration file that would change nothing: the way from the page to a file. Server
 * keys stand in it as their hashes.
 */
export async function writeConfiguration(
	settings: Settings,
	{ projectId }: { projectId?: string } = {}
): Promise<string> {
	const [projects, origins, keys, links, retention, tags] = await Promise.all([
		settings.selectFrom('project').select(['id', 'name']).orderBy('created_unix_ms').execute(),
		settings.selectFrom('project_origin').selectAll().execute(),
		settings.selectFrom('project_key').selectAll().orderBy('created_unix_ms').execute(),
		settings.selectFrom('project_trace_link').selectAll().execute(),
		listRetention(settings),
		listRolledUpTags(settings)
	]);
	const now = Date.now();
	const valid = keys.filter(({ revoked_unix_ms: end }) => end === null || Number(end) > now);
	const configuration: Configuration = {
		projects: projects
			.filter(({ id }) => (projectId === undefined ? !OWN_PROJECTS.includes(id) : id === projectId))
			.map(({ id, name }) => {
				const own = <Row extends { project_id: string }>(rows: Row[]) =>
					rows.filter(({ project_id }) => project_id === id);
				const { rawDays, derivedDays } = retention.get(id) ?? {};
				const kept = own(valid).map(writeKey);
				return {
					...{ id, name, origins: own(origins).map(({ origin }) => origin) },
					...(kept.length > 0 && { keys: kept }),
					...(retention.has(id) && { retention: { raw_days: rawDays, derived_days: derivedDays } }),
					...(tags.has(id) && { rolled_up_tags: tags.get(id) }),
					...Object.fromEntries(own(links).map(({ trace_url }) => ['trace_url', trace_url]))
				};
			})
	};
	return stringify(configuration, { lineWidth: 0 });
}

function writeKey(row: {
	kind: 'ingest' | 'server';
	key: string;
	environment: string | null;
	revoked_unix_ms: number | null;
}): ConfiguredKey {
	const { kind, key, environment, revoked_unix_ms: end } = row;
	return {
		kind,
		...(kind === 'ingest' ? { key } : { sha256: key }),
		...(environment !== null && { environment }),
		...(end !== null && { taken_until: new Date(Number(end)).toISOString() })
	};
}
