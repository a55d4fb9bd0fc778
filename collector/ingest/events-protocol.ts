import { LIMITS } from '../../sdk/event/index.ts';
import { isProblem } from '../problem.ts';
import { jsonAnswer, problemAnswer, type Protocol } from '../protocol.ts';
import { ingest } from './ingest.ts';

/** The contract's own: a batch as JSON, answered 202 when it is on disk. */
export const EVENTS_PROTOCOL: Protocol = {
	path: '/v1/events',
	rules: {
		types: /^(application\/json|text\/plain)\s*(;|$)/i,
		typesInWords: 'application/json, or text/plain from a beacon',
		maxBytes: LIMITS.batch_bytes
	},
	async take(arrival) {
		const receipt = await ingest(arrival);
		return isProblem(receipt) ? receipt : jsonAnswer(202, receipt);
	},
	refuse: problemAnswer
};
