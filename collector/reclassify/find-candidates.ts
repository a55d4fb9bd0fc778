import type { ClickHouseClient } from '@clickhouse/client';
import { ask } from '../lifecycle/ask.ts';
import { STORED_COLUMNS, type StoredEvent } from './derive-again.ts';

/** A day of one project that has events to look at again. */
export interface CandidateDay {
	projectId: string;
	/** `YYYY-MM-DD`, UTC. */
	day: string;
	events: number;
}

/** The event of an older cause whose ceremony still shows it, though the event itself was classified since: a run ended in between. */
const HALF_DONE = `ceremony_id IN (SELECT ceremony_id FROM ceremonies_state_v1 FINAL
	WHERE project_id = {project: String} AND client_outcome = 'error' AND classification.1 < {version: UInt16})`;

const FAILED = `event_type = 'ceremony.finished' AND client_outcome = 'error'`;

/** Failures that older rules classified, and events that carry an AAGUID, whose provider may be known by another name now. */
const CANDIDATE = `((${FAILED} AND (classifier_version < {version: UInt16} OR ${HALF_DONE})) OR aaguid != '')`;

/** Days with candidates, oldest first. */
export async function findCandidateDays({
	client,
	projectId,
	version
}: {
	client: ClickHouseClient;
	projectId: string;
	/** Of the rules in force. */
	version: number;
}): Promise<CandidateDay[]> {
	const rows = await ask<{ day: string; events: string }>(
		client,
		`SELECT toString(event_date) AS day, uniqExact(event_id) AS events FROM events_raw_v1
		WHERE project_id = {project: String} AND ${CANDIDATE} GROUP BY day ORDER BY day`,
		{ project: projectId, version }
	);
	return rows.map(({ day, events }) => ({ projectId, day, events: Number(events) }));
}

/** The candidates of a day; `half_done` ones must be written again though nothing in them changes. */
export function readCandidates({
	client,
	projectId,
	day,
	version
}: {
	client: ClickHouseClient;
	projectId: string;
	day: string;
	version: number;
}): Promise<(StoredEvent & { half_done: boolean })[]> {
	return ask(
		client,
		`SELECT ${STORED_COLUMNS}, ${FAILED} AND ${HALF_DONE} AS half_done FROM events_raw_v1 FINAL
		WHERE project_id = {project: String} AND event_date = {day: Date} AND ${CANDIDATE}`,
		{ project: projectId, day, version }
	);
}
