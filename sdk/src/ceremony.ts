import type { CeremonyEvidence, CeremonyRequest, EventInputOf } from '../event/event.ts';
import type { CeremonyType } from '../event/vocabulary.ts';
import { uuidV7 } from '../common/uuid-v7.ts';
import { attempt } from './attempt.ts';
import { describeError } from './describe-error.ts';
import { omit } from './omit.ts';
import { readCredential } from './read-credential.ts';
import { record } from './record.ts';
import { state } from './state.ts';
import { summariseRequest, type CeremonyOptions } from './summarise-request.ts';
import type { CallObserver } from './wrap.ts';

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

export const openCalls = new Set<OpenCall>();

type Finished = EventInputOf<'ceremony.finished'>;

/** Follows one call from just before it to its end: `ceremony.started`, then `ceremony.finished` if it ends at all. */
export function followCeremony(
	type: OpenCall['type'],
	level: number,
	options: CeremonyOptions,
	replaced: boolean
): CallObserver {
	// A new trace may begin while it lasts.
	const { traceparent } = state;
	const identity = { ceremony_id: uuidV7(), ceremony_type: type, traceparent };
	const time_unix_ms = Date.now();
	const start = performance.now();
	const elapsed = () => Math.round(performance.now() - start);
	const evidence: Partial<CeremonyEvidence> = {
		focused_at_start: document.hasFocus(),
		blurred: false,
		hidden: false,
		user_activation: navigator.userActivation?.isActive,
		api_replaced: replaced
	};
	/** Missing until it is known to be a ceremony, and not part of another one. */
	let request: Partial<CeremonyRequest> | undefined;
	/** One of the autofill requests that are told only if somebody touches them. */
	let held = false;

	const tellStart = () =>
		record({ type: 'ceremony.started', ...identity, time_unix_ms, request: request! });
	const end = (outcome: Finished['outcome'], more?: Pick<Finished, 'credential' | 'error'>) => {
		openCalls.delete(call);
		if (!request) return;
		evidence.signal_aborted = options.signal?.aborted;
		if (held) {
			held = false;
			if (!evidence.blurred && (evidence.signal_aborted || outcome === 'abandoned'))
				return omit('sampled_out_events');
			tellStart();
		}
		record({
			type: 'ceremony.finished',
			...identity,
			request,
			elapsed_ms: elapsed(),
			evidence,
			outcome,
			...more
		});
		if (state.flow && request.mediation !== 'conditional')
			state.flow.failed = outcome !== 'succeeded';
	};
	const call: OpenCall = {
		type,
		level,
		options,
		blurred() {
			evidence.blurred = true;
			evidence.blurred_after_ms ??= elapsed();
		},
		hidden() {
			evidence.hidden = true;
		},
		left() {
			evidence.page_left = true;
			// An autofill request was nobody's doing: there is nothing to give up.
			if (held || request?.mediation !== 'conditional') end('abandoned');
		}
	};
	openCalls.add(call);
	return {
		// The options are read after the browser read them: should they be getters, it sees what it would see without us.
		called() {
			if (!options?.publicKey || isInner(call)) return;
			const autofill = type === 'authentication' && options.mediation === 'conditional';
			const prompt = state.linkedPrompt;
			state.ceremonyId = identity.ceremony_id;
			request = {
				...attempt(() => summariseRequest(type, options)),
				// An autofill request starts by itself, whatever prompt is on the page.
				prompt_id: prompt?.leadsTo === type && !autofill ? prompt.prompt_id : undefined
			};
			held = autofill && Math.random() >= state.sampling!;
			if (!held) tellStart();
		},
		succeeded(value) {
			const credential = request && attempt(() => readCredential(type, value));
			// A shim's odd answer, a password, or null: the call ended well, but not with a passkey.
			if (!credential) return end('error', { error: { name: 'NoPublicKeyCredential' } });
			state.ceremonyId = identity.ceremony_id;
			if (request!.prompt_id) state.linkedPrompt = undefined;
			end('succeeded', { credential });
		},
		failed(error) {
			end('error', { error: describeError(error, options?.signal) });
		}
	};
}

/** A shim that handed the same request on to the browser: one ceremony, already followed. The challenge is a request's own. */
function isInner({ type, level, options }: OpenCall): boolean {
	const challenge = (given: OpenCall['options']) =>
		String(new Uint8Array(given?.publicKey?.challenge as ArrayBuffer));
	return [...openCalls].some(
		(outer) =>
			outer.type === type && outer.level > level && challenge(outer.options) === challenge(options)
	);
}
