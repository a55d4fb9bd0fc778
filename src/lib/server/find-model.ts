import { findAuthenticator, type Authenticator } from './authenticators.ts';
import { database } from './database.ts';
import { queryModelStatuses, type ModelStatus } from './queries/model-statuses.ts';

/** A model with all that was ever reported of it, the newest first. */
export type FoundModel = Authenticator & { statuses: ModelStatus[] };

/** What is known of the model of this AAGUID; undefined when nothing is. */
export async function findModel(aaguid: string): Promise<FoundModel | undefined> {
	const model = await findAuthenticator(aaguid);
	if (!model) return undefined;
	return { ...model, statuses: await queryModelStatuses(await database(), { aaguid }) };
}
