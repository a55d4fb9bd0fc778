import { z } from 'zod';
import { TIMELINE_KINDS } from '../../users/timeline-kinds.ts';
import { credentialRow } from '../queries/credential-list.ts';
import { parseHash } from '../queries/column-types.ts';
import { userStateRow } from '../queries/user-state.ts';
import { timelineEntry } from '../queries/user-timeline.ts';
import { readUser } from '../users/read-user.ts';
import { defineEndpoint } from './endpoint.ts';
import { next, pageQuery } from './parameters.ts';

/** One user's timeline. Its route also takes the one-way reference that events carry, and sends on to the hash. */
export const USER_ENDPOINT = defineEndpoint({
	id: 'get_user',
	path: '/users/{user}',
	tag: 'Users',
	summary: 'One user',
	description:
		'How a user stands, what they hold, what to tell them if they ask for help, and all that happened, newest first: sign-ins by any method, ceremonies, prompts, what became of their credentials. Over HTTP {user} may also be the one-way reference of 43 characters that events carry as user_ref, which is answered with a redirect to the hash. Each look is in the audit log.',
	action: 'follow-users',
	filters: 'project',
	query: z.object({
		kind: z.enum(TIMELINE_KINDS).optional().describe('Left out: all'),
		...pageQuery
	}),
	params: z.object({
		user: z
			.string()
			.regex(/^(?!0{16})[0-9a-f]{16}$/)
			.describe('The user’s hash: user_hash of /ceremonies')
	}),
	answer: z.object({
		state: userStateRow,
		credentials: z.array(credentialRow),
		advice: z.array(
			z.object({
				because: z.string(),
				tell: z.string(),
				ceremony_id: z.string().describe('Empty: it comes from what they hold')
			})
		),
		timeline: z.array(timelineEntry),
		next
	}),
	ask: async ({ client, filters: { project }, query, params }) => {
		const { kind, cursor = null, limit } = query;
		const user = parseHash(params.user)!;
		const found = await readUser({ client, project, user, kind, cursor, limit });
		const { state, credentials, advice, entries } = found;
		if (!state) return undefined;
		return { state, credentials, advice, timeline: entries, next: found.next ?? null };
	}
});
