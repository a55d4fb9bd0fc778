import type { Visit } from './visit.ts';
import type { HeldCredential } from './world/people.ts';

/** The upgraded credential's end: Apple overwrote it on the device, elsewhere the site stops accepting it. */
export function retire(visit: Visit, legacy: HeldCredential) {
	if (!visit.random.chance(0.8)) return;
	visit.pass(0.2);
	revoke(visit, legacy, 'superseded');
	visit.person.credentials = visit.person.credentials.filter((held) => held !== legacy);
}

/** The server removes a credential. */
export function revoke(
	visit: Visit,
	credential: HeldCredential,
	reason: 'superseded' | 'user_removed' | 'lost'
) {
	visit.server({ type: 'credential.revoked', credential_ref: credential.ref, reason });
	visit.facts.push({
		kind: 'revocation',
		at: visit.now,
		user: visit.person.ref,
		client: visit.client,
		credential: credential.ref
	});
}
