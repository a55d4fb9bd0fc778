import type { RequestEvent } from '@sveltejs/kit';
import { findInvitation, type Invitation } from '../../../../settings/access/invitations.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { countFailure } from './failed-tries.ts';
import { isAtThisMachine } from './own-address.ts';
import { SignInError } from './sign-in-error.ts';

/** What the link stands for, as long as it works here: that of the first start does at this machine alone. @throws SignInError */
export async function openInvitation(
	event: Pick<RequestEvent, 'request' | 'getClientAddress'>,
	store: Settings,
	token: string
): Promise<Invitation> {
	const invitation = await findInvitation(store, { token });
	if (invitation && (invitation.kind !== 'set-up' || isAtThisMachine(event))) return invitation;
	await countFailure(event, 'sign-in');
	throw new SignInError(
		404,
		'link_unknown',
		'This link was used already, was withdrawn, or is too old. Ask an administrator for another.'
	);
}
