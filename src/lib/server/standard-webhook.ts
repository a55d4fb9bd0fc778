import { createHmac } from 'node:crypto';

/**
 * The headers that sign a body as https://www.standardwebhooks.com prescribes: the signature is over id, time and body, so that neither can
 * be changed, and what is old can be refused. Libraries in many languages check it.
 *
 * @param secret `whsec_…`
 */
export function signWebhook({
	secret,
	id,
	body,
	now
}: {
	secret: string;
	/** The same however often this is tried, so that a receiver can tell a repeat. */
	id: string;
	body: string;
	/** Unix epoch in milliseconds. */
	now: number;
}): Record<string, string> {
	const timestamp = Math.floor(now / 1_000);
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
	return {
		'webhook-id': id,
		'webhook-timestamp': String(timestamp),
		'webhook-signature': `v1,${signature}`
	};
}
