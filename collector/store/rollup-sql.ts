/**
 * How a day of the rollups is made from the tables of ceremonies, prompts, sessions and sign-ins. Constant text: values are bound
 * (`project`, its `zone`, `days` of it, `utc_days` that they may share a moment with, `generations` of the days in their order, and
 * `tags`: the names of those the project chose).
 */

const DAYS = '{days: Array(Date)}';
/** What the rows of a day are written under: its generation, and the one of two slots that the published rows are not in. */
const GENERATION = `{generations: Array(UInt64)}[indexOf(${DAYS}, day)]`;
const WRITTEN = `${GENERATION} AS generation, toUInt8(generation % 2) AS slot`;
const NO_ID = `toUUID('00000000-0000-0000-0000-000000000000')`;

/** Of the tags that its project chose, those that a row has. Few projects choose any, and only theirs are read. */
const TAGS = {
	none: `CAST([], 'Array(String)')`,
	chosen: `arrayMap(name -> concat(name, '=', v.tags[name]), arrayFilter(name -> v.tags[name] != '', {tags: Array(String)}))`
};

type Tags = keyof typeof TAGS;

/** What counts on the days, by the project's own days: the view's are UTC's, and tell it which of its rows to read. */
const viewOf = (
	view: string,
	tags: Tags
) => `(SELECT v.* EXCEPT (day, tags), toDate(v.occurred_at, {zone: String}) AS day, ${TAGS[tags]} AS tags FROM ${view} AS v
	WHERE v.project_id = {project: String} AND v.day IN {utc_days: Array(Date)} AND toDate(v.occurred_at, {zone: String}) IN ${DAYS})`;

/** Days from one before the first to one after the last: the parts of what spans midnight. */
const AROUND = `BETWEEN arrayMin({utc_days: Array(Date)}) - 1 AND arrayMax({utc_days: Array(Date)}) + 1`;

/**
 * What the registration told of the credentials that these days' ceremonies show: a sign-in tells neither its provider nor
 * that its authenticator is a virtual one. The parts of a ceremony need not be merged to name its credential.
 */
const LEDGER = `SELECT credential_hash, toString(max(provider)) AS provider, max(test_authenticator) AS test_authenticator
	FROM credentials_state_v2
	WHERE project_id = {project: String} AND credential_hash IN (
		SELECT credential_hash FROM ceremonies_state_v1
		WHERE project_id = {project: String} AND toDate(coalesce(started_at, finished_at, verdict_at)) ${AROUND} AND credential_hash != 0)
	GROUP BY credential_hash`;

const ceremonies = (tags: Tags) => `(SELECT c.* EXCEPT (provider, test_authenticator),
		if(c.provider = '', k.provider, toString(c.provider)) AS provider, c.test_authenticator OR k.test_authenticator AS test_authenticator
	FROM ${viewOf('ceremonies_v1', tags)} AS c
	LEFT JOIN (${LEDGER}) AS k ON k.credential_hash = c.credential_hash AND c.credential_hash != 0)`;

/** Who tells of no passkey. */
const other = (view: string, tags: Tags) =>
	`(SELECT *, '' AS provider, false AS test_authenticator FROM ${viewOf(view, tags)})`;

const CLIENT = `application, environment, release, os_name, browser_name, client_ecosystem`;
const KIND = `${CLIENT}, country, provider, tags, synthetic, test_authenticator`;

/** What a row of a view counts as: the activity's name, its detail, how often, and whether it does. All are SQL. */
type Activity = readonly [name: string, detail: string, occurrences: 0 | 1, condition: string];

/** One pass over a view, whatever the number of activities: planning a view costs more than reading a day of it. */
const activitiesOf = (source: string, list: readonly Activity[]) => {
	const tuples = list.map(
		([name, detail, occurrences, condition]) =>
			`(toString(${name}), toString(${detail}), toUInt8(${occurrences}), toBool(ifNull(${condition}, false)))`
	);
	return `SELECT day, toStartOfHour(assumeNotNull(occurred_at)) AS hour, ${KIND}, user_hash,
		arrayJoin(arrayFilter(item -> item.4, [${tuples.join(', ')}])) AS counted
	FROM ${source}`;
};

