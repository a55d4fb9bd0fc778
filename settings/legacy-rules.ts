import { BUILT_IN_VERSIONS, readLegacyVersions, type LegacyVersions } from './legacy-versions.ts';
import type { Settings } from './open-settings.ts';

/** Classes of device-bound credentials that an upgrade would replace. */
export const LEGACY_CLASSES = [
	'apple_platform',
	'android_platform',
	'chrome_mac_profile',
	'windows_hello',
	'u2f_key',
	'other_platform'
] as const;

export type LegacyClass = (typeof LEGACY_CLASSES)[number];

/** By AAGUID: the class of a model's device-bound credentials; empty: none, they are kept on purpose. */
export type LegacyModels = ReadonlyMap<string, LegacyClass | ''>;

/** What is legacy: the operator's word on models, then the built-in rules, of a system's own up to a version. */
export interface LegacyRules {
	models: LegacyModels;
	versions: LegacyVersions;
}

export const BUILT_IN_RULES: LegacyRules = { models: new Map(), versions: BUILT_IN_VERSIONS };

/** The rules in force at this moment. */
export async function readLegacyRules(settings: Settings): Promise<LegacyRules> {
	const [models, said] = await Promise.all([
		readLegacyModels(settings),
		readLegacyVersions(settings)
	]);
	return { models, versions: { ...BUILT_IN_VERSIONS, ...said } };
}

/** What the operator says of models. */
export async function readLegacyModels(settings: Settings): Promise<LegacyModels> {
	const rows = await settings
		.selectFrom('legacy_class_rule')
		.selectAll()
		.orderBy('aaguid')
		.execute();
	return new Map(
		rows.map(({ aaguid, legacy_class }) => [
			aaguid,
			// A newer version may have classes that this one does not know.
			LEGACY_CLASSES.find((name) => name === legacy_class) ?? ''
		])
	);
}

/** Puts these in the place of what there is. @returns whether they are others */
export async function writeLegacyModels(
	settings: Settings,
	models: LegacyModels
): Promise<boolean> {
	const kept = await readLegacyModels(settings);
	const same = kept.size === models.size && [...models].every(([id, one]) => kept.get(id) === one);
	if (same) return false;
	await settings.deleteFrom('legacy_class_rule').execute();
	for (const [aaguid, legacy_class] of models)
		await settings.insertInto('legacy_class_rule').values({ aaguid, legacy_class }).execute();
	return true;
}
