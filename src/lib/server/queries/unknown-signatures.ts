import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count, utcTime } from './column-types.ts';

const signature = {
	signature_id: z.string(),
	error_name: z.string(),
	error_signature: z.string(),
	error_code: z.string(),
	occurrences: count,
	/** The commonest first: `Chrome on Windows`. */
	clients: z.array(z.string()),
	first_at: utcTime,
	last_at: utcTime
};

const ON = `trimBoth(concat(s.browser_name, if(s.browser_name != '' AND s.os_name != '', ' on ', ''), s.os_name))`;

/** Values by how many ceremonies had them, most first. */
const ranked = (value: string) =>
	`arrayMap(pair -> pair.1, arraySort(pair -> (-toInt64(pair.2), pair.1), CAST(sumMap(map(${value}, s.occurrences)), 'Array(Tuple(String, UInt64))')))`;

const CLIENTS = `arrayFilter(name -> name != '', ${ranked(ON)})`;

/** Errors of the last thirty days that no rule of the classifier knows, the commonest first, of every project. */
export const unknownSignatures = defineQuery({
	name: 'unknown_signatures',
	parameters: z.object({}),
	sql: `SELECT signature_id, error_name, error_signature, error_code,
			sum(s.occurrences) AS occurrences, ${CLIENTS} AS clients,
			min(s.first_seen_at) AS first_at, max(s.last_seen_at) AS last_at
		FROM error_signatures_v1 AS s
		WHERE day >= today() - 30 AND unknown
		GROUP BY signature_id, error_name, error_signature, error_code
		ORDER BY occurrences DESC, signature_id
		LIMIT 100`,
	row: z.object(signature)
});

/** One error over all that is kept of it, in every project; no row when nothing ended with it. */
export const signatureDetail = defineQuery({
	name: 'signature_detail',
	parameters: z.object({ signature_id: z.string() }),
	sql: `SELECT signature_id, error_name, error_signature, error_code,
			sum(s.occurrences) AS occurrences, sumIf(s.occurrences, s.unknown) AS unknown_occurrences,
			${CLIENTS} AS clients, ${ranked(`concat(s.cause, '\\n', s.cause_confidence)`)} AS causes,
			arraySort(groupUniqArray(s.project_id)) AS projects,
			min(s.first_seen_at) AS first_at, max(s.last_seen_at) AS last_at
		FROM error_signatures_v1 AS s
		WHERE signature_id = {signature_id: String}
		GROUP BY signature_id, error_name, error_signature, error_code`,
	row: z.object({
		...signature,
		unknown_occurrences: count,
		/** Cause and how sure of it, the commonest first. */
		causes: z.array(
			z.string().transform((text) => {
				const [cause = '', confidence = ''] = text.split('\n');
				return { cause, confidence };
			})
		),
		projects: z.array(z.string())
	})
});

/**
 * The newest ceremonies that ended with an error, with what the page told of each: found among the errors, and looked up in the raw
 * events by their days and ids.
 */
export const signatureSamples = defineQuery({
	name: 'signature_samples',
	parameters: z.object({ signature_id: z.string() }),
	sql: `SELECT project_id, toString(ceremony_id) AS ceremony_id, occurred_at, ceremony_type, mediation,
			browser_name, browser_version, os_name, os_version, elapsed_ms, timeout_ms, focused_at_start, blurred, hidden,
			user_activation, signal_aborted, allow_count, application, release
		FROM events_raw_v1
		WHERE (project_id, event_date, ceremony_id, event_id) IN (
				SELECT project_id, toDate(e.occurred_at, 'UTC'), e.ceremony_id, event_id
				FROM ceremony_errors_state_v1 AS e FINAL
				WHERE signature_id = {signature_id: String}
				ORDER BY e.occurred_at DESC
				LIMIT 1 BY e.ceremony_id
				LIMIT 10
			)
		ORDER BY occurred_at DESC
		LIMIT 1 BY ceremony_id
		LIMIT 10`,
	row: z.object({
		project_id: z.string(),
		ceremony_id: z.string(),
		occurred_at: utcTime,
		ceremony_type: z.enum(['registration', 'authentication']),
		mediation: z.string(),
		browser_name: z.string(),
		browser_version: z.string(),
		os_name: z.string(),
		os_version: z.string(),
		elapsed_ms: count.nullable(),
		timeout_ms: count.nullable(),
		focused_at_start: z.boolean().nullable(),
		blurred: z.boolean().nullable(),
		hidden: z.boolean().nullable(),
		user_activation: z.boolean().nullable(),
		signal_aborted: z.boolean().nullable(),
		allow_count: count.nullable(),
		application: z.string(),
		release: z.string()
	})
});
