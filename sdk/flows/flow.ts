import type { EventInputOf } from '../event/event.ts';
import type { FallbackReason, FlowPurpose, SigninMethod } from '../event/vocabulary.ts';
import { slug } from '../common/slug.ts';
import { uuidV7 } from '../common/uuid-v7.ts';
import { attempt } from '../src/attempt.ts';
import { record, type Recorded } from '../src/record.ts';
import { state, type Flow } from '../src/state.ts';

export interface FlowOptions {
	/** What the user is about to do. */
	purpose: FlowPurpose;
	/** The methods the page offers for it. */
	offered?: SigninMethod[];
}

export interface FlowEnd {
	/** Default `succeeded`. */
	outcome?: EventInputOf<'flow.finished'>['outcome'];
	/** The method it ended with. */
	method?: SigninMethod;
	/** Why not with a passkey. Default `ceremony_failed` where the last passkey ceremony of the flow had failed. */
	fallbackReason?: FallbackReason;
}

/**
 * What a user does, from the first page to the last: everything recorded meanwhile carries the flow's id, over page changes of
 * the tab too. One flow at a time; a new one takes the place of one that never ended.
 */
export const flow = {
	/** The user begins. */
	started(options: FlowOptions): void {
		attempt(() => {
			const { purpose, offered } = options;
			state.flow = { flow_id: uuidV7(), purpose };
			record({ type: 'flow.started', purpose, offered_methods: offered });
		});
	},

	/** The user picked a method. */
	chose(method: SigninMethod): void {
		tell(() => ({ type: 'flow.chosen', method }));
	},

	/** The user came to a step of yours, such as "code-entered". */
	reached(step: string): void {
		tell(() => ({ type: 'flow.reached', step: slug(step) ?? '' }));
	},

	/** The flow is over. A sign-in is reported as one, too: `signIn` need not be called. */
	finished(options?: FlowEnd): void {
		tell(({ purpose, failed }) => {
			const { outcome = 'succeeded', method, fallbackReason } = options ?? {};
			const fallback_reason =
				fallbackReason ??
				(method && method !== 'passkey' && failed ? 'ceremony_failed' : undefined);
			const end = { method, outcome, fallback_reason };
			if (purpose === 'sign_in' && method)
				record({ type: 'signin.finished', ceremony_id: state.ceremonyId, ...end, method });
			return { type: 'flow.finished', ...end };
		});
		state.flow = undefined;
	}
};

/** Outside a flow there is nothing to tell of it. */
function tell(describe: (flow: Flow) => Recorded): void {
	attempt(() => state.flow && record(describe(state.flow)));
}