const activities = (tags: Tags) =>
	[
		activitiesOf(other('sessions_v1', tags), [
			[`'seen'`, `''`, 1, 'true'],
			[`'eligible'`, `''`, 1, 'passkey_capable'],
			[`'capability_told'`, `''`, 1, 'passkey_capable IS NOT NULL']
		]),
		// Who did anything was seen, visit or not; the visit itself is counted above.
		activitiesOf(ceremonies(tags), [
			[`'seen'`, `''`, 0, 'user_hash != 0'],
			['ceremony_type', 'outcome', 1, 'user_driven'],
			[`concat(ceremony_type, '_verified')`, `''`, 1, 'verified'],
			[`'automatic_registration'`, 'outcome', 1, `automatic AND outcome != 'pending'`],
			[`'untouched'`, 'ceremony_type', 1, `outcome = 'untouched'`]
		]),
		activitiesOf(other('prompts_v1', tags), [
			[`'seen'`, `''`, 0, 'user_hash != 0'],
			[`'prompt_shown'`, 'purpose', 1, 'shown_at IS NOT NULL'],
			[`'prompt_accepted'`, 'purpose', 1, 'accepted_at IS NOT NULL'],
			[`'prompt_dismissed'`, 'purpose', 1, 'dismissed_at IS NOT NULL']
		]),
		activitiesOf(other('signins_v1', tags), [
			[`'seen'`, `''`, 0, 'user_hash != 0'],
			[`'signin'`, 'method', 1, `outcome = 'succeeded' AND method != 'passkey'`],
			[`'fallback'`, 'fallback_reason', 1, `fallback_reason != ''`]
		])
	].join('\nUNION ALL\n');

/** The hours of the days. */
const insertHours = (tags: Tags) => `INSERT INTO hourly_activity_state_v1
	(project_id, day, hour, activity, detail, ${KIND}, generation, slot, occurrences, users)
	SELECT {project: String}, day, hour, counted.1 AS activity, counted.2 AS detail, ${KIND}, ${WRITTEN},
		sum(counted.3), uniqExactStateIf(toUInt64(user_hash), user_hash != 0)
	FROM (${activities(tags)})
	GROUP BY day, hour, activity, detail, ${KIND}`;

/** The days, from their hours. */
const INSERT_DAYS = `INSERT INTO daily_activity_state_v2
	(project_id, day, activity, detail, ${KIND}, generation, slot, occurrences, users)
	SELECT {project: String}, day, activity, detail, ${KIND}, any(h.generation), any(h.slot), sum(occurrences), uniqExactMergeState(users)
	FROM hourly_activity_state_v1 AS h
	WHERE project_id = {project: String} AND day IN ${DAYS} AND generation = ${GENERATION}
	GROUP BY day, activity, detail, ${KIND}`;

const CROSS_DEVICE = `user_driven AND (ifNull(cross_device, false) OR has(hints, 'hybrid') OR cause = 'hybrid_transport_failed')`;

const TIMED = `ceremony_type = 'authentication' AND outcome = 'succeeded' AND user_driven AND mediation != 'conditional' AND elapsed_ms IS NOT NULL`;

const CEREMONY_KIND = `${KIND}, ceremony_type, mediation, outcome, cause, automatic, user_driven`;

const ENDED_AT = `coalesce(if(client_outcome = 'abandoned', NULL, finished_at), verdict_at)`;

/**
 * The page's own clock where it told; else from start to end by the corrected clocks. A start that was lost says nothing
 * against the end there is: 0. NULL: no end. That the page was left while the dialog was open is none.
 */
const ENDED_AFTER_MS = `multiIf(elapsed_ms IS NOT NULL AND client_outcome != 'abandoned', toInt64(elapsed_ms), ${ENDED_AT} IS NULL, NULL,
	started_at IS NULL, 0, dateDiff('millisecond', started_at, ${ENDED_AT}))`;

/** Conditions on a ceremony, each a column of the rollup that counts it. */
const COUNTED = {
	completed: `client_outcome = 'succeeded'`,
	decided: 'verified IS NOT NULL',
	verified: 'ifNull(verified, false)',
	completed_decided: `client_outcome = 'succeeded' AND verified IS NOT NULL`,
	decided_seen: 'verified IS NOT NULL AND (started_at IS NOT NULL OR finished_at IS NOT NULL)',
	overdue: `user_driven AND mediation != 'conditional' AND ifNull(${ENDED_AFTER_MS} > 300000, true)`,
	cross_device: CROSS_DEVICE,
	cross_device_hinted: `${CROSS_DEVICE} AND has(hints, 'hybrid')`,
	cross_device_succeeded: `${CROSS_DEVICE} AND ifNull(cross_device, false) AND outcome = 'succeeded'`,
	timed: TIMED
};

const COUNTS = Object.keys(COUNTED);

const insertCeremonies = (tags: Tags) => `INSERT INTO daily_ceremonies_state_v1
	(project_id, day, ${CEREMONY_KIND}, generation, slot, ceremonies, ${COUNTS.join(', ')}, times)
	SELECT {project: String}, day, ${CEREMONY_KIND}, ${WRITTEN}, count(),
		${COUNTS.map((_, index) => `countIf(is[${index + 1}])`).join(', ')},
		quantilesExactStateIf(0.5, 0.75, 0.95)(ifNull(elapsed_ms, 0), is[${COUNTS.length}])
	FROM (SELECT day, ${CEREMONY_KIND}, elapsed_ms, [${Object.values(COUNTED)
		.map((condition) => `toBool(${condition})`)
		.join(', ')}] AS is FROM ${ceremonies(tags)})
	GROUP BY day, ${CEREMONY_KIND}`;

