import type { ClickHouseClient } from '@clickhouse/client';
import { ask } from './ask.ts';
import type { EventCondition } from './scratch-database.ts';

/** A person in a project, as this database knows them, up to a moment. */
export interface Person {
	projectId: string;
	/** The project's own hash of the user's reference: UInt64 as decimal text. */
	userHash: string;
	/** What happened later is not meant: Unix epoch in milliseconds. */
	until: number;
}

/** What is a person's: theirs alone (`ceremonies`, `credentials`), or theirs where an event names nobody else. */
export interface Traces {
	ceremonies: string[];
	credentials: string[];
	sessions: string[];
	prompts: string[];
	flows: string[];
	/** Ceremonies of somebody else in the same visits: not theirs. */
	others: string[];
}

const owned = (view: string, key: string) =>
	`SELECT toString(${key}) AS id FROM ${view} WHERE project_id = {project: String} AND user_hash = {user: UInt64}`;
const met = (key: string) =>
	`SELECT DISTINCT toString(${key}) AS id FROM events_raw_v1 WHERE project_id = {project: String} AND user_hash = {user: UInt64}
		AND ${key} != toUUID('00000000-0000-0000-0000-000000000000')`;

const OTHERS = `SELECT toString(ceremony_id) AS id FROM ceremonies_v1 WHERE project_id = {project: String}
	AND has({sessions: Array(UUID)}, session_id) AND user_hash NOT IN (0, {user: UInt64})`;

/** Finds what a person did, through whatever names them: the raw events, or the tables where those are gone. */
export async function findTraces(client: ClickHouseClient, person: Person): Promise<Traces> {
	const list = async (query: string) =>
		(await ask<{ id: string }>(client, query, bind(person))).map(({ id }) => id);
	const sessions = await list(
		`${met('session_id')} UNION DISTINCT ${owned('sessions_v1', 'session_id')}`
	);
	const others = await ask<{ id: string }>(client, OTHERS, { ...bind(person), sessions });
	return {
		ceremonies: await list(owned('ceremonies_v1', 'ceremony_id')),
		credentials: await list(owned('credentials_v1', 'credential_hash')),
		sessions,
		prompts: await list(`${met('prompt_id')} UNION DISTINCT ${owned('prompts_v1', 'prompt_id')}`),
		flows: await list(met('flow_id')),
		others: others.map(({ id }) => id)
	};
}

/**
 * The raw events that are a person's: those that name them, those of a ceremony or credential whose owner they are, and
 * those that name nobody in a visit, an offer or a flow they were seen in. On a shared device the last may have been
 * somebody else's; that is the side to err on.
 */
export function eventsOf(person: Person, traces: Traces): EventCondition {
	return {
		condition: () => `occurred_at <= fromUnixTimestamp64Milli({until: Int64}) AND (
			user_hash = {user: UInt64}
			OR has({ceremonies: Array(UUID)}, ceremony_id)
			OR has({credentials: Array(String)}, toString(credential_hash))
			OR user_hash = 0 AND NOT has({others: Array(UUID)}, ceremony_id) AND (has({sessions: Array(UUID)}, session_id)
				OR has({prompts: Array(UUID)}, prompt_id) OR has({flows: Array(UUID)}, flow_id)))`,
		parameters: { ...bind(person), ...traces }
	};
}

function bind({ projectId, userHash, until }: Person) {
	return { project: projectId, user: userHash, until };
}
