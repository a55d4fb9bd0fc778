import { noteAudit, type Actor } from '../../../../../settings/access/audit-log.ts';
import {
	findByIdentity,
	keepIdentity,
	setGroupRoles
} from '../../../../../settings/access/identities.ts';
import {
	endInvitation,
	findInvitationFor,
	type Invitation
} from '../../../../../settings/access/invitations.ts';
import { addPerson, rolesOf, type RoleIn } from '../../../../../settings/access/people.ts';
import type { SignInProvider } from '../../../../../settings/access/sign-in-provider.ts';
import type { Settings } from '../../../../../settings/open-settings.ts';
import type { Claims, Vouched } from './finish-provider.ts';
import { refuseBy } from './provider-refusal.ts';

/**
 * Who signs in, made if they are new, with the roles of their groups and no others of those. Known by issuer and subject; an
 * address finds an invitation alone, and only one that the provider has verified.
 *
 * @throws SignInError when nothing lets them in
 */
export async function letIn(
	store: Settings,
	{ provider, claims }: Pick<Vouched, 'provider' | 'claims'>
): Promise<{ id: string; name: string }> {
	const roles = rolesByGroup(provider, claims.groups);
	const known = await findByIdentity(store, claims);
	const invitation = known ? undefined : await invitationOf(store, claims);
	const person = known ?? (await newcomer(store, { provider, claims, roles, invitation }));
	const actor: Actor = { kind: 'person', ...person };
	if (await setGroupRoles(store, { personId: person.id, roles }))
		await noteAudit(store, {
			...{ actor, action: 'changed', subject: 'roles by group' },
			detail: { roles: roles.map(({ projectId, role }) => `${role} of ${projectId}`).join(', ') }
		});
	// After the roles were taken: who is refused has none left.
	if (known && !(await mayEnter(store, { provider, roles, personId: known.id })))
		throw refusalOf(provider);
	await keepIdentity(store, { ...claims, personId: person.id });
	return person;
}

/** What somebody's groups give; one project may come by several. */
function rolesByGroup({ roles }: SignInProvider, groups: readonly string[]): RoleIn[] {
	const given = roles
		.filter(({ group }) => groups.includes(group))
		.map(({ projectId, role }) => ({ projectId, role }));
	return [...new Map(given.map((one) => [`${one.role} ${one.projectId}`, one])).values()];
}

async function invitationOf(store: Settings, { email }: Claims): Promise<Invitation | undefined> {
	return email === '' ? undefined : findInvitationFor(store, { email });
}

async function newcomer(
	store: Settings,
	{
		provider,
		claims,
		roles,
		invitation
	}: {
		provider: SignInProvider;
		claims: Claims;
		roles: readonly RoleIn[];
		invitation: Invitation | undefined;
	}
): Promise<{ id: string; name: string }> {
	const invited = provider.withoutGroup === 'invited' && invitation !== undefined;
	if (roles.length === 0 && !invited) throw refusalOf(provider);
	// Of two who use an invitation at the same moment, one gets in by it.
	const used = invitation && (await endInvitation(store, invitation.id)) ? invitation : undefined;
	if (roles.length === 0 && !used) throw refusalOf(provider);
	const person = await addPerson(store, {
		name: (used?.name ?? claims.name).slice(0, 80),
		roles: used?.roles ?? []
	});
	await noteAudit(store, {
		...{ actor: { kind: 'person', ...person }, action: 'joined' },
		detail: { by: provider.name, ...(used && { link: used.kind, 'invited by': used.createdBy }) }
	});
	return person;
}

async function mayEnter(
	store: Settings,
	{
		provider,
		roles,
		personId
	}: { provider: SignInProvider; roles: readonly RoleIn[]; personId: string }
): Promise<boolean> {
	if (roles.length > 0) return true;
	return provider.withoutGroup === 'invited' && (await rolesOf(store, personId)).length > 0;
}

const refusalOf = ({ withoutGroup }: SignInProvider) =>
	refuseBy(withoutGroup === 'invited' ? 'not_invited' : 'no_group');