const ENDING = `release, outcome, cause, error_name, error_signature, error_code, synthetic, test_authenticator`;

/** How ceremonies ended, to the letter of the error, and in which release: since when that has been seen. */
const INSERT_ENDINGS = `INSERT INTO daily_endings_state_v1
	(project_id, day, ${ENDING}, generation, slot, ceremonies, first_at, last_at)
	SELECT {project: String}, day, ${ENDING}, ${WRITTEN}, count(), min(assumeNotNull(occurred_at)), max(assumeNotNull(occurred_at))
	FROM ${ceremonies('none')}
	GROUP BY day, ${ENDING}`;

const ACT = `ceremony_type, day, ceremony_id, user_hash, credential_hash, prompt_id, started_at, finished_at, verdict_at, outcome,
	client_outcome, verified, automatic, user_driven, cause, backup_eligible, cross_device, application, environment, release, os_name,
	browser_name, client_ecosystem, country, tags, synthetic, test_authenticator`;

/** What funnels and coverage look at: registrations that name anything, and sign-ins that a credential answered. */
const insertActs = (
	tags: Tags
) => `INSERT INTO passkey_acts_state_v1 (project_id, ${ACT}, generation, slot)
	SELECT {project: String}, ${ACT}, ${WRITTEN}
	FROM ${ceremonies(tags)}
	WHERE (ceremony_type = 'registration' AND (user_hash != 0 OR credential_hash != 0 OR prompt_id != ${NO_ID}))
		OR (credential_hash != 0 AND (outcome = 'succeeded' OR ifNull(verified, false)))`;

/** What a client told of an ability, of a Nullable(Bool): the greater of two is the better. */
const told = (ability: string) =>
	`CAST(multiIf(${ability} IS NULL, '', ${ability}, 'yes', 'no') AS Enum8('' = 0, 'no' = 1, 'yes' = 2))`;

const CLIENT_OF_USER = `${CLIENT}, country, tags, synthetic`;

/** Who did something, whatever their client could do. */
const seenIn = (
	view: string,
	tags: Tags
) => `SELECT day, user_hash, ${CLIENT_OF_USER}, ${told('NULL')} AS passkeys, ${told('NULL')} AS syncs,
		CAST(NULL AS Nullable(DateTime64(3, 'UTC'))) AS began, began AS ended
	FROM ${viewOf(view, tags)} WHERE user_hash != 0`;

/** Whom a client was seen with, by the same rule as the activity 'seen', and what their visits told that it can do. */
const insertUserDays = (tags: Tags) => `INSERT INTO user_days_state_v1
	(project_id, day, user_hash, ${CLIENT_OF_USER}, passkey_capable, synced_capable, capable_from, capable_until, generation, slot)
	SELECT {project: String}, day, user_hash, ${CLIENT_OF_USER}, max(passkeys), max(syncs), min(began), max(ended), ${WRITTEN}
	FROM
	(
		SELECT day, user_hash, ${CLIENT_OF_USER}, ${told('passkey_capable')} AS passkeys, ${told('synced_capable')} AS syncs,
			if(passkeys = 'yes', toNullable(first_seen_at), NULL) AS began, if(passkeys = 'yes', toNullable(last_seen_at), NULL) AS ended
		FROM ${viewOf('sessions_v1', tags)} WHERE user_hash != 0
		UNION ALL ${seenIn('ceremonies_v1', tags)}
		UNION ALL ${seenIn('prompts_v1', tags)}
		UNION ALL ${seenIn('signins_v1', tags)}
	)
	GROUP BY day, user_hash, ${CLIENT_OF_USER}`;

const INSERT_GENERATIONS = `INSERT INTO daily_generations_v1 (project_id, day, generation)
	SELECT {project: String}, arrayJoin(${DAYS}) AS day, ${GENERATION}`;

/** Everything that days are made of, in this order: the number that publishes them comes last. */
export const insertDays = (tags: Tags): string[] => [
	insertHours(tags),
	INSERT_DAYS,
	insertCeremonies(tags),
	INSERT_ENDINGS,
	insertActs(tags),
	insertUserDays(tags),
	INSERT_GENERATIONS
];

export const OPEN_DAYS = `SELECT DISTINCT toString(day) AS open_day FROM ${viewOf('ceremonies_v1', 'none')} WHERE outcome = 'pending'`;
