import { SCHEMA_VERSION, type BatchInput } from '../sdk/event/index.ts';
import { VERSION } from '../sdk/common/version.ts';
import type { Transmission } from './transmission.ts';

/** The request body of a transmission, stamped by a sender whose clock is wrong by `clockSkewMs`. */
export function toBatch({
	transmission: { context, events, clockSkewMs, knowsItsSkew },
	sentAt
}: {
	transmission: Transmission;
	/** True time of sending: the simulated one, or the real one when it goes to a running collector. */
	sentAt: number;
}): BatchInput {
	return {
		schema_version: SCHEMA_VERSION,
		sent_unix_ms: sentAt + clockSkewMs,
		...(knowsItsSkew && { clock_skew_ms: -clockSkewMs }),
		sdk: { name: '@passlens/simulator', version: VERSION },
		context,
		events
	};
}

/** Whether it is there by then: the last day may be today, and what a phone delivers late comes later still. */
export function hasArrived({ sentAt }: Transmission, now: number): boolean {
	return sentAt <= now;
}
