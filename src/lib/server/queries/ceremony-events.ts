import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { bool, count, utcTime } from './column-types.ts';

/**
 * The raw events of a ceremony as they were taken, a repeated one once. `from` and `to` are the days its parts fell on:
 * the table is ordered by day first.
 */
export const queryCeremonyEvents = defineQuery({
	name: 'ceremony-events',
	parameters: z.object({
		project: z.string(),
		ceremony_id: z.uuid(),
		from: z.iso.date(),
		to: z.iso.date()
	}),
	row: z.object({
		event_id: z.string(),
		event_type: z.string(),
		occurred_at: utcTime,
		received_at: utcTime,
		clock_skew_ms: count,
		time_corrected: bool,
		schema_version: count,
		sdk_name: z.string(),
		sdk_version: z.string(),
		classifier_version: count,
		signin_method: z.string(),
		client_outcome: z.string(),
		fallback_reason: z.string(),
		span_id: z.string(),
		tags: z.record(z.string(), z.string())
	}),
	sql: `
SELECT
	event_id, event_type, occurred_at, received_at, clock_skew_ms, time_corrected, schema_version,
	sdk_name, sdk_version, classifier_version, signin_method, client_outcome, fallback_reason, span_id, tags
FROM events_raw_v1 FINAL
WHERE project_id = {project: String} AND ceremony_id = {ceremony_id: UUID}
	AND event_date BETWEEN {from: Date} AND {to: Date}
ORDER BY occurred_at, event_id`
});
