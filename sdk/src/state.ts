import type { BatchReceipt } from '../event/batch.ts';
import type {
	EventContextInput,
	EventInputOf,
	Omissions,
	PasslensEventInput
} from '../event/event.ts';
import type { CeremonyType, FlowPurpose } from '../event/vocabulary.ts';
import type { Consent } from './consent.ts';

/** What a user is about to do, from the first page to the last. */
export interface Flow {
	flow_id: string;
	purpose: FlowPurpose;
	/** The last passkey ceremony of the flow ended in an error. */
	failed?: boolean;
}

/** A prompt as every event about it tells it. */
export type Prompt = Pick<
	EventInputOf<'prompt.shown'>,
	'prompt_id' | 'purpose' | 'mode' | 'showing_number' | 'placement'
>;

/** What all copies and entries of the SDK on a page share, for as long as it lives. */
export interface State {
	/** Where to send, with the key. Unset until `init`: events wait. */
	url?: string;
	/** Sends what is queued: now, or soon. The copy that was started sends; unset until `init`. */
	drain?(): Promise<void>;
	schedule?(): void;
	/** Unset until `init`. */
	consent?: Consent;
	/** Share of the autofill requests nobody touches that is told. */
	sampling?: number | undefined;
	/** What is the same for every event of this page. */
	context: EventContextInput;
	userRef?: string | undefined;
	flow?: Flow | undefined;
	/** W3C Trace Context for every event from now on; set by whoever hands it to the site's own requests. */
	traceparent?: string | undefined;
	/** What was not taken yet, what is on its way included. */
	queue: PasslensEventInput[];
	/** What could not be told; the next event takes it along. */
	omitted?: Omissions | undefined;
	/** Settles when every reference made so far is hashed. */
	hashing?: Promise<unknown>;
	/** Told of each event as it is queued; they do not throw. */
	listeners: Set<(event: PasslensEventInput) => void>;
	/** Told of each answer of the collector, with the events it is about: what a debug view shows. */
	answered?: (
		status: number,
		receipt: Partial<BatchReceipt>,
		events: readonly PasslensEventInput[]
	) => void;
	/** Shown and not answered. */
	prompts?: Map<string, Prompt>;
	/** The prompt that leads to the next ceremony of its kind. */
	linkedPrompt?: { prompt_id: string; leadsTo: CeremonyType } | undefined;
	ceremonyId?: string;
}

const KEY = Symbol.for('@passlens/sdk/1');

/**
 * Kept on the global object, not in the module: two copies of the SDK on one page (a tag manager's and the site's own)
 * share it, so that the API is patched once and each ceremony is reported once.
 */
export const state: State = ((globalThis as { [KEY]?: State })[KEY] ??= {
	context: {},
	queue: [],
	listeners: new Set()
});
