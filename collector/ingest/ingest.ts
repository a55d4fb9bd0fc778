import type { BatchReceipt, Refusal } from '../../sdk/event/index.ts';
import { isProblem, type Problem } from '../problem.ts';
import { decode } from './decode.ts';
import { takeEvents, type Arrival } from './take-events.ts';
import { SERVER_KEY_REQUIRED } from './validate.ts';

/** The way in of the contract's own batches. Resolves when what was accepted is on disk. */
export async function ingest({ body, ...arrival }: Arrival): Promise<BatchReceipt | Problem> {
	const batch = decode(body);
	if (isProblem(batch)) return batch;
	const taken = await takeEvents({ ...arrival, batches: [{ ...batch, firstIndex: 0 }] });
	if (isProblem(taken)) return taken;
	if (taken.accepted === 0) return nothingAccepted(taken.refused);
	return { ...taken, received_unix_ms: arrival.received };
}

function nothingAccepted(errors: Refusal[]): Problem {
	const forbidden = errors.every(({ code }) => code === SERVER_KEY_REQUIRED);
	return {
		status: forbidden ? 403 : 400,
		code: forbidden ? SERVER_KEY_REQUIRED : 'events_invalid',
		title: forbidden ? 'Server key required' : 'No valid event',
		detail: forbidden
			? 'Verdicts and revocations are taken with a server key (sk_…) only.'
			: 'None of the events follows the contract; each is listed with its reason.',
		errors
	};
}
