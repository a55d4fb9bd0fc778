import { z } from 'zod';
import { listConfiguredTables } from './configuration/configured.ts';
import { aaguidField } from './fields.ts';
import { LEGACY_CLASSES } from './legacy-rules.ts';
import type { Settings } from './open-settings.ts';
import { ProjectError } from './project-error.ts';
import { checkField } from './projects.ts';

const classField = z.enum([...LEGACY_CLASSES, 'none'], {
	error: `Choose a class: ${LEGACY_CLASSES.join(', ')} or none.`
});

/** Says of a model of authenticators, as somebody typed it, to which class its device-bound credentials belong; `none`: they are kept on purpose. @throws ProjectError */
export async function setLegacyModel(
	settings: Settings,
	typed: { aaguid: string; legacyClass: string }
): Promise<void> {
	await requireEditable(settings);
	const aaguid = checkField(aaguidField, typed.aaguid.trim(), 'invalid_legacy_model', 'aaguid');
	const name = checkField(classField, typed.legacyClass, 'invalid_legacy_model', 'class');
	const legacy_class = name === 'none' ? '' : name;
	await settings
		.insertInto('legacy_class_rule')
		.values({ aaguid, legacy_class })
		.onConflict((conflict) => conflict.column('aaguid').doUpdateSet({ legacy_class }))
		.execute();
}

/** Leaves a model to the built-in rules. @throws ProjectError */
export async function removeLegacyModel(settings: Settings, aaguid: string): Promise<void> {
	await requireEditable(settings);
	await settings.deleteFrom('legacy_class_rule').where('aaguid', '=', aaguid).execute();
}

async function requireEditable(settings: Settings): Promise<void> {
	const file = (await listConfiguredTables(settings)).legacy_classes;
	if (file !== undefined)
		throw new ProjectError(
			'set_by_file',
			`The models are set by ${file}: change "legacy_classes" there and start Passlens again.`
		);
}
