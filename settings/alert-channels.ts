import { randomBytes, randomUUID } from 'node:crypto';
import type { AlertMistake } from './alert-rules.ts';
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
const MOST_CHANNELS = 50;
const EMAIL = /^[^\s@,;<>"]+@[^\s@,;<>"]+$/;

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

/** Adds a channel. A webhook gets a secret of its own to sign with. */
export async function addAlertChannel(
	settings: Settings,
	{
		projectId,
		...given
	}: { projectId: string; name: string; kind: string; target: string; routingKey?: string }
): Promise<{ channel: AlertChannel } | { mistake: AlertMistake }> {
	const read = readChannel(given);
	if ('mistake' in read) return read;
	if ((await listAlertChannels(settings, projectId)).length >= MOST_CHANNELS)
		return refuse('name', `A project has at most ${MOST_CHANNELS} channels: remove one first.`);
	const channel = { id: randomUUID(), projectId, ...read };
	const { id, name, kind, target, secret } = channel;
	await settings
		.insertInto('alert_channel')
		.values({ id, project_id: projectId, name, kind, target, secret, created_unix_ms: Date.now() })
		.execute();
	return { channel };
}

/** Removes a channel; rules that named it tell the others. */
export async function removeAlertChannel(
	settings: Settings,
	{ projectId, id }: { projectId: string; id: string }
): Promise<void> {
	await settings
		.deleteFrom('alert_channel')
		.where('project_id', '=', projectId)
		.where('id', '=', id)
		.execute();
}

type Read = Pick<AlertChannel, 'name' | 'kind' | 'target' | 'secret'>;

function readChannel(given: {
	name: string;
	kind: string;
	target: string;
	routingKey?: string;
}): Read | { mistake: AlertMistake } {
	const name = given.name.trim();
	const target = given.target.trim();
	const kind = ALERT_CHANNEL_KINDS.find((one) => one === given.kind);
	if (!kind) return refuse('kind', `Choose a kind: ${ALERT_CHANNEL_KINDS.join(', ')}.`);
	if (name === '' || name.length > LONGEST_NAME)
		return refuse('name', `Give it a name of 1 to ${LONGEST_NAME} characters.`);
	if (target.length > LONGEST_TARGET)
		return refuse('target', `At most ${LONGEST_TARGET} characters are kept.`);
	if (kind === 'email')
		return EMAIL.test(target)
			? { name, kind, target, secret: '' }
			: refuse('target', 'Give one e-mail address, such as oncall@example.com.');
	const url = URL.parse(target === '' && kind === 'pagerduty' ? PAGERDUTY_URL : target);
	if (!url || !/^https?:$/.test(url.protocol))
		return refuse('target', 'Give the address to post to, beginning with https://.');
	if (url.username || url.password)
		return refuse('target', 'Leave user and password out of the address.');
	if (kind === 'webhook')
		return {
			name,
			kind,
			target: url.href,
			secret: `whsec_${randomBytes(32).toString('base64')}`
		};
	const routingKey = given.routingKey?.trim() ?? '';
	if (kind === 'pagerduty' && !/^\w{8,64}$/.test(routingKey))
		return refuse(
			'routingKey',
			'Give the integration key of the PagerDuty service (Events API v2).'
		);
	return { name, kind, target: url.href, secret: kind === 'pagerduty' ? routingKey : '' };
}

const refuse = (field: string, message: string) => ({ mistake: { field, message } });
