import {
	eventSchema,
	SERVER_EVENT_TYPES,
	type Batch,
	type PasslensEvent,
	type Refusal
} from '../../sdk/event/index.ts';
import type { Sender } from '../../settings/projects.ts';
import { compileSchema } from './compile-schema.ts';
import { describeIssue } from './describe-issue.ts';

export interface Validated {
	events: PasslensEvent[];
	refused: Refusal[];
}

const readEvent = compileSchema(eventSchema);

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
	const given: Record<string, unknown> = { ...context, ...candidate };
	if (sender.environment !== undefined) {
		given.environment ??= sender.environment;
		if (given.environment !== sender.environment) return foreignEnvironment(sender.environment);
	}
	let event = readEvent(given);
	if (!event) {
		const parsed = eventSchema.safeParse(given);
		if (!parsed.success) return describeIssue(parsed.error.issues[0]!);
		event = parsed.data;
	}
	if (SERVER_EVENT_TYPES.includes(event.type) && sender.kind !== 'server')
		return {
			field: 'type',
			code: SERVER_KEY_REQUIRED,
			reason: `${event.type} is taken with a server key (sk_…) only: a page could claim anything`
		};
	return { event };
}

/** Refused and not rewritten: a page of staging that was given production's key would count as production for ever. */
function foreignEnvironment(environment: string): Omit<Refusal, 'index'> {
	return {
		field: 'environment',
		code: 'environment_not_allowed',
		reason: `must be ${environment}, the only environment this key writes to, or left out`
	};
}

export const SERVER_KEY_REQUIRED = 'server_key_required';
