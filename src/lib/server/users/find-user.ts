import { userReference } from '../../../../sdk/common/references.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { findPseudonymKey } from '../../../../settings/projects.ts';
import { pseudonymise } from '../../../../settings/pseudonymise.ts';

/**
 * The project's hash of a user, 16 hex digits, by the site's own reference: hashed to the letter as page and collector do. Whether
 * anything is known of them is another question.
 */
export async function hashOfReference(
	settings: Settings,
	{ project, reference }: { project: string; reference: string }
): Promise<string> {
	return hashOfOneWay(settings, { project, oneWay: userReference(reference) });
}

/** The same by the one-way reference of 43 characters that events carry. */
export async function hashOfOneWay(
	settings: Settings,
	{ project, oneWay }: { project: string; oneWay: string }
): Promise<string> {
	const key = await findPseudonymKey(settings, project);
	return BigInt(pseudonymise({ key }).user(oneWay)).toString(16).padStart(16, '0');
}
