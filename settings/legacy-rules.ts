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
export type LegacyRules = ReadonlyMap<string, LegacyClass | ''>;

/** The operator's rules, which come before the built-in ones. */
export async function readLegacyRules(settings: Settings): Promise<LegacyRules> {
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

/** Puts these rules in the place of what there is. Collectors read them when they start. @returns whether they are others */
export async function writeLegacyRules(settings: Settings, rules: LegacyRules): Promise<boolean> {
	const kept = await readLegacyRules(settings);
	const same = kept.size === rules.size && [...rules].every(([id, one]) => kept.get(id) === one);
	if (same) return false;
	await settings.deleteFrom('legacy_class_rule').execute();
	for (const [aaguid, legacy_class] of rules)
		await settings.insertInto('legacy_class_rule').values({ aaguid, legacy_class }).execute();
	return true;
}
