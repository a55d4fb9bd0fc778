import { randomUUID } from 'node:crypto';
import type { Settings } from '../open-settings.ts';
import type { PersonNoticeTable } from './access-schema.ts';

/** An e-mail that tells somebody that their ways to sign in, or keys that act for them, changed. */
export interface CredentialNotice {
	id: string;
	name: string;
	email: string;
	change: PersonNoticeTable['change'];
	/** Which passkey, provider or key; who made the link. */
	subject: string;
	changedAt: number;
	/** This attempt counted. */
	attempts: number;
}

/** Longer than an attempt may take: whoever took a notice and ended leaves it to be taken again. */
const CLAIMED_MS = 60_000;

/**
 * Where somebody can be told: what the identity provider says their address is, and where they have weekly e-mails sent. Two that differ are told
 * both: whoever changed one need not be them.
 */
export async function addressesOf(settings: Settings, personId: string): Promise<string[]> {
	const [identities, digests] = await Promise.all(
		(['person_identity', 'person_digest'] as const).map((table) =>
			settings.selectFrom(table).select('email').where('person_id', '=', personId).execute()
		)
	);
	const all = [...identities!, ...digests!].map(({ email }) => email.toLowerCase());
	return [...new Set(all)].filter((email) => email !== '');
}

/** Puts a notice for somebody into the queue, once for each of their addresses. */
export async function addCredentialNotice(
	settings: Settings,
	{
		personId,
		change,
		subject,
		addresses,
		now = Date.now()
	}: {
		personId: string;
		change: PersonNoticeTable['change'];
		subject: string;
		/** As they were before the change, which may have taken one. */
		addresses: readonly string[];
		now?: number;
	}
): Promise<void> {
	for (const email of addresses)
		await settings
			.insertInto('person_notice')
			.values({
				...{ id: randomUUID(), person_id: personId, email, change, subject },
				...{ changed_unix_ms: now, attempts: 0, next_unix_ms: now }
			})
			.execute();
}

/** Takes the notices that are due, each by one process alone. */
export async function claimCredentialNotices(
	settings: Settings,
	{ now }: { now: number }
): Promise<CredentialNotice[]> {
	const due = await settings
		.selectFrom('person_notice')
		.innerJoin('person', 'person.id', 'person_notice.person_id')
		.selectAll('person_notice')
		.select('person.name')
		.where('next_unix_ms', '<=', now)
		.orderBy('changed_unix_ms')
		.execute();
	const claimed: CredentialNotice[] = [];
	for (const { id, name, email, change, subject, changed_unix_ms, attempts } of due) {
		const { numUpdatedRows } = await settings
			.updateTable('person_notice')
			.set({ attempts: attempts + 1, next_unix_ms: now + CLAIMED_MS })
			.where('id', '=', id)
			.where('attempts', '=', attempts)
			.executeTakeFirst();
		if (numUpdatedRows === 1n)
			claimed.push({
				...{ id, name, email, change, subject },
				...{ changedAt: changed_unix_ms, attempts: attempts + 1 }
			});
	}
	return claimed;
}

/** Has a notice tried again at a later time. */
export async function postponeCredentialNotice(
	settings: Settings,
	{ id, nextAt }: { id: string; nextAt: number }
): Promise<void> {
	await settings
		.updateTable('person_notice')
		.set({ next_unix_ms: nextAt })
		.where('id', '=', id)
		.execute();
}

/** Forgets a notice that was sent, or that nobody takes. */
export async function endCredentialNotice(settings: Settings, id: string): Promise<void> {
	await settings.deleteFrom('person_notice').where('id', '=', id).execute();
}
