import type { CeremonyEvidence, CeremonyRequest, EventInputOf } from '../event/event.ts';
import type { CeremonyType } from '../event/vocabulary.ts';
import { uuidV7 } from '../common/uuid-v7.ts';
import { attempt } from './attempt.ts';
import { describeError } from './describe-error.ts';
import { readCredential } from './read-credential.ts';
import { record } from './record.ts';
import { state } from './state.ts';
import { summariseRequest, type CeremonyOptions } from './summarise-request.ts';
import type { CallObserver } from './wrap.ts';

/** One call of `create` or `get` that is open. */
export interface Ceremony {
	type: CeremonyType;
	/** 0: through the browser's own method; above: through something that stands before it. */
	level: number;
	options: CeremonyOptions;
}

const LONGEST_MS = 86_400_000;

/** Follows one call from just before it to its end: `ceremony.started`, then `ceremony.finished` if it ends at all. */
export function followCeremony(ceremony: Ceremony, apiReplaced: boolean): CallObserver {
	const { type, options } = ceremony;
	const identity = { ceremony_id: uuidV7(), ceremony_type: type };
	const startedAt = Date.now();
	const start = performance.now();
	const sinceStart = () => Math.min(LONGEST_MS, Math.round(performance.now() - start));
	const evidence: Partial<CeremonyEvidence> = {
		focused_at_start: document.hasFocus(),
		blurred: false,
		hidden: false,
		user_activation: navigator.userActivation?.isActive,
		api_replaced: apiReplaced
	};
	let request: Partial<CeremonyRequest> | undefined;

	const listening = new AbortController();
	const { signal } = listening;
	const blurred = () => {
		evidence.blurred = true;
		evidence.blurred_after_ms ??= sinceStart();
	};
	addEventListener('blur', blurred, { signal });
	addEventListener('pagehide', () => (evidence.page_left = true), { signal });
	document.addEventListener('visibilitychange', () => document.hidden && (evidence.hidden = true), {
		signal
	});

	const finish = (
		result: Pick<EventInputOf<'ceremony.finished'>, 'outcome' | 'error' | 'credential'>
	) => {
		const elapsed_ms = sinceStart();
		listening.abort();
		state.open.delete(ceremony);
		if (options.signal) evidence.signal_aborted = options.signal.aborted;
		record({
			type: 'ceremony.finished',
			...identity,
			request: request ?? {},
			elapsed_ms,
			evidence,
			...result
		});
	};

	state.open.add(ceremony);
	state.ceremonyId = identity.ceremony_id;
	return {
		// The options are read after the browser read them: should they be getters, it sees what it would see without us.
		called() {
			request = { ...attempt(() => summariseRequest(type, options)), ...linkPrompt(ceremony) };
			record({ type: 'ceremony.started', ...identity, request }, startedAt);
		},
		succeeded(value) {
			const credential = attempt(() => readCredential(type, options, value));
			if (!credential) {
				// A shim's odd answer, a password, or null: the call ended well, but not with a passkey.
				finish({ outcome: 'error', error: { name: 'NoPublicKeyCredential' } });
				return;
			}
			state.ceremonyId = identity.ceremony_id;
			if (request?.prompt_id && state.linkedPrompt?.prompt_id === request.prompt_id)
				state.linkedPrompt = undefined;
			finish({ outcome: 'succeeded', credential });
		},
		failed(error) {
			// Thrown before a promise was there: the start was not told yet.
			if (!request) this.called?.();
			finish({ outcome: 'error', error: describeError({ error, signal: options.signal }) });
		}
	};
}

/** An autofill request starts by itself, whatever prompt is on the page. */
function linkPrompt({ type, options }: Ceremony): Pick<CeremonyRequest, 'prompt_id'> | undefined {
	const prompt = state.linkedPrompt;
	const expected = prompt?.purpose === 'sign_in' ? 'authentication' : 'registration';
	const autofill = type === 'authentication' && options.mediation === 'conditional';
	return prompt && type === expected && !autofill ? { prompt_id: prompt.prompt_id } : undefined;
}
