import type { BatchReceipt, Refusal } from '../../sdk/event/index.ts';
import type { Sender } from '../../settings/projects.ts';
import { isProblem, type Problem } from '../problem.ts';
import { SpoolError, type Spool } from '../spool/spool.ts';
import { encodeRows } from '../store/encode-rows.ts';
import { telemetry } from '../telemetry.ts';
import { decode } from './decode.ts';
import { enrich } from './enrich.ts';
import { pseudonymise } from './pseudonymise.ts';
import { SERVER_KEY_REQUIRED, validate } from './validate.ts';

/**
 * One batch's way in: decode, validate, pseudonymise, enrich, spool. References are turned into pseudonyms before
 * anything is written, the spool included. Resolves when what was accepted is on disk.
 */
export async function ingest({
	body,
	sender,
	userAgent,
	spool
}: {
	body: Uint8Array;
	sender: Sender;
	/** The request's User-Agent header. */
	userAgent: string;
	spool: Pick<Spool, 'append'>;
}): Promise<BatchReceipt | Problem> {
	const received = Date.now();
	const batch = decode(body);
	if (isProblem(batch)) return batch;

	const { events, refused } = validate({ batch, sender });
	telemetry.eventsRefused.add(refused.length);
	if (events.length === 0) return nothingAccepted(refused);

	const pseudonyms = pseudonymise({ key: sender.pseudonymKey });
	const options = {
		batch,
		projectId: sender.projectId,
		pseudonyms,
		userAgent: sender.kind === 'server' ? '' : userAgent,
		received
	};
	const rows = events.map((event) => enrich(event, options));
	try {
		await spool.append(encodeRows(rows), rows.length);
	} catch (error) {
		if (error instanceof SpoolError) return unavailable(error);
		throw error;
	}
	telemetry.eventsAccepted.add(rows.length);
	return { accepted: rows.length, refused, received_unix_ms: received };
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

function unavailable({ code }: SpoolError): Problem {
	return {
		status: 503,
		code,
		title: 'Not taking events now',
		detail:
			code === 'spool_full'
				? 'The database has been away for so long that the spool is full. Send the batch again later.'
				: 'The events could not be put on disk, so they were not taken. Send the batch again later.',
		retryAfterSeconds: code === 'spool_full' ? 30 : 5
	};
}
