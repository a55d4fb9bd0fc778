import type { ClickHouseClient } from '@clickhouse/client';
import { rolesOf } from '../../../../settings/access/people.ts';
import {
	claimDigests,
	endDigest,
	tellDigest,
	type DigestSubscription
} from '../../../../settings/digests.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { listProjects, type Project } from '../../../../settings/projects.ts';
import { accessOf, grantsOf } from '../access/access.ts';
import { wallClock } from '../../zone/local-day.ts';
import { keepTask } from '../keep-task.ts';
import { sendMail, type MailOutlet } from '../mail/send-mail.ts';
import { digestMail } from './digest-mail.ts';
import { lastWeek, mondayOf, readDigest, type Digest } from './read-digest.ts';

/** Of the project's day: by then what came late on Sunday is counted. */
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
 * o'clock and on Tuesday, by the project's clock. What the mail server does not take is tried again a quarter of an hour later. Who may not see a
 * project any more gets nothing of it, and is not asked for again.
 */
export async function sendDigests({
	now = new Date(),
	...post
}: Post & { now?: Date }): Promise<void> {
	for (const project of await listProjects(post.settings)) {
		const monday = mondayOf(now, project.timeZone);
		const since = wallClock(now, project.timeZone).getTime() - Date.parse(monday);
		if (since >= FROM_HOUR * 3_600_000 && since < LATEST_MS)
			await sendProject({ post, project, monday, now });
	}
}

async function sendProject({
	post,
	project,
	monday,
	now
}: {
	post: Post;
	project: Project;
	monday: string;
	now: Date;
}): Promise<void> {
	const due = await claimDigests(post.settings, {
		...{ projectId: project.id, monday },
		...{ now: now.getTime(), againMs: AGAIN_MS }
	});
	let reading: Promise<Digest> | undefined;
	for (const subscription of due) {
		const { id } = subscription;
		try {
			if (!(await maySee(post.settings, { subscription, project }))) {
				await endDigest(post.settings, id);
				continue;
			}
			reading ??= readDigest({ ...post, project, week: lastWeek(now, project.timeZone) });
			const lastError = await mailDigest(await reading, { subscription, monday, post });
			await tellDigest(post.settings, lastError ? { id, lastError } : { id, sentOn: monday });
		} catch (error) {
			const lastError = error instanceof Error ? error.message : String(error);
			await tellDigest(post.settings, { id, lastError });
		}
	}
}

async function maySee(
	settings: Settings,
	{ subscription, project }: { subscription: DigestSubscription; project: Project }
): Promise<boolean> {
	const roles = await rolesOf(settings, subscription.personId);
	const access = accessOf({ person: null, grants: grantsOf(roles), projects: [project] });
	return access.projects.length > 0;
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
