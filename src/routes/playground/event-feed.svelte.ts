import { onEvent } from '@passlens/sdk/debug';
import type { PasslensEventInput } from '@passlens/sdk/event';
import type { ShownVerdict } from '$lib/server/playground/verdicts';

/** One event in the live list. */
export interface FeedItem {
	key: number;
	timeUnixMs: number;
	/** Who sends it: the page, through the SDK, or this site's server. */
	source: 'page' | 'server';
	/** The event's own fields; a verdict as far as the server showed it to the page. */
	event: FeedEvent;
}

export type FeedEvent =
	| Exclude<PasslensEventInput, { type: 'ceremony.verdict' }>
	| Omit<Extract<PasslensEventInput, { type: 'ceremony.verdict' }>, 'id' | 'time_unix_ms'>;

const LONGEST = 200;

/** The events this page caused, newest first. */
export class EventFeed {
	items = $state.raw<FeedItem[]>([]);
	#next = 0;

	#listening = false;

	/** Listens to the SDK, as long as the page lives: the list outlasts a look at the figures and back. */
	listen(): void {
		if (this.#listening) return;
		this.#listening = true;
		onEvent((event) => {
			// Verdicts come from servers alone.
			if (event.type !== 'ceremony.verdict') this.#add('page', event, event.time_unix_ms);
		});
	}

	addVerdict = (verdict: ShownVerdict): void => {
		const { ceremonyId, ceremonyType, verified, reason, credential, attestationFormat } = verdict;
		if (!ceremonyId) return;
		this.#add('server', {
			type: 'ceremony.verdict',
			ceremony_id: ceremonyId,
			ceremony_type: ceremonyType,
			verified,
			...(reason && { reason }),
			...(attestationFormat && { attestation_format: attestationFormat }),
			...(credential && { credential })
		});
	};

	#add(source: FeedItem['source'], event: FeedEvent, timeUnixMs = Date.now()): void {
		this.items = [{ key: this.#next++, source, event, timeUnixMs }, ...this.items].slice(
			0,
			LONGEST
		);
	}
}
