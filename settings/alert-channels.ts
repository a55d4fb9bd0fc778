import { randomBytes, randomUUID } from 'node:crypto';
import type { AlertMistake } from './alert-rules.ts';
import { requireEditable } from './configuration/configured.ts';
import type { Settings } from './open-settings.ts';

export const ALERT_CHANNEL_KINDS = ['email', 'webhook', 'slack', 'pagerduty'] as const;

export type AlertChannelKind = (typeof ALERT_CHANNEL_KINDS)[number];

/** Where alerts go. */
export interface AlertChannel {
	id: string;
	projectId: string;
	name: string;
	kind: AlertChannelKind;
	/** An e-mail address, else an address that is posted to. */
	target: string;
	/** Of a webhook: signs what is posted (`whsec_…`). Of PagerDuty: the routing key. Else empty. */
	secret: string;
}

export const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

const LONGEST_NAME = 60;
const LONGEST_TARGET = 2_000;
export const MOST_CHANNELS = 50;
/** As Standard Webhooks has it. */
const SIGNING_SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;
const EMAIL = /^[^\s@,;<>"]+@[^\s@,;<>"]+$/;
const LONGEST_EMAIL = 254;

/** Whether a text is one e-mail address and nothing else, so that no list and no header can be made of it. */
export const isEmailAddress = (text: string) => text.length <= LONGEST_EMAIL && EMAIL.test(text);

/** A project's channels by name; every project's when none is given. */
export async function listAlertChannels(
	settings: Settings,
	projectId?: string
): Promise<AlertChannel[]> {
	let query = settings.selectFrom('alert_channel').selectAll().orderBy('name').orderBy('id');
	if (projectId !== undefined) query = query.where('project_id', '=', projectId);
	const rows = await query.execute();
	return rows.map(({ id, project_id, name, kind, target, secret }) => ({
		...{ id, projectId: project_id, name, kind, target, secret }
	}));
}

/** Adds a channel. A webhook gets a secret of its own to sign with. @throws ProjectError when a file sets the channels */
export async function addAlertChannel(
	settings: Settings,
	{
		projectId,
		...given
	}: { projectId: string; name: string; kind: string; target: string; secret?: string }
): Promise<{ channel: AlertChannel } | { mistake: AlertMistake }> {
	await requireEditable(settings, { projectId, setting: 'alert_channels' });
	const read = readAlertChannel(given);
	if ('mistake' in read) return read;
	if ((await listAlertChannels(settings, projectId)).length >= MOST_CHANNELS)
		return refuse('name', `A project has at most ${MOST_CHANNELS} channels: remove one first.`);
	return { channel: await insertAlertChannel(settings, { projectId, ...read }) };
}

/** A channel that was read before. One of a webhook without a secret gets one. */
export async function insertAlertChannel(
	settings: Settings,
	{ projectId, ...read }: { projectId: string } & ReadChannel
): Promise<AlertChannel> {
	const { name, kind, target } = read;
	const secret = read.secret || secretFor(kind);
	const id = randomUUID();
	await settings
		.insertInto('alert_channel')
		.values({ id, project_id: projectId, name, kind, target, secret, created_unix_ms: Date.now() })
		.execute();
	return { id, projectId, name, kind, target, secret };
}

/** What a channel has that brings no secret of its own: a webhook is signed in any case. */
export function secretFor(kind: AlertChannelKind): string {
	return kind === 'webhook' ? `whsec_${randomBytes(32).toString('base64')}` : '';
}

/** Removes a channel; rules that named it tell the others. @throws ProjectError when a file sets the channels */
export async function removeAlertChannel(
	settings: Settings,
	{ projectId, id }: { projectId: string; id: string }
): Promise<void> {
	await requireEditable(settings, { projectId, setting: 'alert_channels' });
	await settings
		.deleteFrom('alert_channel')
		.where('project_id', '=', projectId)
		.where('id', '=', id)
		.execute();
}

export type ReadChannel = Pick<AlertChannel, 'name' | 'kind' | 'target' | 'secret'>;

/** What somebody typed or wrote into a file as a channel, or which field of it is wrong. */
export function readAlertChannel(given: {
	name: string;
	kind: string;
	target: string;
	/** Of a webhook: what to sign with; a new one is made when it is left out. Of PagerDuty: the integration key. */
	secret?: string | undefined;
}): ReadChannel | { mistake: AlertMistake } {
	const name = given.name.trim();
	const target = given.target.trim();
	const kind = ALERT_CHANNEL_KINDS.find((one) => one === given.kind);
	if (!kind) return refuse('kind', `Choose a kind: ${ALERT_CHANNEL_KINDS.join(', ')}.`);
	if (name === '' || name.length > LONGEST_NAME)
		return refuse('name', `Give it a name of 1 to ${LONGEST_NAME} characters.`);
	if (target.length > LONGEST_TARGET)
		return refuse('target', `At most ${LONGEST_TARGET} characters are kept.`);
	if (kind === 'email')
		return isEmailAddress(target)
			? { name, kind, target, secret: '' }
			: refuse('target', 'Give one e-mail address, such as oncall@example.com.');
	const url = URL.parse(target === '' && kind === 'pagerduty' ? PAGERDUTY_URL : target);
	if (!url || !/^https?:$/.test(url.protocol))
		return refuse('target', 'Give the address to post to, beginning with https://.');
	if (url.username || url.password)
		return refuse('target', 'Leave user and password out of the address.');
	const secret = given.secret?.trim() ?? '';
	if (kind === 'webhook' && secret !== '' && !SIGNING_SECRET.test(secret))
		return refuse('secret', 'A secret to sign with is "whsec_" and base64 of 24 to 64 bytes.');
	if (kind === 'pagerduty' && !/^\w{8,64}$/.test(secret))
		return refuse('secret', 'Give the integration key of the PagerDuty service (Events API v2).');
	return { name, kind, target: url.href, secret: kind === 'slack' ? '' : secret };
}

const refuse = (field: string, message: string) => ({ mistake: { field, message } });
