import { database } from '$lib/server/database.ts';
import {
	arrivalDelays,
	collectorHours,
	collectorRefusals,
	collectorStates,
	knowledgeTables
} from '$lib/server/queries/collector-health.ts';
import { leftOut } from '$lib/server/queries/left-out.ts';
import { unknownSignatures } from '$lib/server/queries/unknown-signatures.ts';
import { settings } from '$lib/server/settings.ts';
import { listConfiguredTables } from '../../../settings/configuration/configured.ts';
import { readLegacyModels } from '../../../settings/legacy-rules.ts';
import { LEGACY_SYSTEMS, readLegacyVersions } from '../../../settings/legacy-versions.ts';
import { ProjectError } from '../../../settings/projects.ts';
import {
	newestReclassification,
	requestReclassification
} from '../../../settings/reclassifications.ts';
import { setLegacyVersions } from '../../../settings/set-legacy-versions.ts';
import { readSignatureNames, signatureId } from '../../../settings/signature-names.ts';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

/** Of every project: the collectors are the operator's, not a project's. */
export const load: PageServerLoad = async ({ locals }) => {
	const client = await database();
	const store = await settings();
	const [
		collectors,
		hours,
		refusals,
		[delays],
		tables,
		signatures,
		omissions,
		{ names },
		run,
		files,
		models,
		versions
	] = await Promise.all([
		collectorStates(client, {}),
		collectorHours(client, {}),
		collectorRefusals(client, {}),
		arrivalDelays(client, {}),
		knowledgeTables(client, {}),
		unknownSignatures(client, {}),
		leftOut(client, {}),
		readSignatureNames(store),
		newestReclassification(store),
		listConfiguredTables(store),
		readLegacyModels(store),
		readLegacyVersions(store)
	]);
	return {
		...{ collectors, hours, refusals, delays: delays!, tables, signatures, run },
		leftOut: omissions,
		legacy: {
			models: [...models].map(([aaguid, name]) => ({ aaguid, name })),
			said: versions,
			mayChange: mayChangeLegacy(locals)
		},
		/** Which tables a configuration file names. */
		tableFiles: files,
		names: names.map((name) => ({ ...name, id: signatureId(name) }))
	};
};

export const actions: Actions = {
	reclassify: async ({ locals }) =>
		requestReclassification(await settings(), { by: locals.access.author }),
	setLegacyVersions: async ({ request, locals }) => {
		if (!mayChangeLegacy(locals)) return fail(403, { legacyMistake: NOT_THEIRS });
		const form = await request.formData();
		const typed = LEGACY_SYSTEMS.map((system) => [system, String(form.get(system) ?? '')]);
		try {
			await setLegacyVersions(await settings(), Object.fromEntries(typed));
		} catch (error) {
			if (!(error instanceof ProjectError)) throw error;
			return fail(400, { legacyMistake: error.message });
		}
	}
};

/** It moves the figures of every project. */
const mayChangeLegacy = (locals: App.Locals) => locals.access.mayChange('administer');

const NOT_THEIRS =
	'What counts as legacy in every project is said by an administrator of all projects.';
