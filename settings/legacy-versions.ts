import type { Settings } from './open-settings.ts';

/** Systems that made device-bound credentials of their own before they had synced passkeys, as the configuration file writes them. */
export const LEGACY_SYSTEMS = ['ios', 'ipados', 'macos', 'android', 'windows'] as const;
export type LegacySystem = (typeof LEGACY_SYSTEMS)[number];

/** As people read them. */
export const SYSTEM_NAMES: Record<LegacySystem, string> = {
	...{ ios: 'iOS', ipados: 'iPadOS', macos: 'macOS', android: 'Android', windows: 'Windows' }
};

/** The last version (of Windows 10 or 11) whose credentials are legacy; any: every version's that do not sync; none: not one's. */
export type LegacyVersion = number | 'any' | 'none';
export type LegacyVersions = Record<LegacySystem, LegacyVersion>;

/** Where nobody says otherwise. Apple's systems make synced passkeys since iOS and iPadOS 16 and macOS 13; the others still make both kinds. */
export const BUILT_IN_VERSIONS: LegacyVersions = {
	...{ ios: 15, ipados: 15, macos: 12 },
	...{ android: 'any', windows: 'any' }
};

/** What the operator said, by system; those left out go by the built-in ones. */
export async function readLegacyVersions(settings: Settings): Promise<Partial<LegacyVersions>> {
	const rows = await settings.selectFrom('legacy_version').selectAll().execute();
	const said = new Map(rows.map(({ system, last_version }) => [system, last_version]));
	return Object.fromEntries(
		LEGACY_SYSTEMS.flatMap((system) => {
			const last = said.get(system);
			if (last === undefined) return [];
			return [[system, last === 'any' || last === 'none' ? last : Number(last)]];
		})
	);
}

/** Puts these in the place of what was said before; they were checked. @returns whether they are others */
export async function writeLegacyVersions(
	settings: Settings,
	versions: { [System in LegacySystem]?: LegacyVersion | undefined }
): Promise<boolean> {
	const kept = await readLegacyVersions(settings);
	if (LEGACY_SYSTEMS.every((system) => kept[system] === versions[system])) return false;
	await settings.deleteFrom('legacy_version').execute();
	for (const system of LEGACY_SYSTEMS) {
		const last = versions[system];
		if (last !== undefined)
			await settings
				.insertInto('legacy_version')
				.values({ system, last_version: String(last) })
				.execute();
	}
	return true;
}
