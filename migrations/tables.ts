/**
 * Every table that holds rows, and what keeping, verifying, erasing, sharding and moving must know of it.
 * A table that is missing here fails `tables.test.ts`: nothing may be stored that no erasure reaches.
 */
export interface StoredTable {
	name: string;
	/** What a row is, in a sentence. */
	holds: string;
	/**
	 * `raw`: the truth. `state`: fed from the raw events by the materialized views that write `TO` it; takes minima, maxima
	 * and sets alone, so that a row can be remade from its events. `rollup`: remade by whole days from the state tables.
	 * `finished`: remade by whole rows from the state tables, so that pages need not merge them.
	 * `bookkeeping`: about the database itself; nothing of a person.
	 */
	role: 'raw' | 'state' | 'rollup' | 'finished' | 'bookkeeping';
	/** Columns that, with `project_id`, are one row of a state; of a rollup, beside its day, where not all that is not counted. They have the same names in the raw events. */
	key: readonly string[];
	/** Of a state: the view that pages read it by. */
	view?: string;
	/** SQL for whom a row is of: UInt64, 0 for nobody. */
	user?: string;
	/** SQL for the credential a row is of: UInt64, 0 for none. */
	credential?: string;
	/** Columns that hold sets of users, AggregateFunction(uniqExact, UInt64): one person can be taken out of such a set. */
	userSets?: readonly string[];
	/** Of a rollup: columns that count or measure, rather than tell what of. */
	counts?: readonly string[];
	/** Of a rollup or a finished table: the view that gives its rows as they count now. */
	current?: string;
	/** Of a finished table: the view that makes its rows of the state tables. */
	made?: string;
	/** SQL for the first day a row tells of: in UTC, of a rollup in its project's zone. */
	since?: string;
	/** SQL for the last day a row tells of; a row is kept by it. */
	until?: string;
	/** SQL of a UInt64: rows that must meet are on one shard. Absent: every shard has all rows. */
	shardBy?: string;
}

const ceremonyDay = `toDate(coalesce(started_at, finished_at, verdict_at))`;
const promptDay = `toDate(coalesce(shown_at, accepted_at, dismissed_at))`;

