import { z } from 'zod';
import { defineQuery } from '../define-query.ts';

const moment = z.string().nullable();
const count = z.coerce.number();

/** Every collector that reported in the last day, by its newest report. Times are told as ages by the database's clock. */
export const collectorStates = defineQuery({
	name: 'collector_states',
	parameters: z.object({}),
	sql: `SELECT
			collector,
			max(at) AS reported_at,
			dateDiff('millisecond', reported_at, now64(3)) AS silent_ms,
			argMax(stopped, at) AS stopped,
			argMax(spool_bytes, at) AS spool_bytes,
			argMax(spool_max_bytes, at) AS spool_max_bytes,
			argMax(segments_waiting, at) AS segments_waiting,
			argMax(last_error, at) AS last_error,
			max(last_stored_at) AS stored_at,
			argMax(dead_letters, at) AS dead_letters,
			max(h.started_at) AS started_at,
			sum(h.accepted) AS accepted,
			if(sum(h.requests) = 0, NULL, round(sumIf(h.accepted, h.requests > 0) / sum(h.requests))) AS events_a_request,
			if(sum(h.inserts) = 0, NULL, round(sumIf(h.stored, h.inserts > 0) / sum(h.inserts))) AS events_an_insert,
			max(h.insert_ms) AS insert_ms,
			sum(h.retries) AS retries
		FROM collector_health_v1 AS h
		WHERE at > now64(3) - INTERVAL 1 DAY
		GROUP BY collector
		ORDER BY stopped, collector`,
	row: z.object({
		collector: z.string(),
		reported_at: z.string(),
		silent_ms: count,
		stopped: z.coerce.boolean(),
		spool_bytes: count,
		spool_max_bytes: count,
		segments_waiting: count,
		last_error: z.string(),
		stored_at: moment,
		dead_letters: z.array(z.object({ name: z.string(), rows: count, error: z.string() })),
		started_at: z.string(),
		accepted: count,
		/** On average; null: there was none, or an older version counted them. */
		events_a_request: z.number().nullable(),
		events_an_insert: z.number().nullable(),
		/** The longest insert. */
		insert_ms: z.number().nullable(),
		/** Inserts that had to be tried again. */
		retries: count
	})
});

/** The last day of all collectors by hours, oldest first; hours in which nobody reported are left out. */
export const collectorHours = defineQuery({
	name: 'collector_hours',
	parameters: z.object({}),
	sql: `SELECT
			toUInt32(23 - dateDiff('hour', toStartOfHour(at), toStartOfHour(now64(3)))) AS hour,
			sum(h.accepted) AS accepted,
			sum(h.refused) AS refused,
			sum(h.set_aside) AS set_aside,
			sum(h.retries) AS retries,
			max(h.store_lag_ms) AS store_lag_ms
		FROM collector_health_v1 AS h
		WHERE at >= toStartOfHour(now64(3)) - INTERVAL 23 HOUR
		GROUP BY hour
		ORDER BY hour`,
	row: z.object({
		hour: z.number(),
		accepted: count,
		refused: count,
		set_aside: count,
		retries: count,
		store_lag_ms: z.number().nullable()
	})
});

/** What was refused in the last day, most frequent first. */
export const collectorRefusals = defineQuery({
	name: 'collector_refusals',
	parameters: z.object({}),
	sql: `SELECT project_id, path, code, field, any(reason) AS reason, sum(r.refusals) AS refusals,
			toString(max(at)) AS last_at
		FROM collector_refusals_v1 AS r
		WHERE at > now64(3) - INTERVAL 1 DAY
		GROUP BY project_id, path, code, field
		ORDER BY refusals DESC, last_at DESC
		LIMIT 100`,
	row: z.object({
		project_id: z.string(),
		path: z.string(),
		code: z.string(),
		field: z.string(),
		reason: z.string(),
		refusals: count,
		last_at: z.string()
	})
});

const DELAY = (share: number) =>
	`if(events = 0, NULL, pow(2, quantileExactWeighted(${share})(step, came) / 4) - 1)`;

/**
 * How long events took from their happening to their arrival, over those received in the last day, as the collectors counted them: within
 * a tenth. Those made by a simulator and those whose sender's clock was wrong are left out: of both the time says nothing.
 */
export const arrivalDelays = defineQuery({
	name: 'arrival_delays',
	parameters: z.object({}),
	sql: `WITH told AS (SELECT h.late AS late, h.over_an_hour AS over_an_hour, h.delays AS delays FROM collector_health_v1 AS h WHERE at > now64(3) - INTERVAL 1 DAY)
		SELECT
			sum(came) AS events,
			${DELAY(0.5)} AS p50_ms,
			${DELAY(0.95)} AS p95_ms,
			(SELECT sum(late) FROM told) AS late,
			(SELECT sum(over_an_hour) FROM told) AS over_an_hour
		FROM
		(
			SELECT delay.1 AS step, delay.2 AS came
			FROM (SELECT arrayJoin(CAST(delays, 'Array(Tuple(UInt8, UInt64))')) AS delay FROM told)
		)`,
	row: z.object({
		events: count,
		p50_ms: z.number().nullable(),
		p95_ms: z.number().nullable(),
		late: count,
		over_an_hour: count
	})
});

/** The collectors' tables of countries and providers, as each stands; one without a source is used no more. */
export const knowledgeTables = defineQuery({
	name: 'knowledge_tables',
	parameters: z.object({}),
	sql: `SELECT collector, name, source, version, entries, toString(loaded_at) AS loaded_at,
			toString(tried_at) AS tried_at, toString(next_update) AS next_update, last_error
		FROM enrichment_tables_v1
		WHERE source != ''
		ORDER BY name, collector`,
	row: z.object({
		collector: z.string(),
		name: z.string(),
		source: z.string(),
		version: z.string(),
		entries: count,
		loaded_at: moment,
		tried_at: moment,
		next_update: moment,
		last_error: z.string()
	})
});
