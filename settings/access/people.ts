import { randomUUID } from 'node:crypto';
import { isEmailAddress } from '../alert-channels.ts';
import type { Settings } from '../open-settings.ts';
import type { PersonPasskeyTable, ProjectRoleTable } from './access-schema.ts';
import { newToken } from './secrets.ts';

export const ROLES = [
	'viewer',
	'analyst',
	'engineer',
	'auditor',
	'admin'
] as const satisfies readonly ProjectRoleTable['role'][];
export type Role = (typeof ROLES)[number];

/**
 * `view`: a project's figures. `analyse`: annotate, keep segments, decide about failures. `see-users`: rows of single people's
 * ceremonies and passkeys. `follow-users`: all that one user did, found by the site's own reference. `audit`: policies, evidence and
 * who did what. `administer`: keys, origins, people.
 */
export const ACTIONS = [
	'view',
	'analyse',
	'see-users',
	'follow-users',
	'audit',
	'administer'
] as const;
export type Action = (typeof ACTIONS)[number];

/** All projects, those to come as well. */
export const EVERY_PROJECT = '*';

export interface RoleIn {
	/** A project's id, or `EVERY_PROJECT`. */
	projectId: string;
	role: Role;
}

export interface Person {
	id: string;
	name: string;
	createdAt: number;
	roles: RoleIn[];
	/** What groups give while they are signed in through the provider, as of their last sign-in there. */
	groupRoles: RoleIn[];
	passkeys: number;
	/** How the provider knows them. */
	identities: { issuer: string; email: string }[];
	/** The newest request of a session that is still kept. */
	seenAt: number | undefined;
}

/** A passkey of somebody who may sign in, as verified and listed. */
export interface Passkey {
	/** base64url. */
	id: string;
	personId: string;
	name: string;
	publicKey: Uint8Array<ArrayBuffer>;
	counter: number;
	transports: string[];
	aaguid: string;
	backupEligible: boolean;
	backupState: boolean;
	createdAt: number;
	lastUsedAt: number | undefined;
}

export class PeopleError extends Error {
	readonly code:
		| 'not_found'
		| 'last_admin'
		| 'last_passkey'
		| 'invalid_name'
		| 'invalid_role'
		| 'invalid_days'
		| 'invalid_email'
		| 'taken';
	readonly field: 'person' | 'passkey' | 'name' | 'role' | 'days' | 'key' | 'email';
	constructor(code: PeopleError['code'], field: PeopleError['field'], message: string) {
		super(message);
		this.code = code;
		this.field = field;
	}
}

const LONGEST_NAME = 80;

/** A person's name as it is kept. @throws PeopleError when it is empty or too long */
export function readName(name: string): string {
	const trimmed = name.trim().replace(/\s+/g, ' ');
	if (trimmed === '') throw new PeopleError('invalid_name', 'name', 'Enter a name.');
	if (trimmed.length > LONGEST_NAME)
		throw new PeopleError(
			'invalid_name',
			'name',
			`The name has ${trimmed.length} characters; ${LONGEST_NAME} are kept.`
		);
	return trimmed;
}

/** An address as it is kept: in lower case. @throws PeopleError when it is none */
export function readEmail(email: string): string {
	const trimmed = email.trim().toLowerCase();
	if (isEmailAddress(trimmed)) return trimmed;
	throw new PeopleError(
		'invalid_email',
		'email',
		'This is no e-mail address: write it as kim@example.com.'
	);
}

/** @throws PeopleError when there is no such role */
export function readRole(role: string): Role {
	const found = ROLES.find((known) => known === role);
	if (found) return found;
	throw new PeopleError('invalid_role', 'role', `A role is one of ${ROLES.join(', ')}.`);
}

