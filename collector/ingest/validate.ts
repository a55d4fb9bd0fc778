import {
	eventSchema,
	SERVER_EVENT_TYPES,
	type Batch,
	type PasslensEvent,
	type Refusal
} from '../../sdk/event/index.ts';
import type { Sender } from '../../settings/projects.ts';
import { describeIssue } from './describe-issue.ts';

export interface Validated {
	events: PasslensEvent[];
	refused: Refusal[];
}

/** Checks each event on its own, with the batch's context as its defaults: a bad one is refused, its neighbours are taken. */
export function validate({ batch, sender }: { batch: Batch; sender: Sender }): Validated {
	const events: PasslensEvent[] = [];
	const refused: Refusal[] = [];
	for (const [index, candidate] of batch.events.entries()) {
		const result = check(candidate, batch.context, sender);
		if ('event' in result) events.push(result.event);
		else refused.push({ index, ...result });
	}
	return { events, refused };
}

function check(
	candidate: unknown,
	context: Batch['context'],
	sender: Sender
): { event: PasslensEvent } | Omit<Refusal, 'index'> {
	if (typeof candidate !== 'object' || candidate === null || Array.isArray(candidate))
		return { field: '', code: 'invalid_type', reason: 'must be an object' };
	const parsed = eventSchema.safeParse({ ...context, ...candidate });
	if (!parsed.success) return describeIssue(parsed.error.issues[0]!);
	if (SERVER_EVENT_TYPES.includes(parsed.data.type) && sender.kind !== 'server')
		return {
			field: 'type',
			code: SERVER_KEY_REQUIRED,
			reason: `${parsed.data.type} is taken with a server key (sk_…) only: a page could claim anything`
		};
	return { event: parsed.data };
}

export const SERVER_KEY_REQUIRED = 'server_key_required';
