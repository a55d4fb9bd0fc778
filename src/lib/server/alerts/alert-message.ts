import type { AlertChannel } from '../../../../settings/alert-channels.ts';
import { signWebhook } from '../standard-webhook.ts';

/** What is told, whatever the channel. */
export interface AlertMessage {
	/** Of the delivery: the same however often it is tried, so that a receiver can tell a repeat. */
	id: string;
	/** Of the firing: the same for its beginning and its end. */
	firing: string;
	event: 'fired' | 'resolved' | 'test';
	project: string;
	rule: string;
	title: string;
	text: string;
	/** The page that shows it. */
	url: string;
	/** The hour or day it began in, ISO 8601. */
	bucket: string;
	/** Unix epoch in milliseconds. */
	at: number;
}

/** An HTTP request that tells it. */
export interface AlertRequest {
	headers: Record<string, string>;
	body: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };

const HEADLINES: Record<AlertMessage['event'], (title: string) => string> = {
	fired: (title) => title,
	resolved: (title) => `Resolved: ${title}`,
	test: (title) => `Test: ${title}`
};

/** In one line, with the project: an e-mail's subject. */
export const headline = ({ event, title, project }: AlertMessage): string =>
	`[${project}] ${HEADLINES[event](title)}`;

/** In plain text: an e-mail's body. */
export const plainText = ({ text, url, rule }: AlertMessage): string =>
	`${text}\n\n${url}\n\nAlert rule: ${rule}\n`;

/** What is posted to a channel. An e-mail is none of these. */
export function alertRequest(
	channel: Pick<AlertChannel, 'kind' | 'secret'>,
	message: AlertMessage,
	now = Date.now()
): AlertRequest {
	if (channel.kind === 'slack') return slackRequest(message);
	if (channel.kind === 'pagerduty') return pagerdutyRequest(channel.secret, message);
	return webhookRequest(channel.secret, message, now);
}

function webhookRequest(secret: string, message: AlertMessage, now: number): AlertRequest {
	const { id, at, ...data } = message;
	const body = JSON.stringify({
		type: `alert.${message.event}`,
		timestamp: new Date(at).toISOString(),
		data
	});
	return { headers: { ...JSON_TYPE, ...signWebhook({ secret, id, body, now }) }, body };
}

/** Slack's incoming webhooks, which Mattermost, Rocket.Chat and Discord (`/slack`) take as well. */
function slackRequest(message: AlertMessage): AlertRequest {
	const head = escapeSlack(headline(message));
	const blocks = [
		{ type: 'section', text: { type: 'mrkdwn', text: `*${head}*\n${escapeSlack(message.text)}` } },
		{
			type: 'context',
			elements: [
				{
					type: 'mrkdwn',
					text: `<${message.url}|Open the page> · rule “${escapeSlack(message.rule)}”`
				}
			]
		}
	];
	return { headers: JSON_TYPE, body: JSON.stringify({ text: head, blocks }) };
}

/** https://api.slack.com/reference/surfaces/formatting#escaping: a site's own words must not become markup. */
const escapeSlack = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** PagerDuty's own limit of a summary. */
const LONGEST_SUMMARY = 1_024;

/** https://developer.pagerduty.com/docs/send-alert-event: Events API v2. */
function pagerdutyRequest(routingKey: string, message: AlertMessage): AlertRequest {
	const { event, firing, url, text, rule, project, at, bucket } = message;
	const event_action = event === 'resolved' ? 'resolve' : 'trigger';
	const payload = {
		summary: headline(message).slice(0, LONGEST_SUMMARY),
		source: 'passlens',
		severity: event === 'test' ? 'info' : 'error',
		timestamp: new Date(at).toISOString(),
		component: project,
		group: rule,
		custom_details: { text, bucket }
	};
	return {
		headers: JSON_TYPE,
		body: JSON.stringify({
			...{ routing_key: routingKey, event_action, dedup_key: `passlens-${firing}` },
			...(event_action === 'trigger' && {
				payload,
				client: 'Passlens',
				client_url: url,
				links: [{ href: url, text: 'Open the page' }]
			})
		})
	};
}
