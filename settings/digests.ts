import { newToken } from './access/secrets.ts';
import { isEmailAddress } from './alert-channels.ts';
import type { Settings } from './open-settings.ts';

/** Somebody who gets a project's weekly e-mail. */
export interface DigestSubscription {
	/** Whoever knows it may end it: the link in each e-mail holds it. */
	id: string;
	personId: string;
	projectId: string;
	email: string;
	/** Monday on which the newest was sent; of a new one, the Monday before it was asked for. */
	sentOn: string;
	/** What went wrong at the last attempt; empty when nothing did. */
	lastError: string;
}

/** Subscriptions by project: one person's, or everybody's. */
export async function listDigests(
	settings: Settings,
	personId?: string
): Promise<DigestSubscription[]> {
	let query = settings.selectFrom('person_digest').selectAll().orderBy('project_id').orderBy('id');
	if (personId !== undefined) query = query.where('person_id', '=', personId);
	return (await query.execute()).map(toSubscription);
}

/** @returns undefined when there is no such subscription any more */
export async function findDigest(
	settings: Settings,
	id: string
): Promise<DigestSubscription | undefined> {
	const row = await settings
		.selectFrom('person_digest')
		.selectAll()
		.where('id', '=', id)
		.executeTakeFirst();
	return row && toSubscription(row);
}

/**
 * Has a project's digest sent to somebody from the next Monday on, in the place of what they had asked for before.
 *
 * @param monday the Monday of the week it is
 */
export async function subscribeToDigest(
	settings: Settings,
	given: { personId: string; projectId: string; email: string; monday: string }
): Promise<{ mistake: { field: 'email'; message: string } } | undefined> {
	const email = given.email.trim();
	if (!isEmailAddress(email))
		return {
			mistake: { field: 'email', message: 'Give one e-mail address, such as you@example.com.' }
		};
	const { personId, projectId, monday } = given;
	await settings
		.insertInto('person_digest')
		.values({
			...{ id: newToken(), person_id: personId, project_id: projectId, email },
			...{ sent_on: monday, tried_unix_ms: 0, last_error: '' }
		})
		.onConflict((conflict) =>
			conflict.columns(['person_id', 'project_id']).doUpdateSet({ email, last_error: '' })
		)
		.execute();
	return undefined;
}

export async function endDigest(settings: Settings, id: string): Promise<void> {
	await settings.deleteFrom('person_digest').where('id', '=', id).execute();
}

/**
 * Takes a project's subscriptions that have not had the digest of this Monday, each by one process alone; whoever took one and said nothing
 * leaves it to be taken again after `againMs`.
 */
export async function claimDigests(
	settings: Settings,
	asked: { projectId: string; monday: string; now: number; againMs: number }
): Promise<DigestSubscription[]> {
	const { projectId, monday, now, againMs } = asked;
	const due = await settings
		.selectFrom('person_digest')
		.selectAll()
		.where('project_id', '=', projectId)
		.where('sent_on', '<', monday)
		.where('tried_unix_ms', '<=', now - againMs)
		.execute();
	const claimed: DigestSubscription[] = [];
	for (const row of due) {
		const { numUpdatedRows } = await settings
			.updateTable('person_digest')
			.set({ tried_unix_ms: now })
			.where('id', '=', row.id)
			.where('tried_unix_ms', '=', row.tried_unix_ms)
			.where('sent_on', '=', row.sent_on)
			.executeTakeFirst();
		if (numUpdatedRows === 1n) claimed.push(toSubscription(row));
	}
	return claimed;
}

/** Notes how sending it went. */
export async function tellDigest(
	settings: Settings,
	told: { id: string; sentOn: string } | { id: string; lastError: string }
): Promise<void> {
	await settings
		.updateTable('person_digest')
		.set(
			'sentOn' in told
				? { sent_on: told.sentOn, last_error: '' }
				: { last_error: told.lastError.slice(0, 500) }
		)
		.where('id', '=', told.id)
		.execute();
}

const toSubscription = (row: {
	id: string;
	person_id: string;
	project_id: string;
	email: string;
	sent_on: string;
	last_error: string;
}): DigestSubscription => ({
	...{ id: row.id, personId: row.person_id, projectId: row.project_id, email: row.email },
	...{ sentOn: row.sent_on, lastError: row.last_error }
});