/** Everybody who may sign in, oldest first. */
export async function listPeople(settings: Settings): Promise<Person[]> {
	const [people, roles, groupRoles, passkeys, identities, sessions] = await Promise.all([
		settings.selectFrom('person').selectAll().orderBy('created_unix_ms').execute(),
		settings.selectFrom('project_role').selectAll().orderBy('project_id').execute(),
		settings.selectFrom('person_group_role').selectAll().orderBy('project_id').execute(),
		settings.selectFrom('person_passkey').select('person_id').execute(),
		settings.selectFrom('person_identity').select(['person_id', 'issuer', 'email']).execute(),
		settings.selectFrom('person_session').select(['person_id', 'seen_unix_ms']).execute()
	]);
	return people.map(({ id, name, created_unix_ms }) => {
		const own = <Row extends { person_id: string }>(rows: Row[]) =>
			rows.filter(({ person_id }) => person_id === id);
		const seen = own(sessions).map((row) => row.seen_unix_ms);
		return {
			...{ id, name, createdAt: created_unix_ms },
			...{ roles: own(roles).map(toRole), groupRoles: own(groupRoles).map(toRole) },
			passkeys: own(passkeys).length,
			identities: own(identities).map(({ issuer, email }) => ({ issuer, email })),
			seenAt: seen.length > 0 ? Math.max(...seen) : undefined
		};
	});
}

/** Whether nobody can sign in yet. */
export async function nobodyIsThere(settings: Settings): Promise<boolean> {
	const found = await settings.selectFrom('person').select('id').limit(1).executeTakeFirst();
	return found === undefined;
}

/** @returns undefined when there is no such person */
export async function findPerson(
	settings: Settings,
	id: string
): Promise<{ id: string; name: string; userHandle: string } | undefined> {
	const row = await settings
		.selectFrom('person')
		.select(['id', 'name', 'user_handle'])
		.where('id', '=', id)
		.executeTakeFirst();
	return row && { id: row.id, name: row.name, userHandle: row.user_handle };
}

/** What somebody may do, and where, whichever way they signed in. */
export async function rolesOf(settings: Settings, personId: string): Promise<RoleIn[]> {
	const rows = await settings
		.selectFrom('project_role')
		.select(['project_id', 'role'])
		.where('person_id', '=', personId)
		.execute();
	return rows.map(toRole);
}

const toRole = ({ project_id, role }: { project_id: string; role: Role }): RoleIn => ({
	...{ projectId: project_id, role }
});

/** Makes a person with their roles; a passkey follows. @throws PeopleError */
export async function addPerson(
	settings: Settings,
	{
		name,
		roles,
		userHandle = newToken()
	}: { name: string; roles: readonly RoleIn[]; userHandle?: string }
): Promise<{ id: string; name: string }> {
	const person = { id: randomUUID(), name: readName(name) };
	await settings
		.insertInto('person')
		.values({ ...person, user_handle: userHandle, created_unix_ms: Date.now() })
		.execute();
	for (const { projectId, role } of roles)
		await settings
			.insertInto('project_role')
			.values({ person_id: person.id, project_id: projectId, role })
			.execute();
	return person;
}

/** Gives a role in a project, or takes it (`undefined`). @throws PeopleError when nobody would be left who administers everything */
export async function setRole(
	settings: Settings,
	{ personId, projectId, role }: { personId: string; projectId: string; role: Role | undefined }
): Promise<void> {
	await requirePerson(settings, personId);
	await settings.transaction().execute(async (transaction) => {
		await transaction
			.deleteFrom('project_role')
			.where('person_id', '=', personId)
			.where('project_id', '=', projectId)
			.execute();
		if (role)
			await transaction
				.insertInto('project_role')
				.values({ person_id: personId, project_id: projectId, role })
				.execute();
		await requireAdmin(transaction);
	});
}

/** Removes somebody with their passkeys, roles, sessions and open links. @throws PeopleError when they are the last administrator */
export async function removePerson(settings: Settings, personId: string): Promise<void> {
	await requirePerson(settings, personId);
	await settings.transaction().execute(async (transaction) => {
		await transaction.deleteFrom('person').where('id', '=', personId).execute();
		await transaction.deleteFrom('invitation').where('person_id', '=', personId).execute();
		await requireAdmin(transaction);
	});
}