export const STORED_TABLES: readonly StoredTable[] = [
	{
		name: 'events_raw_v1',
		holds: 'One event as it was taken: the truth that every other table is made from.',
		role: 'raw',
		key: ['event_id'],
		user: 'user_hash',
		credential: 'credential_hash',
		since: 'event_date',
		until: 'event_date',
		// A function of the sorting key, so that an event sent twice meets itself, and of the ceremony, whose events are read together.
		shardBy: `cityHash64(project_id, if(ceremony_id = toUUID('00000000-0000-0000-0000-000000000000'), event_id, ceremony_id))`
	},
	{
		name: 'ceremonies_state_v1',
		holds: 'One ceremony: page, end and verdict merged.',
		role: 'state',
		view: 'ceremonies_v1',
		key: ['ceremony_id'],
		user: 'owner.2',
		credential: 'credential_hash',
		since: ceremonyDay,
		until: ceremonyDay,
		shardBy: 'cityHash64(project_id, ceremony_id)'
	},
	{
		name: 'credentials_state_v2',
		holds: 'One credential from its registration to the end of its life.',
		role: 'state',
		view: 'credentials_v1',
		key: ['credential_hash'],
		user: 'owner.2',
		credential: 'credential_hash',
		since: 'toDate(first_seen_at)',
		until:
			'toDate(arrayMax(arrayMap(at -> assumeNotNull(ifNull(at, first_seen_at)), [toNullable(first_seen_at), registered_at, last_answered_at, last_verified_use_at, last_accepted_at, revoked_at, signalled_at])))',
		shardBy: 'cityHash64(project_id, credential_hash)'
	},
	{
		name: 'credential_observations_state_v1',
		holds: 'One ceremony in which a credential showed itself: its flags, its counter, on what.',
		role: 'state',
		view: 'credential_observations_v1',
		key: ['credential_hash', 'ceremony_id'],
		credential: 'credential_hash',
		since: 'toDate(observed_at)',
		until: 'toDate(observed_at)',
		shardBy: 'cityHash64(project_id, credential_hash)'
	},
	{
		name: 'credential_flags_state_v1',
		holds:
			'One credential: when its flags were first seen, and whether they were ever seen otherwise.',
		role: 'state',
		view: 'credential_flags_v1',
		key: ['credential_hash'],
		credential: 'credential_hash',
		since: 'toDate(first_at)',
		until: 'toDate(last_at)',
		shardBy: 'cityHash64(project_id, credential_hash)'
	},
	{
		name: 'prompts_state_v1',
		holds: 'One offer the site made, from shown to answered.',
		role: 'state',
		view: 'prompts_v1',
		key: ['prompt_id'],
		user: 'user_hash',
		since: promptDay,
		until: promptDay,
		shardBy: 'cityHash64(project_id, prompt_id)'
	},
	{
		name: 'sessions_state_v1',
		holds: 'One visit and what its client can do.',
		role: 'state',
		view: 'sessions_v1',
		key: ['session_id'],
		user: 'user_hash',
		since: 'toDate(first_seen_at)',
		until: 'toDate(last_seen_at)',
		shardBy: 'cityHash64(project_id, session_id)'
	},
	{
		name: 'signins_state_v1',
		holds: 'One sign-in by any method, as the site reported it.',
		role: 'state',
		view: 'signins_v1',
		key: ['event_id'],
		user: 'user_hash',
		since: 'toDate(occurred_at)',
		until: 'toDate(occurred_at)',
		shardBy: 'cityHash64(project_id, event_id)'
	},
	{
		name: 'users_state_v1',
		holds: 'One user: first and last seen, by which methods, on what.',
		role: 'state',
		view: 'users_v1',
		key: ['user_hash'],
		user: 'user_hash',
		since: 'toDate(first_seen_at)',
		until: 'toDate(last_seen_at)',
		shardBy: 'cityHash64(project_id, user_hash)'
	},
	{
		name: 'user_ceremonies_state_v1',
		holds: 'That a ceremony names a user: by user, for looking up.',
		role: 'state',
		key: ['user_hash', 'ceremony_id'],
		user: 'user_hash',
		since: `toDate(UUIDv7ToDateTime(ceremony_id, 'UTC'))`,
		until: `toDate(UUIDv7ToDateTime(ceremony_id, 'UTC'))`,
		shardBy: 'cityHash64(project_id, user_hash)'
	},
	{
		name: 'user_tags_state_v1',
		holds: 'One value that a tag of a user’s events had, and from when to when.',
		role: 'state',
		view: 'user_tags_v1',
		key: ['user_hash'],
		user: 'user_hash',
		since: 'toDate(first_at)',
		until: 'toDate(last_at)',
		shardBy: 'cityHash64(project_id, user_hash)'
	},
	{
		name: 'ceremony_errors_state_v1',
		holds: 'One error that ended a ceremony, by its signature, and what the classifier said of it.',
		role: 'state',
		key: ['event_id'],
		user: 'user_hash',
		since: 'toDate(occurred_at)',
		until: 'toDate(occurred_at)',
		shardBy: 'cityHash64(project_id, event_id)'
	},
	{
		name: 'omissions_state_v1',
		holds: 'One event that told of others its sender left out, and how many.',
		role: 'state',
		key: ['event_id'],
		user: 'user_hash',
		since: 'toDate(occurred_at)',
		until: 'toDate(occurred_at)',
		shardBy: 'cityHash64(project_id, event_id)'
	},
	{
		name: 'credential_rows_state_v1',
		holds:
			'One credential as pages read it, with what changed over time in short lists: made of the state tables.',
		role: 'finished',
		key: ['credential_hash'],
		user: 'user_hash',
		credential: 'credential_hash',
		current: 'credential_rows_v1',
		made: 'credential_rows_made_v1',
		since: 'toDate(first_seen_at)',
		until: 'toDate(greatest(first_seen_at, ifNull(last_observed_at, first_seen_at)))',
		shardBy: 'cityHash64(project_id, credential_hash)'
	},
	{
		name: 'passkey_acts_state_v1',
		holds:
			'A registration, or a sign-in that a credential answered, as it stands: what funnels are made of.',
		role: 'rollup',
		key: ['ceremony_id'],
		user: 'user_hash',
		credential: 'credential_hash',
		current: 'passkey_acts_v1',
		since: 'day',
		until: 'day',
		shardBy: 'cityHash64(project_id, day)'
	},
	{
		name: 'user_days_state_v1',
		holds: 'That a user was seen on a day on one client, and what it could do.',
		role: 'rollup',
		key: [],
		user: 'user_hash',
		counts: ['passkey_capable', 'synced_capable', 'capable_from', 'capable_until'],
		current: 'user_days_v1',
		since: 'day',
		until: 'day',
		shardBy: 'cityHash64(project_id, day)'
	},
	{
		name: 'hourly_activity_state_v1',
		holds: 'What happened how often in an hour, and to whom.',
		role: 'rollup',
		key: [],
		userSets: ['users'],
		counts: ['occurrences'],
		current: 'hourly_activity_v1',
		since: 'day',
		until: 'day',
		shardBy: 'cityHash64(project_id, day)'
	},
	{
		name: 'daily_activity_state_v2',
		holds: 'What happened how often on a day, and to whom.',
		role: 'rollup',
		key: [],
		userSets: ['users'],
		counts: ['occurrences'],
		current: 'daily_activity_v1',
		since: 'day',
		until: 'day',
		shardBy: 'cityHash64(project_id, day)'
	},
	{
		name: 'daily_ceremonies_state_v1',
		holds: 'How many ceremonies of a kind began on a day, how they ended and how long they took.',
		role: 'rollup',
		key: [],
		counts: [
			'ceremonies',
			'completed',
			'decided',
			'verified',
			'completed_decided',
			'decided_seen',
			'overdue',
			'cross_device',
			'cross_device_hinted',
			'cross_device_succeeded',
			'timed',
			'times'
		],
		current: 'daily_ceremonies_v1',
		since: 'day',
		until: 'day',
		shardBy: 'cityHash64(project_id, day)'
	},
	{
		name: 'daily_endings_state_v1',
		holds:
			'How many ceremonies of a day ended in one way, to the letter of the error, in one release.',
		role: 'rollup',
		key: [],
		counts: ['ceremonies', 'first_at', 'last_at'],
		current: 'daily_endings_v1',
		since: 'day',
		until: 'day',
		shardBy: 'cityHash64(project_id, day)'
	},
	{
		name: 'daily_generations_v1',
		holds: 'When a day of the daily rollup was last remade.',
		role: 'rollup',
		key: [],
		since: 'day',
		until: 'day',
		shardBy: 'cityHash64(project_id, day)'
	},
	{
		name: 'arrivals_v1',
		holds:
			'How many events of an application arrived within five minutes: arrivals, whoever they were of.',
		role: 'bookkeeping',
		key: [],
		shardBy: 'cityHash64(project_id)'
	},
	{
		name: 'rolled_up_tags_v1',
		holds: 'Which of a project’s tags the rollups tell apart.',
		role: 'bookkeeping',
		key: [],
		shardBy: 'cityHash64(project_id)'
	},
	{
		name: 'project_zones_v1',
		holds: 'The time zone whose days a project’s figures are counted by.',
		role: 'bookkeeping',
		key: [],
		shardBy: 'cityHash64(project_id)'
	},
	{
		name: 'retention_horizons_v1',
		holds: 'Since which day a project still has its raw events, and what was made from them.',
		role: 'bookkeeping',
		key: [],
		shardBy: 'cityHash64(project_id)'
	},
	{
		name: 'authenticators_state_v1',
		holds: 'What is known of an authenticator model by its AAGUID.',
		role: 'bookkeeping',
		key: [],
		shardBy: 'cityHash64(aaguid)'
	},
	{
		name: 'authenticator_reports_state_v1',
		holds: 'What the FIDO Metadata Service reported of an authenticator model, and since when.',
		role: 'bookkeeping',
		key: [],
		shardBy: 'cityHash64(aaguid)'
	},
	{
		name: 'enrichment_tables_state_v1',
		holds: 'How a collector’s tables of countries and providers stand.',
		role: 'bookkeeping',
		key: [],
		shardBy: 'cityHash64(collector)'
	},
	{
		name: 'collector_health_v1',
		holds: 'How a collector was in an interval of ten seconds.',
		role: 'bookkeeping',
		key: [],
		shardBy: 'cityHash64(collector)'
	},
	{
		name: 'collector_refusals_v1',
		holds: 'What a collector refused in an interval, and why.',
		role: 'bookkeeping',
		key: [],
		shardBy: 'cityHash64(collector)'
	},
	{
		name: 'migrations_applied_v1',
		holds: 'Which migrations this database has.',
		role: 'bookkeeping',
		key: []
	}
];

/** Tables of one role. */
export function storedTables(role: StoredTable['role']): StoredTable[] {
	return STORED_TABLES.filter((table) => table.role === role);
}
