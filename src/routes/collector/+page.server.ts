import { database } from '$lib/server/database.ts';
import {
	arrivalDelays,
	collectorHours,
	collectorRefusals,
	collectorStates,
	knowledgeTables
} from '$lib/server/queries/collector-health.ts';
import { unknownSignatures } from '$lib/server/queries/unknown-signatures.ts';
import type { PageServerLoad } from './$types';

/** Of every project: the collectors are the operator's, not a project's. */
export const load: PageServerLoad = async () => {
	const client = await database();
	const [collectors, hours, refusals, [delays], tables, signatures] = await Promise.all([
		collectorStates(client, {}),
		collectorHours(client, {}),
		collectorRefusals(client, {}),
		arrivalDelays(client, {}),
		knowledgeTables(client, {}),
		unknownSignatures(client, {})
	]);
	return { collectors, hours, refusals, delays: delays!, tables, signatures };
};
