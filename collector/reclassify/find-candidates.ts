import type { ClickHouseClient } from '@clickhouse/client';
import { ask } from '../lifecycle/ask.ts';
import { STORED_COLUMNS, type StoredEvent } from './derive-again.ts';

/** Days of one project that have events to look at again, which one statement may ask for and change. */
export interface CandidateDays {
	projectId: string;
	/** `YYYY-MM-DD`, UTC, ascending. */
	days: string[];
	events: number;
}

/** What a statement about more of them would have to merge at once. */
const MOST_DAYS = 31;

/** The event of an older cause whose ceremony still shows it, though the event itself was classified since: a run ended in between. */
const HALF_DONE = `ceremony_id IN (SELECT ceremony_id FROM ceremonies_state_v1 FINAL
	WHERE project_id = {project: String} AND client_outcome = 'error' AND classification.1 < {version: UInt16})`;

const FAILED = `event_type = 'ceremony.finished' AND client_outcome = 'error'`;

/** Failures that older rules classified, and events that carry an AAGUID, whose provider may be known by another name now. */
const CANDIDATE = `((${FAILED} AND (classifier_version < {version: UInt16} OR ${HALF_DONE})) OR aaguid != '')`;

/** Days with candidates, oldest first, as many together as have `most` candidates or fewer; a day with more stands alone. */
export async function findCandidateDays({
	client,
	projectId,
	version,
	most
}: {
	client: ClickHouseClient;
	projectId: string;
	/** Of the rules in force. */
	version: number;
	most: number;
}): Promise<CandidateDays[]> {
	const rows = await ask<{ day: string; events: string }>(
		client,
		`SELECT toString(event_date) AS day, uniqExact(event_id) AS events FROM events_raw_v1
		WHERE project_id = {project: String} AND ${CANDIDATE} GROUP BY day ORDER BY day`,
		{ project: projectId, version }
	);
	const groups: CandidateDays[] = [];
	for (const { day, events } of rows) {
		const last = groups.at(-1);
		if (last && last.days.length < MOST_DAYS && last.events + Number(events) <= most) {
			last.days.push(day);
			last.events += Number(events);
		} else groups.push({ projectId, days: [day], events: Number(events) });
	}
	return groups;
}

/**
 * An event that came twice, under two names of its provider, shows the newer one itself, while the ledger, which keeps the greatest,
 * may still show the older.
 */
const HALF_TOLD = `provider != '' AND credential_hash != 0 AND (credential_hash, toString(provider)) NOT IN (
	SELECT credential_hash, toString(provider) FROM credentials_state_v2 FINAL
	WHERE project_id = {project: String} AND credential_hash IN (
		SELECT credential_hash FROM events_raw_v1 WHERE project_id = {project: String} AND event_date IN {days: Array(Date)} AND provider != ''))`;

/**
 * The candidates of these days; `half_done` ones must be written again though nothing in them changes, and so must `half_told` ones,
 * whose provider is to be told anew.
 */
export function readCandidates({
	client,
	projectId,
	days,
	version
}: {
	client: ClickHouseClient;
	projectId: string;
	days: readonly string[];
	version: number;
}): Promise<(StoredEvent & { half_done: boolean; half_told: boolean })[]> {
	return ask(
		client,
		`SELECT ${STORED_COLUMNS}, ${FAILED} AND ${HALF_DONE} AS half_done,
			${HALF_TOLD} AS half_told FROM events_raw_v1 FINAL
		WHERE project_id = {project: String} AND event_date IN {days: Array(Date)} AND ${CANDIDATE}`,
		{ project: projectId, days, version }
	);
}
