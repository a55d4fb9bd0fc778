import type { ClickHouseClient } from '@clickhouse/client';
import { rolesOf } from '../../../../settings/access/people.ts';
import {
	claimDigests,
	endDigest,
	tellDigest,
	type DigestSubscription
} from '../../../../settings/digests.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { listProjects } from '../../../../settings/projects.ts';
import { accessOf, grantsOf } from '../access/access.ts';
import { keepTask } from '../keep-task.ts';
import { sendMail, type MailOutlet } from '../mail/send-mail.ts';
import { digestMail } from './digest-mail.ts';
import { lastWeek, mondayOf, readDigest, type Digest } from './read-digest.ts';

/** Of the day, UTC: by then what came late on Sunday is counted. */
const FROM_HOUR = 6;
/** Who was not there on Monday sends on Tuesday; after that it is no news. */
const LATEST_MS = 48 * 3_600_000;
const AGAIN_MS = 900_000;

interface Post {
	client: ClickHouseClient;
	settings: Settings;
	outlet: MailOutlet;
	/** What the addresses of pages begin with. */
	origin: string;
}

/**
 * Sends the digest of last week to everybody who has not had it, each once however many processes try at once; only on Monday from six
 * o'clock (UTC) and on Tuesday. What the mail server does not take is tried again a quarter of an hour later. Who may not see a
 * project any more gets nothing of it, and is not asked for again.
 */
export async function sendDigests({
	now = new Date(),
	...post
}: Post & { now?: Date }): Promise<void> {
	const monday = mondayOf(now);
	const since = now.getTime() - Date.parse(monday);
	if (since < FROM_HOUR * 3_600_000 || since >= LATEST_MS) return;
	const due = await claimDigests(post.settings, { monday, now: now.getTime(), againMs: AGAIN_MS });
	const digests = new Map<string, Promise<Digest>>();
	for (const subscription of due) {
		const { id, projectId } = subscription;
		try {
			const project = await openProject(post.settings, subscription);
			if (!project) {
				await endDigest(post.settings, id);
				continue;
			}
			const reading =
				digests.get(projectId) ?? readDigest({ ...post, project, week: lastWeek(now) });
			digests.set(projectId, reading);
			const lastError = await mailDigest(await reading, { subscription, monday, post });
			await tellDigest(post.settings, lastError ? { id, lastError } : { id, sentOn: monday });
		} catch (error) {
			const lastError = error instanceof Error ? error.message : String(error);
			await tellDigest(post.settings, { id, lastError });
		}
	}
}

/** The subscription's project, if its person may see it. */
async function openProject(settings: Settings, { personId, projectId }: DigestSubscription) {
	const [roles, projects] = await Promise.all([
		rolesOf(settings, personId),
		listProjects(settings)
	]);
	const access = accessOf({ person: null, grants: grantsOf(roles), projects });
	return access.projects.find(({ id }) => id === projectId);
}

const mailDigest = (
	digest: Digest,
	{
		subscription: { id, email },
		monday,
		post
	}: { subscription: DigestSubscription; monday: string; post: Post }
) => {
	const endUrl = `${post.origin}/unsubscribe/${id}`;
	return sendMail(
		{
			...digestMail(digest, { endUrl }),
			...{ to: email, id: `digest-${monday}-${id.slice(0, 12)}` },
			// RFC 2369 and RFC 8058: a mail program's own button ends it.
			headers: {
				'List-Unsubscribe': `<${endUrl}>`,
				'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click'
			}
		},
		post.outlet
	);
};

/** Looks every `everyMs` whether digests are due, in one of the processes that do this. @returns a function that ends it */
export function keepDigests({
	client,
	settings,
	outlet,
	origin,
	everyMs,
	onError
}: {
	client: () => Promise<ClickHouseClient>;
	settings: () => Promise<Settings>;
	outlet: MailOutlet;
	origin: string;
	everyMs: number;
	onError: (error: unknown) => void;
}): () => Promise<void> {
	return keepTask({
		...{ lease: 'digests', settings, everyMs, onError },
		run: async (store) => sendDigests({ client: await client(), settings: store, outlet, origin })
	});
}
