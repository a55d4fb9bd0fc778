import type { RequestEvent } from '@sveltejs/kit';
import { findApiKey } from '../../../../settings/access/api-keys.ts';
import { groupRolesOf } from '../../../../settings/access/identities.ts';
import { rolesOf, type RoleIn } from '../../../../settings/access/people.ts';
import { readSession, type Session } from '../../../../settings/access/sessions.ts';
import { DEMO_PROJECT } from '../../../../settings/demo-runs.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import type { Project } from '../../../../settings/projects.ts';
import { projects } from '../projects.ts';
import { settings } from '../settings.ts';
import { accessOf, grantsOf, type Access, type Action, type Grant } from './access.ts';
import { sessionToken } from './cookies.ts';
import { isAtThisMachine } from './own-address.ts';

/** What nobody's passkeys are in: made up, or one's own at this machine. It can be read there without a sign-in. */
const OPEN_PROJECTS: readonly Grant[] = ['playground', DEMO_PROJECT].map((projectId) => ({
	projectId,
	actions: ['view', 'see-users', 'follow-users', 'audit'],
	readOnly: true
}));

type Asked = Pick<RequestEvent, 'cookies' | 'request' | 'getClientAddress' | 'url'>;

/**
 * What whoever sent this request may see and do: by their session, and by being at this machine; or, of the API, by its key alone.
 *
 * @returns undefined when an API key was sent that is unknown, withdrawn or too old
 */
export async function readAccess(event: Asked): Promise<Access | undefined> {
	const all = await projects();
	const key = event.url.pathname.startsWith('/api/') ? sentKey(event) : undefined;
	if (key) return readKeyAccess(key, all);
	const store = await settings();
	const session = await readSession(store, { token: sessionToken(event) });
	const person = session ? { id: session.personId, name: session.name } : null;
	const grants = session ? grantsOf(await sessionRoles(store, session)) : [];
	const own = { ...accessOf({ person, grants, projects: all }), session: session ?? null };
	if (!isAtThisMachine(event)) return own;
	const here = accessOf({ person, grants: [...grants, ...OPEN_PROJECTS], projects: all });
	// One's own come first: a link without a project means the first.
	return {
		...here,
		session: own.session,
		projects: [...new Set([...own.projects, ...here.projects])]
	};
}

/** Groups are the provider's word: it counts in sessions that it vouched for, and not where a passkey of old would let somebody in who left. */
export async function sessionRoles(
	store: Settings,
	{ personId, way }: Pick<Session, 'personId' | 'way'>
): Promise<RoleIn[]> {
	const own = await rolesOf(store, personId);
	return way === 'provider' ? [...own, ...(await groupRolesOf(store, personId))] : own;
}

/** A key of the dashboard; those of projects (`sk_…`) are for what takes them. */
function sentKey({ request }: Asked): string | undefined {
	return /^Bearer +(plk_[\w-]{1,100})$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}

async function readKeyAccess(key: string, all: readonly Project[]): Promise<Access | undefined> {
	const found = await findApiKey(await settings(), { key });
	if (!found) return undefined;
	const { id, name, projectId, actions } = found;
	const grants = [{ projectId, actions: actions as Action[] }];
	return { ...accessOf({ person: null, grants, projects: all }), key: { id, name }, author: name };
}
