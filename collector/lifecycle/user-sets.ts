import type { ClickHouseClient } from '@clickhouse/client';
import { mutate } from '../../migrations/mutate.ts';
import { storedTables } from '../../migrations/tables.ts';
import { ask } from './ask.ts';
import type { Person } from './find-traces.ts';

/**
 * SQL for the members of a `uniqExact` state of UInt64. It is written as their number, a variable-length integer, and eight
 * bytes for each, so the length's remainder by eight is how long the number is (ClickHouse: HashSet::write).
 */
export function membersOf(state: string): string {
	const bytes = `CAST(${state}, 'String')`;
	return `arrayMap(i -> reinterpretAsUInt64(substring(${bytes}, length(${bytes}) % 8 + 1 + 8 * i, 8)), range(intDiv(length(${bytes}), 8)))`;
}

/** Until which day a person is to be in no set: they may have come again since their erasure. */
async function lastDay(
	client: ClickHouseClient,
	{ projectId, userHash }: Person,
	zone: string
): Promise<string> {
	const [row] = await ask<{ day: string }>(
		client,
		`SELECT toString(if(count() = 0, today() + 1, min(toDate(occurred_at, {zone: String})) - 1)) AS day FROM events_raw_v1
		WHERE project_id = {project: String} AND user_hash = {user: UInt64}`,
		{ project: projectId, user: userHash, zone }
	);
	return row!.day;
}

const HAS = (set: string) =>
	`project_id = {project: String} AND day <= {day: Date} AND has(${membersOf(set)}, {user: UInt64})`;

/**
 * Takes a person out of the rollups: of days that can no longer be remade, and of rows that a newer generation replaced and
 * that are still on disk. Out of a set of users they are taken, so what was counted stays counted; a row of theirs alone is deleted.
 *
 * @returns rows that hold them all the same: the rollup was remade meanwhile
 */
export async function removeFromRollups({
	client,
	person,
	credentials,
	zone
}: {
	client: ClickHouseClient;
	person: Person;
	/** Theirs, as decimal text. */
	credentials: readonly string[];
	/** Of the project, whose days the rollups are by. */
	zone: string;
}): Promise<number> {
	const day = await lastDay(client, person, zone);
	const parameters = { project: person.projectId, user: person.userHash, day, credentials };
	let left = 0;
	for (const { name, user, credential } of storedTables('rollup')) {
		if (!user) continue;
		const theirs = `project_id = {project: String} AND day <= {day: Date}
			AND (${user} = {user: UInt64} OR has({credentials: Array(String)}, toString(${credential ?? 0})))`;
		await mutate({ client, table: name, change: `DELETE WHERE ${theirs}`, parameters });
	}
	for (const { name, userSets = [] } of storedTables('rollup'))
		for (const set of userSets) {
			const change = `UPDATE ${set} = arrayReduce('uniqExactState', arrayFilter(member -> member != {user: UInt64}, ${membersOf(set)})) WHERE ${HAS(set)}`;
			await mutate({ client, table: name, change, parameters });
			const query = `SELECT count() AS rows FROM ${name} WHERE ${HAS(set)}`;
			const [row] = await ask<{ rows: string }>(client, query, parameters);
			left += Number(row?.rows ?? 0);
		}
	return left;
}
