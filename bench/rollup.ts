import type { ClickHouseClient } from '@clickhouse/client';
import { result, type BenchPart } from './part.ts';
import { best, PROJECT, withCeremonies } from './size/with-ceremonies.ts';

/** Of more ceremonies than these the bench's databases have no raw events. */
const MOST_RAW = 1_000_000;

const CEREMONY = `event_type IN ('ceremony.started', 'ceremony.finished', 'ceremony.verdict')`;

/** One figure, asked of the rollup as pages ask it, and of the raw events it was made from. */
const FIGURES: { name: string; rollup: string; raw: string }[] = [
	{
		name: 'users seen, of all time',
		rollup: `SELECT uniqExactMerge(users) AS users FROM daily_activity_v1 WHERE project_id = {project: String} AND activity = 'seen'`,
		raw: `SELECT uniqExact(user_hash) AS users FROM events_raw_v1 WHERE project_id = {project: String} AND user_hash != 0`
	},
	{
		name: 'sign-ins the server verified, by day',
		rollup: `SELECT day, toUInt64(sum(occurrences)) AS signins FROM daily_activity_v1
			WHERE project_id = {project: String} AND activity = 'authentication_verified' GROUP BY day ORDER BY day`,
		raw: `SELECT toDate(coalesce(started, finished, decided)) AS day, count() AS signins
			FROM
			(
				SELECT
					minIf(toNullable(occurred_at), event_type = 'ceremony.started') AS started,
					minIf(toNullable(occurred_at), event_type = 'ceremony.finished') AS finished,
					minIf(toNullable(occurred_at), event_type = 'ceremony.verdict') AS decided,
					max(verified) AS accepted
				FROM events_raw_v1
				WHERE project_id = {project: String} AND ceremony_type = 'authentication' AND ${CEREMONY}
				GROUP BY ceremony_id
			)
			WHERE accepted
			GROUP BY day
			ORDER BY day`
	}
];

/** What rollups are for: the same figure from them and from the raw events, which must be the same. Best of five. */
export const part: BenchPart = {
	name: 'rollup',
	run: (options) =>
		withCeremonies(
			{ ...options, ...(options.rows && { rows: Math.min(options.rows, MOST_RAW) }) },
			async ({ client, ceremonies }) => {
				const results = [];
				for (const { name, rollup, raw } of FIGURES) {
					const [ours, theirs] = [await ask(client, rollup), await ask(client, raw)];
					if (ours !== theirs)
						throw new Error(`${name}: the rollup says ${ours}, the raw events ${theirs}.`);
					results.push(
						result({
							...{ name: `rollup: ${name}`, unit: 'ms' },
							ours: await best(() => ask(client, rollup)),
							reference: await best(() => ask(client, raw)),
							against: `the raw events of ${ceremonies.toLocaleString('en')} ceremonies`
						})
					);
				}
				return results;
			}
		)
};

async function ask(client: ClickHouseClient, query: string): Promise<string> {
	const found = await client.query({
		...{ query, query_params: { project: PROJECT } },
		format: 'JSONCompactEachRow'
	});
	return JSON.stringify(await found.json());
}
