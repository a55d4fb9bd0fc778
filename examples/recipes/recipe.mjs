/**
 * Passlens from a Node server without the SDK (Node 18 or newer, nothing to install).
 *
 *   PASSLENS_ENDPOINT=http://localhost:7301 PASSLENS_KEY=sk_… node recipe.mjs USER CREDENTIAL_ID CEREMONY_ID [REASON]
 *
 * Limits: 500 events and 512 KiB a batch; hold at most 1000, drop the oldest and tell their number in `dropped_events`.
 * Retry: after a network error, 429 or 5xx the same events (the same ids), at Retry-After or later and later; never after another 4xx.
 */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const ATTEMPTS = 5;

/** Your own stable reference of a user, the same one the page or app gives. */
export const userRef = (reference) => oneWay('passlens:user:', Buffer.from(reference, 'utf8'));

/** The credential's raw id, as bytes. */
export const credentialRef = (rawId) => oneWay('passlens:credential:', rawId);

const oneWay = (prefix, bytes) =>
	createHash('sha256').update(prefix).update(bytes).digest('base64url');

/** Made once, where the event happens: a retry keeps it, so that what arrives twice counts once. */
export function uuidV7() {
	const bytes = randomBytes(16);
	bytes.writeUIntBE(Date.now(), 0, 6);
	bytes[6] = (bytes[6] & 0x0f) | 0x70;
	bytes[8] = (bytes[8] & 0x3f) | 0x80;
	return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** What your server decided of a sign-in. `ceremonyId` comes from the client, beside its response; a `reason` means refused. */
export const verdict = ({ ceremonyId, user, rawId, reason }) => ({
	type: 'ceremony.verdict',
	id: uuidV7(),
	time_unix_ms: Date.now(),
	ceremony_id: ceremonyId,
	ceremony_type: 'authentication',
	user_ref: userRef(user),
	verified: reason === undefined,
	...(reason !== undefined && { reason }),
	credential: { credential_ref: credentialRef(rawId) }
});

/** Call it beside the sign-in, never in its way. The receipt, or undefined when the events were given up. */
export async function send(events) {
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		const response = await fetch(`${process.env.PASSLENS_ENDPOINT}/v1/events`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${process.env.PASSLENS_KEY}`,
				'content-type': 'application/json'
			},
			body: JSON.stringify({
				schema_version: 1,
				sent_unix_ms: Date.now(),
				sdk: { name: 'recipe-node', version: '1' },
				context: { environment: 'production' },
				events
			}),
			signal: AbortSignal.timeout(10_000)
		}).catch(() => undefined);
		const body = await response?.text().catch(() => undefined);
		if (body !== undefined && response.ok) return JSON.parse(body);
		if (body !== undefined && response.status < 500 && response.status !== 429) {
			console.error(`Passlens refused: ${response.status} ${body}`);
			return undefined;
		}
		const seconds = Number(response?.headers.get('retry-after')) || 2 ** attempt * Math.random();
		await sleep(Math.min(60, seconds) * 1000);
	}
	return undefined;
}

if (import.meta.filename === process.argv[1]) {
	const [user, credentialId, ceremonyId, reason] = process.argv.slice(2);
	const rawId = Buffer.from(credentialId, 'base64url');
	console.log(JSON.stringify(await send([verdict({ ceremonyId, user, rawId, reason })])));
}
