import { listConfiguredTables } from './configuration/configured.ts';
import { legacyVersionField } from './fields.ts';
import { LEGACY_SYSTEMS, writeLegacyVersions } from './legacy-versions.ts';
import type { Settings } from './open-settings.ts';
import { ProjectError } from './project-error.ts';
import { checkField } from './projects.ts';

/** Says up to which version each system's own device-bound credentials are legacy, as somebody typed it; an empty text: as built in. @throws ProjectError */
export async function setLegacyVersions(
	settings: Settings,
	typed: Partial<Record<string, string>>
): Promise<void> {
	const file = (await listConfiguredTables(settings)).legacy_versions;
	if (file !== undefined)
		throw new ProjectError(
			'set_by_file',
			`The versions are set by ${file}: change "legacy_versions" there and start Passlens again.`
		);
	const versions = Object.fromEntries(
		LEGACY_SYSTEMS.flatMap((system) => {
			const text = typed[system]?.trim().toLowerCase() ?? '';
			if (text === '') return [];
			const value = /^\d+$/.test(text) ? Number(text) : text;
			const field = legacyVersionField(system);
			return [[system, checkField(field, value, 'invalid_legacy_version', system)]];
		})
	);
	await settings.transaction().execute((change) => writeLegacyVersions(change, versions));
}
