import type { PasslensEventInput } from '../event/event.ts';
import { attempt } from '../src/attempt.ts';
import { onEvent } from './on-event.ts';
import { state } from '../src/state.ts';
import { describeEvent } from './describe-event.ts';
import { openOverlay } from './overlay.ts';

export interface DebugOptions {
	/** Writes each event to the console, with a table of what was derived. Default true. */
	console?: boolean;
	/** Shows the events in the page. Default true. */
	overlay?: boolean;
}

/**
 * Shows each event as it is sent, what was derived for it, and what the collector said to it. Returns a function that ends it
 * and takes the overlay away. Does nothing outside a browser, and nothing more when it was called before. Never throws.
 */
export function startDebug({
	console: toConsole = true,
	overlay: inPage = true
}: DebugOptions = {}): () => void {
	if (typeof window === 'undefined' || state.answered) return () => {};
	const overlay = inPage ? attempt(openOverlay) : undefined;
	const stop = onEvent((event) => {
		if (toConsole) attempt(() => logEvent(event));
		overlay?.show(event);
	});
	state.answered = (status, receipt, events) =>
		attempt(() => {
			const refused = new Map(receipt.refused?.map((refusal) => [refusal.index, refusal]));
			events.forEach((event, index) => {
				const refusal = refused.get(index);
				const reason = refusal && `${refusal.field}: ${refusal.reason}`;
				if (toConsole && reason) console.warn('[passlens] refused', event.type, reason);
				overlay?.answer(event.id, status, reason);
			});
			if (toConsole && status !== 202) console.warn('[passlens] the collector answered', status);
		});
	return () => {
		stop();
		delete state.answered;
		overlay?.close();
	};
}

function logEvent(event: PasslensEventInput): void {
	const { title, facts } = describeEvent(event);
	console.groupCollapsed(`[passlens] ${event.type} · ${title}`);
	if (facts.length) console.table(Object.fromEntries(facts));
	console.log(event);
	console.groupEnd();
}
