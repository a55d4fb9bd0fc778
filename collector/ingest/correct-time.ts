/** Skew under this is network time, not a wrong clock. */
const TOLERATED_SKEW_MS = 5_000;
const LATE_MS = 30 * 86_400_000;
/** No queue holds an event this long: its time is wrong. It also bounds how many monthly partitions one insert touches. */
const UNBELIEVABLE_MS = 2 * 365 * 86_400_000;

export interface EventTime {
	occurred_at: number;
	time_corrected: boolean;
	late: boolean;
}

/**
 * When an event happened, by the collector's clock. The skew of the sender's clock is taken off when it is more than
 * network time; nothing happens after it was received. All in Unix epoch milliseconds.
 */
export function correctTime({
	time,
	skew,
	received
}: {
	time: number;
	/** The collector's clock minus the sender's: as the sender measured it, else what the batch's time of sending tells. */
	skew: number;
	received: number;
}): EventTime {
	const shifted = Math.abs(skew) > TOLERATED_SKEW_MS ? time + skew : time;
	const age = received - shifted;
	const occurred_at = age < 0 || age > UNBELIEVABLE_MS ? received : shifted;
	return { occurred_at, time_corrected: occurred_at !== time, late: age > LATE_MS };
}
