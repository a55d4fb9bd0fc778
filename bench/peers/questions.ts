/** What a team would ask of a table of events in whatever database it has, in SQL that all four of them understand. */

/** One row an act of a user: what the enrolment pages count, without anything counted yet. */
export const EXPORT_ACTS = `
SELECT reinterpretAsInt64(user_hash) AS user_id, toString(day) AS day, os_name AS os, act
FROM
(
	SELECT user_hash, day, os_name, arrayJoin(arrayFilter(one -> one != '', ['seen', if(ifNull(passkey_capable, false), 'eligible', '')])) AS act
	FROM sessions_v1 WHERE project_id = {project: String}
	UNION ALL
	SELECT user_hash, day, os_name, 'offered' FROM prompts_v1
	WHERE project_id = {project: String} AND shown_at IS NOT NULL AND purpose IN ('enroll', 'upgrade')
	UNION ALL
	SELECT user_hash, day, os_name, arrayJoin(arrayFilter(one -> one != '', [
		'seen',
		if(user_driven AND ceremony_type = 'registration', 'started', ''),
		if(user_driven AND ceremony_type = 'registration' AND outcome = 'succeeded', 'created', ''),
		if(ceremony_type = 'authentication' AND outcome = 'succeeded', 'used', '')]))
	FROM ceremonies_v1 WHERE project_id = {project: String}
)
WHERE user_hash != 0`;

export const TABLE = 'acts';
export const COLUMNS =
	'user_id BIGINT NOT NULL, day DATE NOT NULL, os TEXT NOT NULL, act TEXT NOT NULL';
export const INDEX = `CREATE INDEX acts_by_day ON ${TABLE} (day)`;

const users = (act: string) => `COUNT(DISTINCT CASE WHEN act = '${act}' THEN user_id END)`;
const did = (act: string) => `MAX(CASE WHEN act = '${act}' THEN 1 ELSE 0 END) AS ${act}`;

/** Distinct users by system, and the users who took each step and all before it. `from` and `to` are days. */
export const questions = (from: string, to: string) => {
	const within = `day BETWEEN '${from}' AND '${to}'`;
	return {
		adoption: `SELECT os, ${['seen', 'eligible', 'offered', 'created'].map((act) => `${users(act)} AS ${act}`).join(', ')}
FROM ${TABLE} WHERE ${within} GROUP BY os ORDER BY os`,
		funnel: `SELECT SUM(eligible) AS a, SUM(eligible * offered) AS b, SUM(eligible * offered * started) AS c,
	SUM(eligible * offered * started * created) AS d, SUM(eligible * offered * started * created * used) AS e
FROM (SELECT user_id, ${['eligible', 'offered', 'started', 'created', 'used'].map(did).join(', ')}
	FROM ${TABLE} WHERE ${within} GROUP BY user_id) AS people`
	};
};

export type Question = keyof ReturnType<typeof questions>;
