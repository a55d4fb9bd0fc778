import type { EventInputOf } from '../event/event.ts';
import type { Signal } from '../event/vocabulary.ts';
import { fromBase64url } from '../common/base64url.ts';
import { attempt } from './attempt.ts';
import { describeError } from './describe-error.ts';
import { oneWay } from './one-way.ts';
import { record } from './record.ts';
import { wrap, type Callable } from './wrap.ts';

/** `signalUnknownCredential` is the contract's `unknown_credential`. */
const SIGNALS = ['UnknownCredential', 'AllAcceptedCredentials', 'CurrentUserDetails'];

/** Observes the Signal API's static methods on PublicKeyCredential, where the browser has them. */
export function observeSignals(): void {
	const api = globalThis.PublicKeyCredential as unknown as Record<string, Callable> | undefined;
	for (const name of SIGNALS) {
		const method = `signal${name}`;
		const native = api?.[method];
		if (!native) continue;
		const signal = name.replace(/\B[A-Z]/g, '_$&').toLowerCase() as Signal;
		api[method] = wrap(native, ([options]) => {
			// Only `signalUnknownCredential` names one.
			const { credentialId } = Object(options) as { credentialId?: string };
			const tell = (ending: Pick<EventInputOf<'credential.signalled'>, 'outcome' | 'error'>) =>
				record({
					type: 'credential.signalled',
					signal,
					credential_ref: attempt(
						() => credentialId && oneWay('credential', fromBase64url(credentialId))
					),
					...ending
				});
			return {
				succeeded: () => tell({ outcome: 'succeeded' }),
				failed: (error) => tell({ outcome: 'error', error: describeError(error) })
			};
		});
	}
}
