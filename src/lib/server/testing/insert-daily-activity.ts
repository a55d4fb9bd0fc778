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
	await client.command({
		query: `INSERT INTO daily_generations_v1 SELECT {project: String}, arrayJoin({days: Array(Date)}), 1`,
		query_params: { project, days: activities.map(({ day }) => day) }
	});
}
