import type { EventInputOf } from '../event/event.ts';
import type { Signal } from '../event/vocabulary.ts';
import { attempt } from './attempt.ts';
import { describeError } from './describe-error.ts';
import { oneWay } from './one-way.ts';
import { record } from './record.ts';
import { wrap, type Callable } from './wrap.ts';

const METHODS = [
	'signalUnknownCredential',
	'signalAllAcceptedCredentials',
	'signalCurrentUserDetails'
];

/** Observes the Signal API's static methods on PublicKeyCredential, where the browser has them. */
export function observeSignals(): void {
	const api = globalThis.PublicKeyCredential as unknown as Record<string, Callable> | undefined;
	for (const method of METHODS) {
		const native = api?.[method];
		if (!native) continue;
		// signalUnknownCredential is the contract's unknown_credential.
		const signal = method
			.slice(6)
			.replace(/\B[A-Z]/g, '_$&')
			.toLowerCase() as Signal;
		api[method] = wrap(native, ([options]) => {
			const tell = (ending: Pick<EventInputOf<'credential.signalled'>, 'outcome' | 'error'>) =>
				record({
					type: 'credential.signalled',
					signal,
					credential_ref: attempt(() => namedCredential(options)),
					...ending
				});
			return {
				succeeded: () => tell({ outcome: 'succeeded' }),
				failed: (error) => tell({ outcome: 'error', error: describeError(error) })
			};
		});
	}
}

/** In every browser that has the API today; Chrome's first versions with it tell of the signal alone. */
const decoder = Uint8Array as {
	fromBase64?(text: string, options: { alphabet: 'base64url' }): Uint8Array<ArrayBuffer>;
};

/** Only `signalUnknownCredential` names one. */
function namedCredential(options: unknown): string | undefined {
	const { credentialId } = options as { credentialId?: string };
	const id = credentialId && decoder.fromBase64?.(credentialId, { alphabet: 'base64url' });
	return id && oneWay('credential', id);
}
