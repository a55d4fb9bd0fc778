import type { Store } from './open-store.ts';
import type { Session } from './sessions.ts';
import type { ChallengeTable } from './store-schema.ts';

const CHALLENGE_MINUTES = 5;

/** A challenge handed back: it can be used this once. */
export interface TakenChallenge {
	challenge: string;
	userVerification: ChallengeTable['user_verification'];
	conditional: boolean;
	expired: boolean;
}

/** Keeps the challenge of options just made. It is good for one answer, from this session, for five minutes. */
export async function keepChallenge(
	store: Store,
	{
		challenge,
		session,
		purpose,
		userVerification,
		conditional = false,
		now = Date.now()
	}: {
		challenge: string;
		session: Session;
		purpose: ChallengeTable['purpose'];
		userVerification: ChallengeTable['user_verification'];
		conditional?: boolean;
		now?: number;
	}
): Promise<void> {
	await store
		.insertInto('challenge')
		.values({
			challenge,
			session_hash: session.hash,
			purpose,
			user_verification: userVerification,
			conditional: Number(conditional),
			expires_unix_ms: now + CHALLENGE_MINUTES * 60_000
		})
		.execute();
}

/**
 * Takes the challenge that a response's clientDataJSON names, so that the same response can't be used twice.
 * Undefined when this session was never given it for this purpose, or has used it already.
 */
export async function takeChallenge(
	store: Store,
	{
		clientDataJSON,
		session,
		purpose,
		now = Date.now()
	}: {
		clientDataJSON: string;
		session: Session;
		purpose: ChallengeTable['purpose'];
		now?: number;
	}
): Promise<TakenChallenge | undefined> {
	const challenge = readChallenge(clientDataJSON);
	if (!challenge) return undefined;
	const row = await store
		.deleteFrom('challenge')
		.where('challenge', '=', challenge)
		.where('session_hash', '=', session.hash)
		.where('purpose', '=', purpose)
		.returning(['user_verification', 'conditional', 'expires_unix_ms'])
		.executeTakeFirst();
	return (
		row && {
			challenge,
			userVerification: row.user_verification,
			conditional: row.conditional === 1,
			expired: row.expires_unix_ms <= now
		}
	);
}

function readChallenge(clientDataJSON: string): string | undefined {
	try {
		const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
		const challenge = (data as { challenge?: unknown }).challenge;
		return typeof challenge === 'string' ? challenge : undefined;
	} catch {
		return undefined;
	}
}
