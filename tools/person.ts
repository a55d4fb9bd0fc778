import { userReference } from '../sdk/common/references.ts';
import type { Settings } from '../settings/open-settings.ts';
import { findPseudonymKey } from '../settings/projects.ts';
import { pseudonymise } from '../settings/pseudonymise.ts';
import { UsageError } from './command.ts';

/** The project's hash of a user: by the site's own reference, or by the one-way one that events carry. */
export async function findPerson(
	settings: Settings,
	{
		project,
		user,
		ref
	}: { project?: string | undefined; user?: string | undefined; ref?: string | undefined }
): Promise<{ projectId: string; userHash: string }> {
	if (!project)
		throw new UsageError('Name the project with --project; npm run project -- list shows them.');
	if ((user === undefined) === (ref === undefined))
		throw new UsageError(
			'Name the user with --user and the reference that your site gave to identify(), or with --ref and its one-way form of 43 characters.'
		);
	if (ref !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(ref))
		throw new UsageError(
			"--ref takes the one-way reference of 43 characters; the site's own goes with --user."
		);
	const key = await findPseudonymKey(settings, project);
	return { projectId: project, userHash: pseudonymise({ key }).user(ref ?? userReference(user!)) };
}

/** How a user is named on the command line. */
export const PERSON = {
	project: { type: 'string' },
	user: { type: 'string' },
	ref: { type: 'string' }
} as const;

/** A user as the audit log and the pages name them: 16 hex digits. */
export function describePerson({ userHash }: { userHash: string }): string {
	return `user ${BigInt(userHash).toString(16).padStart(16, '0')}`;
}
