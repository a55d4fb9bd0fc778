import type { Selectable } from 'kysely';
import type { Settings } from '../open-settings.ts';
import type { InvitationTable } from './access-schema.ts';
import { EVERY_PROJECT, readEmail, readName, type RoleIn } from './people.ts';
import { digest, newToken } from './secrets.ts';

const DAY_MS = 86_400_000;
/** How long links last. A set-up link is made anew by each start. */
export const LINK_DAYS = { 'set-up': 1, invite: 7, recovery: 1 } as const;

/** A link that makes somebody a passkey: it works once. */
export interface Invitation {
	/** Hash of the link's token. */
	id: string;
	kind: InvitationTable['kind'];
	/** Who is meant. */
	name: string;
	/** Of a recovery: who is there already. */
	personId: string | undefined;
	/** Whom the identity provider may let in by it. */
	email: string | undefined;
	roles: RoleIn[];
	createdBy: string;
	createdAt: number;
	expiresAt: number;
}

/** @returns the link's token, which is kept nowhere else. @throws PeopleError */
export async function invite(
	settings: Settings,
	{
		kind = 'invite',
		name,
		roles = [],
		personId,
		email,
		by,
		now = Date.now()
	}: {
		kind?: Invitation['kind'];
		name: string;
		roles?: readonly RoleIn[];
		personId?: string;
		/** Left out or empty: the link alone lets in. */
		email?: string | undefined;
		/** Who asked for it. */
		by: string;
		now?: number;
	}
): Promise<string> {
	const token = newToken();
	await settings.deleteFrom('invitation').where('expires_unix_ms', '<=', now).execute();
	await settings
		.insertInto('invitation')
		.values({
			...{ id: digest(token), kind, name: kind === 'set-up' ? '' : readName(name) },
			...{ person_id: personId ?? null, email: email ? readEmail(email) : null },
			roles: JSON.stringify(roles.map(({ projectId, role }) => [projectId, role])),
			...{ created_by: by, created_unix_ms: now },
			expires_unix_ms: now + LINK_DAYS[kind] * DAY_MS
		})
		.execute();
	return token;
}

/** The link of the first start, which makes its reader the administrator of everything; earlier ones end. */
export async function inviteFirst(settings: Settings): Promise<string> {
	await settings.deleteFrom('invitation').where('kind', '=', 'set-up').execute();
	const roles = [{ projectId: EVERY_PROJECT, role: 'admin' }] as const;
	return invite(settings, { kind: 'set-up', name: '', roles, by: 'npm start' });
}

/** Links that still work, newest first. */
export async function listInvitations(
	settings: Settings,
	{ now = Date.now() }: { now?: number } = {}
): Promise<Invitation[]> {
	const rows = await settings
		.selectFrom('invitation')
		.selectAll()
		.where('expires_unix_ms', '>', now)
		.orderBy('created_unix_ms', 'desc')
		.execute();
	return rows.map(toInvitation);
}

/** What a link's token stands for; undefined when it was used, withdrawn or is too old. */
export async function findInvitation(
	settings: Settings,
	{ token, now = Date.now() }: { token: string; now?: number }
): Promise<Invitation | undefined> {
	const row = await settings
		.selectFrom('invitation')
		.selectAll()
		.where('id', '=', digest(token))
		.where('expires_unix_ms', '>', now)
		.executeTakeFirst();
	return row && toInvitation(row);
}

/** The invitation of somebody whom the provider knows by this verified address. */
export async function findInvitationFor(
	settings: Settings,
	{ email, now = Date.now() }: { email: string; now?: number }
): Promise<Invitation | undefined> {
	const row = await settings
		.selectFrom('invitation')
		.selectAll()
		.where('kind', '=', 'invite')
		.where('email', '=', email.trim().toLowerCase())
		.where('expires_unix_ms', '>', now)
		.orderBy('created_unix_ms', 'desc')
		.executeTakeFirst();
	return row && toInvitation(row);
}

/** Ends a link. @returns whether it was there: of two who use one at the same moment, one gets in */
export async function endInvitation(settings: Settings, id: string): Promise<boolean> {
	const { numDeletedRows } = await settings
		.deleteFrom('invitation')
		.where('id', '=', id)
		.executeTakeFirstOrThrow();
	return numDeletedRows > 0n;
}

function toInvitation(row: Selectable<InvitationTable>): Invitation {
	const roles = JSON.parse(row.roles) as [string, RoleIn['role']][];
	return {
		...{ id: row.id, kind: row.kind, name: row.name, personId: row.person_id ?? undefined },
		email: row.email ?? undefined,
		roles: roles.map(([projectId, role]) => ({ projectId, role })),
		...{ createdBy: row.created_by, createdAt: row.created_unix_ms },
		expiresAt: row.expires_unix_ms
	};
}
