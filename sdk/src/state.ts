import type { EventContextInput, PasslensEventInput } from '../event/event.ts';
import type { PromptPurpose, PromptMode } from '../event/vocabulary.ts';
import type { Ceremony } from './ceremony.ts';

export interface Prompt {
	prompt_id: string;
	purpose: PromptPurpose;
	mode: PromptMode;
	showing_number?: number;
	placement?: string;
}

/** All the SDK remembers, for as long as the page lives. */
export interface State {
	/** Where to send, with the key. Unset until `init`: events wait. */
	url?: string;
	debug?: boolean;
	/** What is the same for every event of this page. */
	context: EventContextInput;
	userRef?: string | undefined;
	queue: PasslensEventInput[];
	/** Events that did not fit into the queue since the last batch that arrived. */
	dropped: number;
	/** Attempts that failed in a row. */
	failures: number;
	timer?: ReturnType<typeof setTimeout> | undefined;
	sending?: Promise<void> | undefined;
	listeners: Set<(event: PasslensEventInput) => void>;
	prompts: Map<string, Prompt>;
	/** The prompt that leads to the next ceremony of its kind. */
	linkedPrompt?: Prompt | undefined;
	ceremonyId?: string;
	/** Ceremonies whose call has not ended. */
	open: Set<Ceremony>;
}

const KEY = Symbol.for('@passlens/sdk/1');

/**
 * Kept on the global object, not in the module: two copies of the SDK on one page (a tag manager's and the site's own)
 * share it, so that the API is patched once and each ceremony is reported once.
 */
export const state: State = ((globalThis as { [KEY]?: State })[KEY] ??= {
	context: {},
	queue: [],
	dropped: 0,
	failures: 0,
	listeners: new Set(),
	prompts: new Map(),
	open: new Set()
});
