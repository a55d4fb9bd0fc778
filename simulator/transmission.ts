import type { EventContextInput, PasslensEventInput } from '../sdk/event/index.ts';

/** One request body on its way to the collector, before whoever delivers it stamps the time of sending. */
export interface Transmission {
	from: 'page' | 'server';
	userAgent: string;
	/** True time of sending, Unix milliseconds. */
	sentAt: number;
	/** What the sender's clock shows minus the true time; its events' times carry it already. */
	clockSkewMs: number;
	/** The sender measured that, as the SDK does from the collector's answers, and says so: its times are corrected to the millisecond. */
	knowsItsSkew?: boolean;
	context: EventContextInput;
	events: PasslensEventInput[];
}
