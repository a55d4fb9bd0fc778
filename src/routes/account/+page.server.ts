import { forgetSessionToken, sessionToken } from '$lib/server/access/cookies.ts';
import { tellOfChange } from '$lib/server/access/notices/tell-of-change.ts';
import { sessionRoles } from '$lib/server/access/read-access.ts';
import { ownOrigin } from '$lib/server/access/own-address.ts';
import { mondayOf } from '$lib/server/digest/read-digest.ts';
import { mailOutlet } from '$lib/server/mail/send-mail.ts';
import { settings } from '$lib/server/settings.ts';
import { env } from '$env/dynamic/private';
import { fail, redirect } from '@sveltejs/kit';
import { addressesOf } from '../../../settings/access/credential-notices.ts';
import {
	findPasskey,
	listPasskeys,
	PeopleError,
	removePasskey
} from '../../../settings/access/people.ts';
import { listIdentities, removeIdentities } from '../../../settings/access/identities.ts';
import { readSignInProvider } from '../../../settings/access/sign-in-provider.ts';
import { digest } from '../../../settings/access/secrets.ts';
import { endDigest, listDigests, subscribeToDigest } from '../../../settings/digests.ts';
import { endSession, endSessions, listSessions } from '../../../settings/access/sessions.ts';
import type { Actions, PageServerLoad } from './$types';

/** Of whoever is signed in: the route is open to nobody else. */
const ownId = ({ access }: App.Locals) => access.person!.id;

export const load: PageServerLoad = async (event) => {
	const personId = ownId(event.locals);
	const store = await settings();
	const [passkeys, sessions, roles, digests, identities, provider] = await Promise.all([
		listPasskeys(store, personId),
		listSessions(store, { personId }),
		sessionRoles(store, { personId, way: event.locals.access.session!.way }),
		listDigests(store, personId),
		listIdentities(store, personId),
		readSignInProvider(store)
	]);
	const current = digest(sessionToken(event) ?? '');
	return {
		origin: ownOrigin(event).origin,
		roles,
		/** The identity provider, as its button names it. */
		provider: provider?.name,
		identities: identities.map(({ issuer, email, lastUsedAt }) => ({ issuer, email, lastUsedAt })),
		mailIsSetUp: mailOutlet(env).smtpUrl !== undefined,
		digests: digests.map(({ id, projectId, email, lastError }) => ({
			...{ id, projectId, email, lastError }
		})),
		passkeys: passkeys.map(({ id, name, backupEligible, backupState, createdAt, lastUsedAt }) => ({
			...{ id, name, backupEligible, backupState, createdAt, lastUsedAt }
		})),
		// What a session is kept by is no secret, but nobody's business: a few digits tell them apart.
		sessions: sessions.map(({ id, ...session }) => ({
			...{ ...session, id: id.slice(0, 16), current: id === current }
		}))
	};
};

export const actions: Actions = {
	removePasskey: async ({ request, locals }) => {
		const id = String((await request.formData()).get('id'));
		const [store, personId] = [await settings(), ownId(locals)];
		try {
			const passkey = await findPasskey(store, id);
			await removePasskey(store, { personId, id });
			const subject = passkey?.name ?? '';
			await tellOfChange(store, { personId, change: 'passkey-removed', subject });
		} catch (error) {
			if (!(error instanceof PeopleError)) throw error;
			return fail(400, { field: error.field, message: error.message });
		}
	},
	/** The way there wants a fresh sign-in, as this does. */
	connect: () => redirect(303, '/sign-in/provider?for=connect&next=/account'),
	disconnect: async ({ locals }) => {
		const [store, personId] = [await settings(), ownId(locals)];
		try {
			const [addresses, provider] = await Promise.all([
				addressesOf(store, personId),
				readSignInProvider(store)
			]);
			await removeIdentities(store, personId);
			const subject = provider?.name ?? 'no longer in use';
			await tellOfChange(store, {
				...{ personId, change: 'provider-disconnected', subject, addresses }
			});
		} catch (error) {
			if (!(error instanceof PeopleError)) throw error;
			return fail(400, { field: error.field, message: error.message });
		}
	},
	subscribe: async ({ request, locals }) => {
		const form = await request.formData();
		const projectId = String(form.get('project'));
		const project = locals.access.projects.find(({ id }) => id === projectId);
		if (!project)
			return fail(400, { field: 'project', message: 'Choose one of the projects that you see.' });
		const refused = await subscribeToDigest(await settings(), {
			...{ personId: ownId(locals), projectId, email: String(form.get('email')) },
			monday: mondayOf(new Date(), project.timeZone)
		});
		if (refused) return fail(400, refused.mistake);
	},
	endDigest: async ({ request, locals }) => {
		const id = String((await request.formData()).get('id'));
		const store = await settings();
		const own = await listDigests(store, ownId(locals));
		if (own.some((one) => one.id === id)) await endDigest(store, id);
	},
	endSession: async ({ request, locals }) => {
		const short = String((await request.formData()).get('id'));
		const store = await settings();
		const own = await listSessions(store, { personId: ownId(locals) });
		const found = own.find(({ id }) => id.slice(0, 16) === short);
		if (found) await endSession(store, found.id);
	},
	signOutEverywhere: async (event) => {
		await endSessions(await settings(), ownId(event.locals));
		forgetSessionToken(event);
		redirect(303, '/sign-in');
	}
};
