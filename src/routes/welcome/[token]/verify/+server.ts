import { openInvitation } from '$lib/server/access/open-invitation.ts';
import { verifyPasskey } from '$lib/server/access/passkey-sign-in.ts';
import { tellOfChange } from '$lib/server/access/notices/tell-of-change.ts';
import { tellOwnCeremony } from '$lib/server/access/own-sign-ins.ts';
import { answerPage, SignInError } from '$lib/server/access/sign-in-error.ts';
import { signInPerson } from '$lib/server/access/sign-in-person.ts';
import { registrationAnswer } from '$lib/server/playground/wire.ts';
import { settings } from '$lib/server/settings.ts';
import { z } from 'zod';
import { noteAudit } from '../../../../../settings/access/audit-log.ts';
import { endInvitation } from '../../../../../settings/access/invitations.ts';
import {
	addPasskey,
	addPerson,
	findPerson,
	readName
} from '../../../../../settings/access/people.ts';
import type { RequestHandler } from './$types';

const body = z.intersection(registrationAnswer, z.object({ name: z.string().max(1_000) }));

/** Keeps the passkey that was made by the link, which ends with it, and signs in. */
export const POST: RequestHandler = (event) =>
	answerPage(event, body, async ({ response, ceremonyId, name }) => {
		const store = await settings();
		const invitation = await openInvitation(event, store, event.params.token);
		const told = { type: 'registration', ceremonyId, response } as const;
		const made = await verifyPasskey(event, store, { purpose: 'welcome', response }).catch(
			async (error: unknown) => {
				await tellOwnCeremony({ ...told, error });
				throw error;
			}
		);
		const { id, personId, roles } = invitation;
		const known = personId === undefined ? undefined : await findPerson(store, personId);
		const given = known?.name ?? readName(name);
		// Of two who use a link at the same moment, one gets in.
		if (made.subject !== id || !(await endInvitation(store, id)))
			throw new SignInError(404, 'link_unknown', 'This link was used already.');
		const { userHandle, passkey } = made;
		const person = known ?? (await addPerson(store, { name: given, roles, userHandle }));
		await addPasskey(store, { ...passkey, personId: person.id });
		if (known)
			await tellOfChange(store, {
				...{ personId: known.id, change: 'link-used', subject: invitation.createdBy }
			});
		await tellOwnCeremony({ ...told, userRef: person.id });
		await signInPerson(event, store, { id: person.id, way: 'passkey' });
		await noteAudit(store, {
			actor: { kind: 'person', id: person.id, name: person.name },
			action: 'joined',
			detail: { link: invitation.kind, by: invitation.createdBy }
		});
		return { name: person.name };
	});
