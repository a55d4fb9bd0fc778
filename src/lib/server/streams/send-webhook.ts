import { hash } from 'node:crypto';
import { signWebhook } from '../standard-webhook.ts';
import { post } from './post.ts';
import type { StreamOutlets, Target, Told } from './send-events.ts';

/** Posts events as a JSON array, or one a line, signed. @returns what went wrong, in words */
export async function sendWebhook(
	{ target, format, secret, authorization }: Target,
	events: readonly Told[],
	outlets: StreamOutlets
): Promise<string | undefined> {
	const bodies = events.map(({ body }) => body);
	const lines = format === 'lines';
	const body = lines ? `${bodies.join('\n')}\n` : `[${bodies.join(',')}]`;
	const id = hash('sha256', events.map(({ uid }) => uid).join(' ')).slice(0, 32);
	const headers = {
		'content-type': lines ? 'application/x-ndjson' : 'application/json',
		...signWebhook({ secret, id, body, now: Date.now() })
	};
	const answer = await post({ target, headers, authorization, body, outlets });
	return 'mistake' in answer ? answer.mistake : undefined;
}
