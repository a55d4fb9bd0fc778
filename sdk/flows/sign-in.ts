import type { EventInputOf } from '../event/event.ts';
import type { FallbackReason, SigninMethod } from '../event/vocabulary.ts';
import { attempt } from '../src/attempt.ts';
import { record } from '../src/record.ts';

export interface SignInOptions {
	method: SigninMethod;
	/** Default `succeeded`. */
	outcome?: EventInputOf<'signin.finished'>['outcome'];
	/** Why it ended with this method although it began with a passkey. */
	fallbackReason?: FallbackReason | undefined;
	/** The passkey ceremony it ended with, or fell back from: see `ceremonyId()`. */
	ceremonyId?: string | undefined;
	/** How long the whole sign-in took, in milliseconds. */
	elapsedMs?: number;
}

/** Reports a finished sign-in, by whatever method: what passkeys are compared with. Never throws. */
export function signIn(options: SignInOptions): void {
	attempt(() => {
		const { method, outcome = 'succeeded', fallbackReason, ceremonyId, elapsedMs } = options;
		record({
			type: 'signin.finished',
			method,
			outcome,
			fallback_reason: fallbackReason || undefined,
			ceremony_id: ceremonyId || undefined,
			elapsed_ms: elapsedMs! >= 0 ? Math.round(elapsedMs!) : undefined
		});
	});
}
