import type { EventInputOf } from '../event/event.ts';
import type { Signal } from '../event/vocabulary.ts';
import { fromBase64url } from '../common/base64url.ts';
import { credentialReference } from '../common/references.ts';
import { attempt } from './attempt.ts';
import { describeError } from './describe-error.ts';
import { record } from './record.ts';
import { wrap } from './wrap.ts';

const METHODS: Record<string, Signal> = {
	signalUnknownCredential: 'unknown_credential',
	signalAllAcceptedCredentials: 'all_accepted_credentials',
	signalCurrentUserDetails: 'current_user_details'
};

/** Observes the Signal API's static methods on PublicKeyCredential, where the browser has them. */
export function observeSignals(): void {
	const api = (window as unknown as { PublicKeyCredential?: Record<string, unknown> })
		.PublicKeyCredential;
	if (!api) return;
	for (const [method, signal] of Object.entries(METHODS)) {
		const native = api[method];
		if (typeof native !== 'function') continue;
		attempt(() => {
			api[method] = wrap(native, ([options]) => {
				const event = (fields: Pick<EventInputOf<'credential.signalled'>, 'outcome' | 'error'>) =>
					record({
						type: 'credential.signalled',
						signal,
						credential_ref: attempt(() => namedCredential(options)),
						...fields
					});
				return {
					succeeded: () => event({ outcome: 'succeeded' }),
					failed: (error) => event({ outcome: 'error', error: describeError({ error }) })
				};
			});
		});
	}
}

/** Only `signalUnknownCredential` names one. */
function namedCredential(options: unknown): string | undefined {
	const { credentialId } = options as { credentialId?: unknown };
	return typeof credentialId === 'string'
		? credentialReference(fromBase64url(credentialId))
		: undefined;
}
