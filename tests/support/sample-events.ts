import { randomBytes, randomUUID } from 'node:crypto';
import type { EventInputOf, PasslensEventInput } from '../../sdk/event/index.ts';
import { userReference } from '../../sdk/common/references.ts';
import { uuidV7 } from '../../sdk/common/uuid-v7.ts';

type Credential = NonNullable<EventInputOf<'ceremony.finished'>['credential']>;
type CeremonyType = 'registration' | 'authentication';

/** Somebody's visit to a site: what their page reports, and what its server adds. */
export interface Visit {
	/** Sent with the public key. */
	page: PasslensEventInput[];
	/** Sent with the server's key. */
	server: PasslensEventInput[];
	/** In the order they began. */
	ceremonyIds: string[];
}

export interface Story {
	client?: PasslensEventInput['client'];
	/** Free text of the site's, put wherever the contract takes text. */
	text?: string;
	/** The site's own reference of whoever visits; left out: of somebody new. */
	user?: string;
}

const LINUX_CHROME = { platform: 'Linux', brands: [{ brand: 'Google Chrome', version: '153' }] };

const reference = () => randomBytes(32).toString('base64url');

/**
 * A visit that leaves something on every page: a capable client, a password sign-in, an offer, a passkey made by it,
 * a sign-in with it, one that failed, one the server refused, and a fallback.
 */
export function sampleVisit({ client = LINUX_CHROME, text = 'plain', user }: Story = {}): Visit {
	let clock = Date.now() - 60_000;
	const tick = () => (clock += 1_000);
	const shared = {
		session_id: randomUUID(),
		user_ref: user === undefined ? reference() : userReference(user),
		client,
		release: text.slice(0, 80),
		tags: { [text.slice(0, 40)]: text.slice(0, 120) }
	};
	const passkey: Credential = {
		credential_ref: reference(),
		authenticator_attachment: 'platform',
		user_present: true,
		user_verified: true,
		backup_eligible: true,
		backup_state: true
	};
	const visit: Visit = { page: [], server: [], ceremonyIds: [] };
	const event = () => ({ ...shared, id: uuidV7(), time_unix_ms: tick() });
	const ceremony = (
		type: CeremonyType,
		{
			ends,
			refused = false,
			promptId
		}: { ends: 'succeeded' | 'error'; refused?: boolean; promptId?: string }
	) => {
		const about = { ceremony_id: uuidV7(), ceremony_type: type };
		const request = {
			origin: 'https://example.com',
			rp_id: 'example.com',
			...(promptId && { prompt_id: promptId })
		};
		visit.ceremonyIds.push(about.ceremony_id);
		visit.page.push(
			{ ...event(), ...about, type: 'ceremony.started', request },
			{
				...event(),
				...about,
				type: 'ceremony.finished',
				request,
				outcome: ends,
				elapsed_ms: 2_000,
				evidence: { blurred: true, blurred_after_ms: 300 },
				...(ends === 'succeeded'
					? { credential: passkey }
					: {
							error: {
								name: text.slice(0, 64),
								signature: text.slice(0, 240),
								code: text.slice(0, 64)
							}
						})
			}
		);
		if (ends === 'succeeded')
			visit.server.push({
				...event(),
				...about,
				type: 'ceremony.verdict',
				verified: !refused,
				...(refused && { reason: 'signature_invalid', reason_detail: text.slice(0, 240) }),
				attestation_format: text.slice(0, 32),
				credential: passkey
			});
		return about.ceremony_id;
	};

	const promptId = randomUUID();
	const offer = { prompt_id: promptId, purpose: 'enroll', placement: text.slice(0, 64) } as const;
	visit.page.push(
		{
			...event(),
			type: 'client.capabilities',
			webauthn: true,
			platform_authenticator: true,
			conditional_mediation: true,
			capabilities: { passkeyPlatformAuthenticator: true, [text.slice(0, 64)]: true }
		},
		{ ...event(), type: 'signin.finished', method: 'password', outcome: 'succeeded' },
		{ ...event(), ...offer, type: 'prompt.shown', showing_number: 1 },
		{ ...event(), ...offer, type: 'prompt.accepted', showing_number: 1 }
	);
	ceremony('registration', { ends: 'succeeded', promptId });
	ceremony('authentication', { ends: 'succeeded' });
	ceremony('authentication', { ends: 'succeeded', refused: true });
	const failed = ceremony('authentication', { ends: 'error' });
	visit.page.push({
		...event(),
		type: 'signin.finished',
		method: 'password',
		outcome: 'succeeded',
		fallback_reason: 'ceremony_failed',
		ceremony_id: failed
	});
	return visit;
}
