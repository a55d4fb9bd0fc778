import type { ClickHouseClient } from '@clickhouse/client';

/** A line of the daily rollup: what happened, how often (by default once a user), and by whom. */
export interface Activity {
	day: string;
	activity: string;
	detail?: string;
	users?: readonly number[];
	occurrences?: number;
	os_name?: string;
	client_ecosystem?: string;
	application?: string;
	country?: string;
	/** `name=value`, in the order of names. */
	tags?: readonly string[];
}

/** Writes days of the rollup as the collector would, for what only the pages' arithmetic is asked about. */
export async function insertDailyActivity(
	client: ClickHouseClient,
	project: string,
	activities: readonly Activity[]
): Promise<void> {
	for (const activity of activities) {
		const { day, detail = '', users = [], occurrences = users.length } = activity;
		const {
			os_name = 'iOS',
			client_ecosystem = 'apple',
			application = 'web',
			country = '',
			tags = []
		} = activity;
		await client.command({
			query: `INSERT INTO daily_activity_state_v2
				(project_id, day, activity, detail, application, environment, release, os_name, browser_name, client_ecosystem, country, tags, synthetic, generation, occurrences, users)
				SELECT {project: String}, {day: Date}, {activity: String}, {detail: String}, {application: String}, 'production', '', {os_name: String}, '',
					{client_ecosystem: String}, {country: String}, {tags: Array(String)}, false, 1, {occurrences: UInt64}, arrayReduce('uniqExactState', {users: Array(UInt64)})`,
			query_params: {
				project,
				day,
				activity: activity.activity,
				detail,
				application,
				os_name,
				client_ecosystem,
				country,
				tags: [...tags],
				occurrences,
				users: [...users]
			}
		});
	}
	await insertUserDays(client, project, activities);
	await client.command({
		query: `INSERT INTO daily_generations_v1 SELECT {project: String}, arrayJoin({days: Array(Date)}), 1`,
		query_params: { project, days: activities.map(({ day }) => day) }
	});
}

/** What their clients told, by the activity that counts it: the greater is the better. */
const TOLD: Partial<Record<string, number>> = { seen: 0, capability_told: 1, eligible: 2 };

/** The days on which users were seen, and what their clients could do, of the same lines. */
async function insertUserDays(
	client: ClickHouseClient,
	project: string,
	activities: readonly Activity[]
): Promise<void> {
	const seen = activities.flatMap(({ users = [], activity, ...line }) => {
		const told = TOLD[activity];
		return told === undefined ? [] : users.map((user) => ({ user, told, line }));
	});
	const keyOf = ({ user, line }: (typeof seen)[number]) =>
		JSON.stringify([user, line.day, line.os_name, line.application, line.country, line.tags]);
	const values = [...Map.groupBy(seen, keyOf).values()].map((same) => {
		const { user, line } = same[0]!;
		return {
			...{ project_id: project, day: line.day, user_hash: user, generation: 1 },
			...{ os_name: line.os_name ?? 'iOS', client_ecosystem: line.client_ecosystem ?? 'apple' },
			...{ application: line.application ?? 'web', country: line.country ?? '' },
			...{ environment: 'production', tags: line.tags ?? [] },
			passkey_capable: ['', 'no', 'yes'][Math.max(...same.map(({ told }) => told))]
		};
	});
	await client.insert({ table: 'user_days_state_v1', values, format: 'JSONEachRow' });
}
