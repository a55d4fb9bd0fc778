import type { ClickHouseClient } from '@clickhouse/client';
import { randomInt } from 'node:crypto';

/** Below the milliseconds: what tells two collectors apart that remake a day in the same one, and the slot. */
const BITS_BELOW_MS = 20n;
/** Numbers of versions before migration 0150 are less: bare milliseconds, of rows in slot 0. */
const FIRST_WITH_SLOT = 2n ** 50n;

/**
 * Numbers that days are about to be remade under, in their order: they rise from one remaking of a day to the next,
 * whichever collector does it and whatever its clock says, and no two remakings share one. The lowest bit is the slot that the new
 * rows go into, by turns: those that readers still see are in the other, where a merge cannot replace them by the new.
 *
 * In the table: milliseconds since the epoch, then 19 bits of chance, then the slot.
 */
export async function takeGenerations(
	client: ClickHouseClient,
	{ project, days }: { project: string; days: readonly string[] }
): Promise<bigint[]> {
	const now = BigInt(Date.now()) << BITS_BELOW_MS;
	const result = await client.query({
		query: `SELECT toString(day) AS own_day, toString(max(generation)) AS published FROM daily_generations_v1
			WHERE project_id = {project: String} AND day IN {days: Array(Date)} GROUP BY day`,
		query_params: { project, days },
		format: 'JSONEachRow'
	});
	const rows = await result.json<{ own_day: string; published: string }>();
	const published = new Map(rows.map((row) => [row.own_day, BigInt(row.published)]));
	return days.map((day) => nextGeneration(published.get(day) ?? 0n, now));
}

function nextGeneration(published: bigint, now: bigint): bigint {
	const slot = published < FIRST_WITH_SLOT ? 0n : published & 1n;
	const chance = BigInt(randomInt(2 ** 19)) << 1n;
	const floor = now > published ? now : ((published >> BITS_BELOW_MS) + 1n) << BITS_BELOW_MS;
	return floor | chance | (slot ^ 1n);
}
