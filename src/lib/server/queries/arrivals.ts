import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { bool, count, utcTime } from './column-types.ts';

const parameters = z.object({ project: z.string() });

/** A project's newest events of the last hour, as they were taken, newest first: what somebody who sets up a site watches. */
export const newestArrivals = defineQuery({
	name: 'newest_arrivals',
	parameters,
	sql: `SELECT
			toString(event_id) AS id, event_type AS type, toString(e.received_at) AS received_at,
			application, environment, release, origin, sdk_name, sdk_version, os_name, browser_name,
			ceremony_type, if(client_outcome != '', client_outcome, multiIf(verified, 'verified', verified = 0, 'refused', '')) AS outcome,
			error_name, user_hash != 0 AS names_user, time_corrected, clock_skew_ms
		FROM events_raw_v1 AS e
		WHERE project_id = {project: String} AND e.received_at > now64(3) - INTERVAL 1 HOUR
		ORDER BY e.received_at DESC, event_id DESC
		LIMIT 20`,
	row: z.object({
		id: z.string(),
		type: z.string(),
		received_at: utcTime,
		application: z.string(),
		environment: z.string(),
		release: z.string(),
		origin: z.string(),
		sdk_name: z.string(),
		sdk_version: z.string(),
		os_name: z.string(),
		browser_name: z.string(),
		ceremony_type: z.string(),
		/** How it ended, by the client or the server; empty: it tells of no end. */
		outcome: z.string(),
		error_name: z.string(),
		names_user: bool,
		time_corrected: bool,
		clock_skew_ms: z.coerce.number()
	})
});

/** What a project has sent in the last day, by what a complete set-up sends. */
export const setUpProgress = defineQuery({
	name: 'set_up_progress',
	parameters,
	sql: `SELECT
			sum(a.events) AS events,
			sum(a.ceremony_events) AS ceremony_events,
			sum(a.verdicts) AS verdicts,
			sum(a.with_user) AS with_user,
			sum(a.clock_corrected) AS clock_corrected,
			if(clock_corrected = 0, NULL, quantileMerge(0.5)(a.skew_ms)) AS skew_ms,
			toString(max(a.newest_at)) AS newest_at
		FROM arrivals_v1 AS a
		WHERE project_id = {project: String} AND a.arrived_at > now() - INTERVAL 1 DAY`,
	row: z.object({
		events: count,
		ceremony_events: count,
		verdicts: count,
		with_user: count,
		clock_corrected: count,
		/** Collector's clock minus the sender's, the median of those that were off; null: none was. */
		skew_ms: z.number().nullable(),
		newest_at: utcTime
	})
});

/** What was refused of a project in the last hour, and of senders nobody knows, newest first. */
export const newestRefusals = defineQuery({
	name: 'newest_refusals',
	parameters,
	sql: `SELECT project_id, path, code, field, reason, sum(r.refusals) AS refusals, toString(max(at)) AS last_at
		FROM collector_refusals_v1 AS r
		WHERE at > now64(3) - INTERVAL 1 HOUR AND project_id IN ({project: String}, '')
		GROUP BY project_id, path, code, field, reason
		ORDER BY project_id = '', last_at DESC
		LIMIT 20`,
	row: z.object({
		/** Empty: nobody knows whose. */
		project_id: z.string(),
		path: z.string(),
		code: z.string(),
		field: z.string(),
		reason: z.string(),
		refusals: count,
		last_at: utcTime
	})
});

/** How many collectors reported within a minute, and did not say that they stop. */
export const runningCollectors = defineQuery({
	name: 'running_collectors',
	parameters: z.object({}),
	sql: `SELECT countIf(NOT stopped) AS collectors FROM
			(SELECT argMax(h.stopped, at) AS stopped FROM collector_health_v1 AS h
			WHERE at > now64(3) - INTERVAL 1 MINUTE GROUP BY collector)`,
	row: z.object({ collectors: count })
});
