import { database } from '$lib/server/database.ts';
import { ownOrigin } from '$lib/server/access/own-address.ts';
import { digestMail } from '$lib/server/digest/digest-mail.ts';
import { lastWeek, readDigest } from '$lib/server/digest/read-digest.ts';
import type { PageServerLoad } from './$types';

/** What would be sent of the chosen project, which is one that whoever is signed in may see. */
export const load: PageServerLoad = async (event) => {
	const { filters, projects } = await event.parent();
	const project = projects.find(({ id }) => id === filters.project);
	if (!project) return { mail: undefined };
	const { origin } = ownOrigin(event);
	const week = lastWeek(new Date(), project.timeZone);
	const digest = await readDigest({ client: await database(), project, week, origin });
	return { mail: digestMail(digest, { endUrl: `${origin}/account` }), week };
};
