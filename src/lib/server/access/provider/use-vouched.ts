import type { RequestEvent } from '@sveltejs/kit';
import { noteAudit } from '../../../../../settings/access/audit-log.ts';
import { findByIdentity, keepIdentity } from '../../../../../settings/access/identities.ts';
import { refreshSession } from '../../../../../settings/access/sessions.ts';
import type { Settings } from '../../../../../settings/open-settings.ts';
import { noteFor } from '../note-request.ts';
import { tellOfChange } from '../notices/tell-of-change.ts';
import { signInPerson } from '../sign-in-person.ts';
import type { Vouched } from './finish-provider.ts';
import { letIn } from './let-in.ts';
import { refuseBy } from './provider-refusal.ts';

/** The provider's clock and ours may differ by so much. */
const CLOCKS_APART_MS = 30_000;

/** Does what the way to the provider and back was for. @returns where to go on. @throws SignInError */
export async function useVouched(
	event: RequestEvent,
	store: Settings,
	vouched: Vouched
): Promise<string> {
	// Who began it is who comes back, or it was somebody else's window.
	if (vouched.personId !== (event.locals.access.person?.id ?? '')) throw refuseBy('provider_stale');
	switch (vouched.purpose) {
		case 'provider-sign-in':
			return signIn(event, store, vouched);
		case 'provider-connect':
			return connect(event, store, vouched);
		case 'provider-anew':
			return confirm(event, store, vouched);
	}
}

async function signIn(event: RequestEvent, store: Settings, vouched: Vouched): Promise<string> {
	const person = await letIn(store, vouched);
	// Without a time it counts as long ago.
	const freshAt = Math.min(vouched.authenticatedAt ?? 0, Date.now());
	await signInPerson(event, store, { id: person.id, way: 'provider', freshAt });
	await noteAudit(store, {
		...{ actor: { kind: 'person', ...person }, action: 'signed-in' },
		detail: { by: vouched.provider.name }
	});
	return vouched.next;
}

/** A further way in for whoever is signed in. Groups count from the next sign-in through it. */
async function connect(
	event: RequestEvent,
	store: Settings,
	{ claims, personId, provider, next }: Vouched
): Promise<string> {
	const holder = await findByIdentity(store, claims);
	if (holder && holder.id !== personId) throw refuseBy('taken');
	await keepIdentity(store, { ...claims, personId });
	const detail = { change: 'connect', with: provider.name };
	await noteFor(event, { action: 'changed', subject: '/account', detail });
	await tellOfChange(store, { personId, change: 'provider-connected', subject: provider.name });
	return next;
}

async function confirm(
	event: RequestEvent,
	store: Settings,
	{ claims, personId, provider, begunAt, authenticatedAt = 0 }: Vouched
): Promise<string> {
	const holder = await findByIdentity(store, claims);
	if (holder?.id !== personId) throw refuseBy('not_you');
	const { session } = event.locals.access;
	// Since they were sent there, and not before: what `max_age=0` asks the provider for.
	if (authenticatedAt < begunAt - CLOCKS_APART_MS || !session) throw refuseBy('not_anew');
	const freshAt = Math.min(authenticatedAt, Date.now());
	await refreshSession(store, { id: session.id, freshAt });
	await noteFor(event, { action: 'confirmed', detail: { by: provider.name } });
	return '/sign-in/provider/done';
}
