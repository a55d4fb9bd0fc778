import type { EventInputOf } from '../event/event.ts';
import type { FallbackReason, SigninMethod } from '../event/vocabulary.ts';
import { record } from './record.ts';

export interface SignInOptions {
	method: SigninMethod;
	/** Default `succeeded`. */
	outcome?: EventInputOf<'signin.finished'>['outcome'];
	/** Why it ended with this method although it began with a passkey. */
	fallbackReason?: FallbackReason;
	/** The passkey ceremony it ended with, or fell back from: see `ceremonyId()`. */
	ceremonyId?: string;
	/** How long the whole sign-in took, in milliseconds. */
	elapsedMs?: number;
}

/** Reports a finished sign-in, by whatever method: what passkeys are compared with. */
export function signIn({
	method,
	outcome = 'succeeded',
	fallbackReason,
	ceremonyId,
	elapsedMs
}: SignInOptions): void {
	record({
		type: 'signin.finished',
		method,
		outcome,
		...(fallbackReason && { fallback_reason: fallbackReason }),
		...(ceremonyId && { ceremony_id: ceremonyId }),
		...(elapsedMs !== undefined && { elapsed_ms: Math.round(elapsedMs) })
	});
}
