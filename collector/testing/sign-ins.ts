import { ref, uuidV7 } from './harness.ts';

/** A sign-in with its session, its user and its credential, each of them new: two events. */
export function signIn() {
	const shared = {
		session_id: uuidV7(),
		ceremony_id: uuidV7(),
		ceremony_type: 'authentication',
		user_ref: ref(),
		time_unix_ms: Date.now(),
		request: {}
	};
	const credential = { credential_ref: ref(), backup_eligible: true, backup_state: true };
	return [
		{ ...shared, id: uuidV7(), type: 'ceremony.started' },
		{
			...shared,
			id: uuidV7(),
			type: 'ceremony.finished',
			outcome: 'succeeded',
			elapsed_ms: 900,
			credential
		}
	];
}

/** Every figure that counts a sign-in must say the same number: each is one ceremony, session, user and use of a credential. */
export async function compareSignIns({
	query,
	acknowledged,
	ceremonies
}: {
	query<Row>(sql: string): Promise<Row[]>;
	/** Ids of events. */
	acknowledged: string[];
	ceremonies: number;
}): Promise<{
	/** Acknowledged events that are not in the database. */
	missing: number;
	/** Rows beyond one an event, ceremonies beyond one a ceremony, uses beyond one a credential, and so on. */
	duplicates: number;
}> {
	const events = await query<{ id: string }>(
		'SELECT toString(event_id) AS id FROM events_raw_v1 FINAL'
	);
	const stored = new Set(events.map(({ id }) => id));
	const [counts] = await query<Record<string, string>>(
		`SELECT (SELECT count() FROM ceremonies_v1 WHERE outcome = 'succeeded') AS ceremonies,
		(SELECT count() FROM sessions_v1) AS sessions,
		(SELECT count() FROM users_v1) AS users,
		(SELECT sum(uses_count) FROM credentials_v1) AS uses`
	);
	const beyond = Object.values(counts!).map((count) => Math.abs(Number(count) - ceremonies));
	return {
		missing: acknowledged.filter((id) => !stored.has(id)).length,
		duplicates: events.length - stored.size + beyond.reduce((sum, count) => sum + count, 0)
	};
}
