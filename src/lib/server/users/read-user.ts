import type { ClickHouseClient } from '@clickhouse/client';
import { adviseUser, type Advice } from '../../users/advise-user.ts';
import { TIMELINE_KINDS, type TimelineKind } from '../../users/timeline-kinds.ts';
import type { CredentialRow } from '../queries/credential-list.ts';
import { cutPage, parseCursor } from '../queries/list-cursor.ts';
import { queryUserStates, type UserState } from '../queries/user-state.ts';
import {
	queryUserCredentials,
	queryUserTimeline,
	type TimelineEntry
} from '../queries/user-timeline.ts';

export interface UserTimeline {
	/** null: nothing is known of such a user. */
	state: UserState | null;
	credentials: CredentialRow[];
	/** What to tell them, from their newest ceremonies and what they hold. */
	advice: Advice[];
	entries: TimelineEntry[];
	/** Cursor of the next page. */
	next: string | undefined;
}

/** As many of a user's ceremonies are looked at for what went wrong lately. */
const LATELY = 20;

/** One user, as support needs to see them: how they stand, what to tell them, and a page of what happened. */
export async function readUser({
	client,
	project,
	user,
	kind,
	cursor,
	limit
}: {
	client: ClickHouseClient;
	project: string;
	/** As a number in text. */
	user: string;
	/** Left out: all kinds. */
	kind?: TimelineKind | undefined;
	cursor: string | null;
	limit: number;
}): Promise<UserTimeline> {
	const asked = { project, user };
	const [[state], credentials, found, lately] = await Promise.all([
		queryUserStates(client, { project, user_hashes: [user] }),
		queryUserCredentials(client, asked),
		queryUserTimeline(client, {
			...{ ...asked, ...parseCursor(cursor), limit: limit + 1 },
			kinds: kind ? [kind] : [...TIMELINE_KINDS]
		}),
		queryUserTimeline(client, {
			...{ ...asked, ...parseCursor(null), limit: LATELY, kinds: ['ceremony'] }
		})
	]);
	const page = cutPage(found, { size: limit, cursorOf: ({ at, id }) => ({ at, id }) });
	return {
		state: state ?? null,
		credentials,
		advice: state ? adviseUser({ state, credentials, ceremonies: lately }) : [],
		entries: page.rows,
		next: page.next
	};
}
