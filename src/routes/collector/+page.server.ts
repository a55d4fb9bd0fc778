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
import { readLegacyRules } from '../../../settings/legacy-rules.ts';
import {
	newestReclassification,
	requestReclassification
} from '../../../settings/reclassifications.ts';
import { readSignatureNames, signatureId } from '../../../settings/signature-names.ts';
import type { Actions, PageServerLoad } from './$types';

/** Of every project: the collectors are the operator's, not a project's. */
export const load: PageServerLoad = async () => {
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
		rules
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
		readLegacyRules(store)
	]);
	return {
		...{ collectors, hours, refusals, delays: delays!, tables, signatures, run },
		leftOut: omissions,
		legacyRules: [...rules].map(([aaguid, name]) => ({ aaguid, name })),
		/** Which tables a configuration file names. */
		tableFiles: files,
		names: names.map((name) => ({ ...name, id: signatureId(name) }))
	};
};

export const actions: Actions = {
	reclassify: async ({ locals }) =>
		requestReclassification(await settings(), { by: locals.access.author })
};
