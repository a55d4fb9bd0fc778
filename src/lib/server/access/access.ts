import {
	ACTIONS,
	EVERY_PROJECT,
	type Action,
	type Role,
	type RoleIn
} from '../../../../settings/access/people.ts';
import type { Session } from '../../../../settings/access/sessions.ts';
import type { Project } from '../../../../settings/projects.ts';

export { ACTIONS, type Action };

/** What each role may do in the projects it is given for. */
const ROLE_ACTIONS: Readonly<Record<Role, readonly Action[]>> = {
	viewer: ['view'],
	analyst: ['view', 'analyse'],
	engineer: ['view', 'analyse', 'see-users', 'follow-users'],
	auditor: ['view', 'see-users', 'follow-users', 'audit'],
	admin: ACTIONS
};

export interface Grant {
	/** A project's id, or `EVERY_PROJECT`. */
	projectId: string;
	actions: readonly Action[];
	/** It lets nothing be changed. */
	readOnly?: true;
}

/** What whoever asks may see and do. */
export interface Access {
	/** Who is signed in. */
	person: { id: string; name: string } | null;
	/** The API key that was sent, by the beginning of its hash. */
	key: { id: string; name: string } | null;
	/** How and when the person showed who they are. */
	session: Pick<Session, 'id' | 'way' | 'freshAt'> | null;
	/** Whose name stands beside a change: the person's or the key's; empty for nobody. */
	author: string;
	/** The projects whose figures they may see, oldest first: the first is the one a link without a project means. */
	projects: Project[];
	/** Whether they may do something in a project; without one, in all there are. */
	may(action: Action, projectId?: string): boolean;
	/** The same of changing something: what is open to everybody at this machine is open to be read. */
	mayChange(action: Action, projectId?: string): boolean;
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
	const allows = (of: readonly Grant[], action: Action, projectId = EVERY_PROJECT) =>
		of.some(
			(grant) =>
				(grant.projectId === EVERY_PROJECT || grant.projectId === projectId) &&
				grant.actions.includes(action)
		);
	const seen = projects.filter(({ id }) => allows(grants, 'view', id));
	// What is not there is not open to those either who may see all that is there.
	const isSeen = (projectId?: string) =>
		projectId === undefined || seen.some(({ id }) => id === projectId);
	const changing = grants.filter(({ readOnly }) => !readOnly);
	return {
		...{ person, key: null, session: null, author: person?.name ?? '', projects: seen },
		may: (action, projectId) => allows(grants, action, projectId) && isSeen(projectId),
		mayChange: (action, projectId) => allows(changing, action, projectId) && isSeen(projectId)
	};
}

/** What roles allow. */
export function grantsOf(roles: readonly RoleIn[]): Grant[] {
	return roles.map(({ projectId, role }) => ({ projectId, actions: ROLE_ACTIONS[role] }));
}

/** The access of an administrator of everything. */
export function fullAccess(projects: readonly Project[], person: Access['person'] = null): Access {
	return accessOf({ person, projects, grants: [{ projectId: EVERY_PROJECT, actions: ACTIONS }] });
}

/** The project that a request is about: the one it names by `?project=`, else the first that whoever asks may see; undefined: there is none. */
export function askedProject(
	search: URLSearchParams,
	{ projects }: Pick<Access, 'projects'>
): string | undefined {
	return search.get('project') || projects[0]?.id;
}
