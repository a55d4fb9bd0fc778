import type { Project } from '../../../../settings/projects.ts';

/**
 * `view`: a project's figures. `analyse`: annotate, keep segments, decide about failures. `see-users`: rows of single people's
 * ceremonies and passkeys. `audit`: policies, evidence and who did what. `administer`: keys, origins, people.
 */
export const ACTIONS = ['view', 'analyse', 'see-users', 'audit', 'administer'] as const;
export type Action = (typeof ACTIONS)[number];

/** All projects, those to come as well. */
export const EVERY_PROJECT = '*';

export interface Grant {
	/** A project's id, or `EVERY_PROJECT`. */
	projectId: string;
	actions: readonly Action[];
}

/** What whoever asks may see and do. */
export interface Access {
	/** Who is signed in. */
	person: { id: string; name: string } | null;
	/** The projects whose figures they may see, oldest first: the first is the one a link without a project means. */
	projects: Project[];
	/** Whether they may do something in a project; without one, in all there are. */
	may(action: Action, projectId?: string): boolean;
}

/** The access that grants add up to. @param projects all there are, oldest first */
export function accessOf({
	person,
	grants,
	projects
}: {
	person: Access['person'];
	grants: readonly Grant[];
	projects: readonly Project[];
}): Access {
	const may: Access['may'] = (action, projectId = EVERY_PROJECT) =>
		grants.some(
			(grant) =>
				(grant.projectId === EVERY_PROJECT || grant.projectId === projectId) &&
				grant.actions.includes(action)
		);
	return { person, may, projects: projects.filter(({ id }) => may('view', id)) };
}

/** The access of an administrator of everything. */
export function fullAccess(projects: readonly Project[], person: Access['person'] = null): Access {
	return accessOf({ person, projects, grants: [{ projectId: EVERY_PROJECT, actions: ACTIONS }] });
}
