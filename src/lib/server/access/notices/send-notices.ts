import {
	claimCredentialNotices,
	endCredentialNotice,
	postponeCredentialNotice,
	type CredentialNotice
} from '../../../../../settings/access/credential-notices.ts';
import type { Settings } from '../../../../../settings/open-settings.ts';
import { keepTask } from '../../keep-task.ts';
import { sendMail, type MailOutlet } from '../../mail/send-mail.ts';
import { noticeMail } from './notice-mail.ts';

const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;
/** About a day. */
const MOST_ATTEMPTS = 28;

interface Post {
	settings: Settings;
	outlet: MailOutlet;
	/** Where the dashboard is opened. */
	origin: string;
	onError: (error: unknown) => void;
}

/** Sends the notices that are due. What the mail server does not take is tried again after a minute, then after twice as long up to an hour, for a day. */
export async function sendNotices({ now = Date.now(), ...post }: Post & { now?: number }) {
	const due = await claimCredentialNotices(post.settings, { now });
	await Promise.all(due.map((notice) => sendOne(notice, { ...post, now })));
}

async function sendOne(
	notice: CredentialNotice,
	{ settings, outlet, origin, onError, now }: Post & { now: number }
): Promise<void> {
	const { id, email: to, attempts } = notice;
	const mail = { ...noticeMail(notice, { origin }), to, id: `notice-${id}` };
	const lastError = await sendMail(mail, outlet);
	if (lastError === undefined) return endCredentialNotice(settings, id);
	if (attempts >= MOST_ATTEMPTS) {
		onError(`given up after ${attempts} attempts. ${lastError}`);
		return endCredentialNotice(settings, id);
	}
	const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
	return postponeCredentialNotice(settings, { id, nextAt: now + waitMs });
}

/** Looks every `everyMs` whether notices are due, in one of the processes that do this. @returns a function that ends it */
export function keepNotices({
	settings,
	outlet,
	origin,
	everyMs,
	onError
}: Omit<Post, 'settings'> & {
	settings: () => Promise<Settings>;
	everyMs: number;
}): () => Promise<void> {
	return keepTask({
		...{ lease: 'notices', settings, everyMs, onError },
		run: async (store) => sendNotices({ settings: store, outlet, origin, onError })
	});
}
