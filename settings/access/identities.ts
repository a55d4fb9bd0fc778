import type { Settings } from '../open-settings.ts';
import { PeopleError, type RoleIn } from './people.ts';

/** Somebody as an identity provider names them, for good. */
export interface Identity {
	issuer: string;
	subject: string;
}

/** @returns whose it is; undefined: nobody's */
export async function findByIdentity(
	settings: Settings,
	{ issuer, subject }: Identity
): Promise<{ id: string; name: string } | undefined> {
	return settings
		.selectFrom('person_identity')
		.innerJoin('person', 'person.id', 'person_identity.person_id')
		.select(['person.id', 'person.name'])
		.where('issuer', '=', issuer)
		.where('subject', '=', subject)
		.executeTakeFirst();
}

/** A person's identities, oldest first. */
export async function listIdentities(
	settings: Settings,
	personId: string
): Promise<(Identity & { email: string; lastUsedAt: number })[]> {
	const rows = await settings
		.selectFrom('person_identity')
		.selectAll()
		.where('person_id', '=', personId)
		.orderBy('created_unix_ms')
		.execute();
	return rows.map(({ issuer, subject, email, last_used_unix_ms }) => ({
		...{ issuer, subject, email, lastUsedAt: last_used_unix_ms }
	}));
}

/** Keeps an identity for a person, or that it was used. @throws PeopleError when it is somebody else's */
export async function keepIdentity(
	settings: Settings,
	{
		issuer,
		subject,
		personId,
		email,
		now = Date.now()
	}: Identity & { personId: string; email: string; now?: number }
): Promise<void> {
	const row = await settings
		.insertInto('person_identity')
		.values({
			...{ issuer, subject, person_id: personId, email },
			...{ created_unix_ms: now, last_used_unix_ms: now }
		})
		.onConflict((conflict) =>
			conflict
				.columns(['issuer', 'subject'])
				.doUpdateSet({ email, last_used_unix_ms: now })
				.where('person_identity.person_id', '=', personId)
		)
		.returning('person_id')
		.executeTakeFirst();
	if (!row)
		throw new PeopleError('taken', 'person', 'This account there belongs to somebody else here.');
}

/** Forgets a person's identities. @throws PeopleError when they have no passkey, which would lock them out */
export async function removeIdentities(settings: Settings, personId: string): Promise<void> {
	const passkey = await settings
		.selectFrom('person_passkey')
		.select('id')
		.where('person_id', '=', personId)
		.limit(1)
		.executeTakeFirst();
	if (!passkey)
		throw new PeopleError(
			'last_passkey',
			'passkey',
			'You have no passkey here: add one first, or you could not sign in again.'
		);
	await settings.deleteFrom('person_identity').where('person_id', '=', personId).execute();
	await setGroupRoles(settings, { personId, roles: [] });
}

/** What groups give somebody, as of their last sign-in through the provider. */
export async function groupRolesOf(settings: Settings, personId: string): Promise<RoleIn[]> {
	const rows = await settings
		.selectFrom('person_group_role')
		.select(['project_id', 'role'])
		.where('person_id', '=', personId)
		.orderBy('project_id')
		.orderBy('role')
		.execute();
	return rows.map(({ project_id, role }) => ({ projectId: project_id, role }));
}

/** Puts what groups give in the place of what they gave. @returns whether it is something else */
export async function setGroupRoles(
	settings: Settings,
	{ personId, roles }: { personId: string; roles: readonly RoleIn[] }
): Promise<boolean> {
	const write = (all: readonly RoleIn[]) =>
		all.map(({ projectId, role }) => `${role} ${projectId}`).sort();
	return settings.transaction().execute(async (transaction) => {
		const before = await groupRolesOf(transaction, personId);
		if (write(before).join() === write(roles).join()) return false;
		await transaction.deleteFrom('person_group_role').where('person_id', '=', personId).execute();
		for (const { projectId, role } of roles)
			await transaction
				.insertInto('person_group_role')
				.values({ person_id: personId, project_id: projectId, role })
				.execute();
		return true;
	});
}
