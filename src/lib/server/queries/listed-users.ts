import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { count, hashSql, utcTime } from './column-types.ts';
import { queryUserStates, type UserState } from './user-state.ts';

/** Users a page lists at most; their number is told in full. */
export const MOST_LISTED = 500;

/** What a query of users takes beside its own, and the row it gives. */
export const listedUsers = {
	limit: z.number().int().positive(),
	row: z.object({
		/** As a number in text, for the next question. */
		user: z.string(),
		user_hash: z.string(),
		/** When they got there, or were last seen. */
		reached_at: utcTime,
		/** How many attempts ended there; where users are counted 1. */
		attempts: count,
		total: count,
		/** Attempts of them all, and of nobody who is named. */
		all_attempts: count,
		unnamed: count
	})
};

/**
 * The latest of the users `of_user` that `from` selects, with the number of all; takes `limit`. User 0 holds the attempts that name nobody,
 * and is no user. Constant text: values are bound.
 */
export const listUsers = (
	from: string,
	{ at, attempts = '1' }: { at: string; attempts?: string }
) => `
SELECT toString(of_user) AS user, ${hashSql('of_user')} AS user_hash, ${at} AS reached_at, ${attempts} AS attempts,
	countIf(of_user != 0) OVER () AS total, sumIf(${attempts}, of_user != 0) OVER () AS all_attempts, sumIf(${attempts}, of_user = 0) OVER () AS unnamed
FROM (${from})
ORDER BY of_user = 0, reached_at DESC, user
LIMIT {limit: UInt32}`;

export interface ListedUsers {
	/** All there are. */
	total: number;
	/** Their attempts, and those that name nobody. */
	all_attempts: number;
	unnamed: number;
	/** The latest of them. */
	users: (UserState & { reached_at: string; attempts: number })[];
}

/** The users listed, each with the state they are in now: hashes alone tell who. */
export async function withStates(
	client: ClickHouseClient,
	{ project, rows }: { project: string; rows: readonly z.infer<typeof listedUsers.row>[] }
): Promise<ListedUsers> {
	const states = await queryUserStates(client, {
		project,
		user_hashes: rows.map(({ user }) => user)
	});
	const stateOf = new Map(states.map((state) => [state.user_hash, state]));
	return {
		total: rows[0]?.total ?? 0,
		all_attempts: rows[0]?.all_attempts ?? 0,
		unnamed: rows[0]?.unnamed ?? 0,
		users: rows.flatMap(({ user_hash, reached_at, attempts }) => {
			const state = stateOf.get(user_hash);
			return state ? [{ ...state, reached_at, attempts }] : [];
		})
	};
}