/** Without an administrator of everything nobody could ever let anybody in again. */
async function requireAdmin(settings: Settings): Promise<void> {
	const admin = await settings
		.selectFrom('project_role')
		.select('person_id')
		.where('project_id', '=', EVERY_PROJECT)
		.where('role', '=', 'admin')
		.limit(1)
		.executeTakeFirst();
	if (!admin)
		throw new PeopleError(
			'last_admin',
			'role',
			'This is the last administrator of all projects: make somebody else one first.'
		);
}

async function requirePerson(settings: Settings, id: string): Promise<void> {
	if (!(await findPerson(settings, id)))
		throw new PeopleError('not_found', 'person', 'There is no such person any more.');
}

/** Keeps a passkey that was verified. */
export async function addPasskey(
	settings: Settings,
	passkey: Omit<Passkey, 'createdAt' | 'lastUsedAt'>
): Promise<void> {
	await settings
		.insertInto('person_passkey')
		.values({
			...{ id: passkey.id, person_id: passkey.personId, name: passkey.name },
			public_key: Buffer.from(passkey.publicKey).toString('base64url'),
			...{ counter: passkey.counter, transports: JSON.stringify(passkey.transports) },
			aaguid: passkey.aaguid,
			backup_eligible: Number(passkey.backupEligible),
			backup_state: Number(passkey.backupState),
			...{ created_unix_ms: Date.now(), last_used_unix_ms: null }
		})
		.execute();
}

/** A person's passkeys, oldest first. */
export async function listPasskeys(settings: Settings, personId: string): Promise<Passkey[]> {
	const rows = await settings
		.selectFrom('person_passkey')
		.selectAll()
		.where('person_id', '=', personId)
		.orderBy('created_unix_ms')
		.execute();
	return rows.map(toPasskey);
}

/** @returns undefined when nobody has it */
export async function findPasskey(settings: Settings, id: string): Promise<Passkey | undefined> {
	const row = await settings
		.selectFrom('person_passkey')
		.selectAll()
		.where('id', '=', id)
		.executeTakeFirst();
	return row && toPasskey(row);
}

/** Keeps what a verified sign-in told. */
export async function recordPasskeyUse(
	settings: Settings,
	{ id, counter, backupState }: Pick<Passkey, 'id' | 'counter' | 'backupState'>
): Promise<void> {
	await settings
		.updateTable('person_passkey')
		.set({ counter, backup_state: Number(backupState), last_used_unix_ms: Date.now() })
		.where('id', '=', id)
		.execute();
}

/** Whether somebody can sign in through a provider. */
async function hasIdentity(settings: Settings, personId: string): Promise<boolean> {
	const found = await settings
		.selectFrom('person_identity')
		.select('subject')
		.where('person_id', '=', personId)
		.limit(1)
		.executeTakeFirst();
	return found !== undefined;
}

/** Forgets a passkey of this person. @throws PeopleError when it is their last, which would lock them out */
export async function removePasskey(
	settings: Settings,
	{ personId, id }: { personId: string; id: string }
): Promise<void> {
	const all = await listPasskeys(settings, personId);
	if (!all.some((passkey) => passkey.id === id))
		throw new PeopleError('not_found', 'passkey', 'This passkey is gone already.');
	if (all.length === 1 && !(await hasIdentity(settings, personId)))
		throw new PeopleError(
			'last_passkey',
			'passkey',
			'This is your only passkey here: add another first, or you could not sign in again.'
		);
	await settings
		.deleteFrom('person_passkey')
		.where('person_id', '=', personId)
		.where('id', '=', id)
		.execute();
}

function toPasskey(row: PersonPasskeyTable): Passkey {
	return {
		...{ id: row.id, personId: row.person_id, name: row.name, aaguid: row.aaguid },
		publicKey: new Uint8Array(Buffer.from(row.public_key, 'base64url')),
		counter: row.counter,
		transports: JSON.parse(row.transports) as string[],
		backupEligible: row.backup_eligible === 1,
		backupState: row.backup_state === 1,
		createdAt: row.created_unix_ms,
		lastUsedAt: row.last_used_unix_ms ?? undefined
	};
}
