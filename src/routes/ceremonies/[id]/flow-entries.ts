import { FALLBACK_REASON_NAMES, humanise, SIGNIN_METHOD_NAMES } from '$lib/format/names.ts';
import type { FlowEvent } from '$lib/server/queries/flow-events.ts';
import type { TimelineEntry } from './timeline.ts';

type Entry = Omit<TimelineEntry, 'gapMs'>;

const methodName = (method: string) => (SIGNIN_METHOD_NAMES[method] ?? method).toLowerCase();

/** The user's way before and after the call, by the page's own clock. */
export function flowEntries(events: readonly FlowEvent[]): Entry[] {
	return events.map((event) => ({
		key: event.event_id,
		at: event.occurred_at,
		source: 'page' as const,
		color: event.event_type === 'flow.finished' ? event.outcome : 'accent',
		...describe(event)
	}));
}

function describe(event: FlowEvent): Pick<Entry, 'title' | 'detail'> {
	switch (event.event_type) {
		case 'flow.started':
			return {
				title: `The user began: ${humanise(event.purpose).toLowerCase()}`,
				...(event.offered_methods.length > 0 && {
					detail: `Offered: ${event.offered_methods.map(methodName).join(', ')}`
				})
			};
		case 'flow.chosen':
			return { title: `The user chose: ${methodName(event.method)}` };
		case 'flow.reached':
			return { title: `The user came to “${event.step}”` };
		case 'flow.finished':
			return {
				title: `The flow ended: ${humanise(event.outcome).toLowerCase()}`,
				...(event.method && {
					detail: [
						`With ${methodName(event.method)}`,
						FALLBACK_REASON_NAMES[event.fallback_reason]?.toLowerCase()
					]
						.filter(Boolean)
						.join('; ')
				})
			};
	}
}
