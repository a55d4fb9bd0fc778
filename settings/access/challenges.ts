import type { Settings } from '../open-settings.ts';
import type { PersonChallengeTable } from './access-schema.ts';
import { digest } from './secrets.ts';

const LASTS_MS = 5 * 60_000;
/** Anybody may ask for one: of each purpose so many are kept, the newest, so that a stranger who asks for many keeps nobody from signing in. */
const MOST = 5_000;

interface Given {
	/** The token of the cookie that the browser was given with it. */
	browser: string;
	purpose: PersonChallengeTable['purpose'];
	/** Who is to get the passkey; of an invitation, its id. */
	subject?: string;
	userHandle?: string;
}

/** Keeps a challenge for one answer, from this browser, for five minutes. */
export async function keepChallenge(
	settings: Settings,
	{
		challenge,
		browser,
		purpose,
		subject = '',
		userHandle = '',
		now = Date.now(),
		most = MOST
	}: Given & { challenge: string; now?: number; most?: number }
): Promise<void> {
	await settings
		.insertInto('person_challenge')
		.values({
			...{ id: digest(challenge), browser: digest(browser), purpose, subject },
			...{ user_handle: userHandle, expires_unix_ms: now + LASTS_MS }
		})
		.execute();
	await settings.deleteFrom('person_challenge').where('expires_unix_ms', '<=', now).execute();
	await forgetOldest(settings, { purpose, most });
}

async function forgetOldest(
	settings: Settings,
	{ purpose, most }: Pick<Given, 'purpose'> & { most: number }
): Promise<void> {
	const tooMany = await settings
		.selectFrom('person_challenge')
		.select('expires_unix_ms')
		.where('purpose', '=', purpose)
		.orderBy('expires_unix_ms', 'desc')
		.limit(1)
		.offset(most)
		.executeTakeFirst();
	if (!tooMany) return;
	await settings
		.deleteFrom('person_challenge')
		.where('purpose', '=', purpose)
		.where('expires_unix_ms', '<=', tooMany.expires_unix_ms)
		.execute();
}

/** Takes a challenge, which nobody can take again; undefined when this browser was not given it for this purpose, or too long ago. */
export async function takeChallenge(
	settings: Settings,
	{
		challenge,
		browser,
		purpose,
		now = Date.now()
	}: Pick<Given, 'browser' | 'purpose'> & { challenge: string; now?: number }
): Promise<{ subject: string; userHandle: string; givenAt: number } | undefined> {
	const row = await settings
		.deleteFrom('person_challenge')
		.where('id', '=', digest(challenge))
		.where('browser', '=', digest(browser))
		.where('purpose', '=', purpose)
		.returning(['subject', 'user_handle', 'expires_unix_ms'])
		.executeTakeFirst();
	if (!row || row.expires_unix_ms <= now) return undefined;
	const givenAt = row.expires_unix_ms - LASTS_MS;
	return { subject: row.subject, userHandle: row.user_handle, givenAt };
}
