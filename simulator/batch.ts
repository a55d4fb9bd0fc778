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

/** Leaves out what has not happened yet: the last day may be today. Undefined when nothing is left. */
export function withoutFuture(transmission: Transmission, now: number): Transmission | undefined {
	const trueNow = now + transmission.clockSkewMs;
	if (transmission.events.every(({ time_unix_ms }) => time_unix_ms <= trueNow)) return transmission;
	const events = transmission.events.filter(({ time_unix_ms }) => time_unix_ms <= trueNow);
	return events.length > 0 ? { ...transmission, events } : undefined;
}
