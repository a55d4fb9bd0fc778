import type { BatchReceipt } from '../event/batch.ts';
import type { EventContextInput, Omissions, PasslensEventInput } from '../event/event.ts';
import type { CeremonyType, FlowPurpose } from '../event/vocabulary.ts';
import type { Prompt } from './prompt.ts';
import type { Consent } from './consent.ts';
import type { CeremonyOptions } from './summarise-request.ts';

/** One call of `create` or `get` that is open. */
export interface OpenCall {
	type: CeremonyType;
	/** 0: through the browser's own method; above: through something that stands before it. */
	level: number;
	options: Partial<CeremonyOptions> | undefined;
	/** The window lost the focus, the page was hidden, the page was left. */
	blurred(): void;
	hidden(): void;
	left(): void;
}

/** What a user is about to do, from the first page to the last. */
export interface Flow {
	flow_id: string;
	purpose: FlowPurpose;
	/** The last passkey ceremony of the flow ended in an error. */
	failed?: boolean;
}

/** All the SDK remembers, for as long as the page lives. */
export interface State {
	/** Where to send, with the key. Unset until `init`: events wait. */
	url?: string;
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
	onTheWay: Set<PasslensEventInput>;
	/** What could not be told; the next event takes it along. */
	omitted?: Omissions | undefined;
	/** The collector's clock minus this one's, in milliseconds, by its last answer. */
	skew?: number;
	/** Attempts that failed in a row. */
	failures: number;
	timer?: ReturnType<typeof setTimeout> | undefined;
	sending?: Promise<void> | undefined;
	/** Settles when every reference made so far is hashed. */
	hashing?: Promise<unknown>;
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
	open: Set<OpenCall>;
}

const KEY = Symbol.for('@passlens/sdk/1');

/**
 * Kept on the global object, not in the module: two copies of the SDK on one page (a tag manager's and the site's own)
 * share it, so that the API is patched once and each ceremony is reported once.
 */
export const state: State = ((globalThis as { [KEY]?: State })[KEY] ??= {
	context: {},
	queue: [],
	onTheWay: new Set(),
	failures: 0,
	listeners: new Set(),
	open: new Set()
});
