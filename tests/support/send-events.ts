import { randomBytes, randomUUID } from 'node:crypto';
import type { PasslensEventInput } from '../../sdk/event/index.ts';
import { uuidV7 } from '../../sdk/shared/uuid-v7.ts';
import type { Passlens } from './passlens.ts';

type Ceremony = Extract<PasslensEventInput, { type: 'ceremony.started' | 'ceremony.finished' }>;

/** A sign-in with a synced passkey, as a site's page reports it: its start and its end. */
export function sampleEvents(context: Partial<Ceremony> = {}): Ceremony[] {
	const ceremony_id = uuidV7();
	const now = Date.now();
	const shared = {
		session_id: randomUUID(),
		user_ref: randomBytes(32).toString('base64url'),
		ceremony_id,
		ceremony_type: 'authentication' as const,
		request: { origin: 'https://example.com', rp_id: 'example.com', allow_count: 0 },
		...context
	};
	return [
		{ ...shared, type: 'ceremony.started', id: uuidV7(), time_unix_ms: now - 900 },
		{
			...shared,
			type: 'ceremony.finished',
			id: uuidV7(),
			time_unix_ms: now,
			outcome: 'succeeded',
			elapsed_ms: 900,
			credential: {
				credential_ref: randomBytes(32).toString('base64url'),
				authenticator_attachment: 'platform',
				user_present: true,
				user_verified: true,
				backup_eligible: true,
				backup_state: true
			}
		}
	] as Ceremony[];
}

/** Posts events to the collector as a server would: no Origin header. */
export async function sendEvents({
	passlens,
	key,
	events
}: {
	passlens: Pick<Passlens, 'collectorUrl'>;
	key: string;
	events: object[];
}): Promise<{ status: number; body: unknown }> {
	const response = await fetch(`${passlens.collectorUrl}/v1/events`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		body: JSON.stringify({
			schema_version: 1,
			sent_unix_ms: Date.now(),
			sdk: { name: 'passlens-tests', version: '0.0.0' },
			events
		})
	});
	return { status: response.status, body: await response.json() };
}
