/**
 * Ceremonies by the million, made inside the database. Every value follows from the ceremony's number alone, so a run can be
 * repeated, continued and cut into pieces. Proportions are those of the simulator, whose people are made one by one.
 * All of it says `synthetic`.
 */

/** What a site of this size has: 33 ceremonies a user a year. */
export const CEREMONIES_A_USER = 33;
export const DAYS = 365;

const UUID_V7 = (ms: string, salt: string) => `reinterpretAsUUID(bitOr(
	toUInt128(bitOr(bitShiftLeft(toUInt64(${ms}), 16), bitOr(toUInt64(0x7000), bitAnd(cityHash64(n, ${salt}, 'hi'), 0xfff)))),
	bitShiftLeft(toUInt128(bitOr(toUInt64(0x8000000000000000), bitAnd(cityHash64(n, ${salt}, 'lo'), 0x3fffffffffffffff))), 64)))`;

/** A number below 1,000 that follows from `of`. */
const dice = (of: string, salt: string) => `(cityHash64(${of}, '${salt}') % 1000)`;

/** The first word whose share the dice fall in. */
const choose = (roll: string, shares: readonly (readonly [string, number])[]) => {
	let sum = 0;
	const cases = shares.slice(0, -1).map(([word, share]) => {
		sum += share;
		return `${roll} < ${sum}, '${word}'`;
	});
	return `multiIf(${cases.join(', ')}, '${shares.at(-1)![0]}')`;
};

/** Who and when. `n` runs in the order of time. */
const PEOPLE = `
	number AS n,
	{start: Int64} + toInt64((toFloat64(n) + (cityHash64(n, 'at') % 1000) / 1000) * {span: Float64}) AS at,
	-- Some come often, most now and then.
	toUInt64(pow((cityHash64(n, 'u') % 1000000007) / 1000000007, 1.3) * {users: UInt64}) + 1 AS person,
	cityHash64('user', person) AS user_hash,
	${dice('person', 'way')} AS way,
	-- When the half that takes passkeys takes them.
	{start: Int64} + toInt64((cityHash64(person, 'enrols') % 1000) / 1000. * ${DAYS / 2} * 86400000) AS enrols_at,
	way < 550 AS takes_passkeys,
	way >= 450 AND way < 640 AS has_legacy,
	cityHash64(n, 'device') % 4 = 0 AS on_second_device,
	if(on_second_device, ${dice('person', 'os2')}, ${dice('person', 'os1')}) AS os_roll,
	${choose('os_roll', [
		['iOS', 300],
		['Android', 300],
		['Windows', 230],
		['macOS', 120],
		['iPadOS', 25],
		['ChromeOS', 15],
		['Linux', 10]
	])} AS os,
	multiIf(os IN ('iOS', 'iPadOS'), if(os_roll % 10 < 8, 'Safari', 'Chrome'), os = 'macOS', if(os_roll % 10 < 5, 'Safari', 'Chrome'),
		os = 'Windows', if(os_roll % 10 < 4, 'Edge', 'Chrome'), if(os_roll % 10 < 9, 'Chrome', 'Firefox')) AS browser,
	multiIf(os IN ('iOS', 'iPadOS', 'macOS'), 'apple', os IN ('Android', 'ChromeOS'), 'google', os = 'Windows', 'microsoft', 'unknown') AS device_ecosystem,
	if(os IN ('iOS', 'Android') AND os_roll % 5 = 0, 'app', 'web') AS app,
	concat('2.', toString(intDiv(n * 24, {ceremonies: UInt64}))) AS version`;

/** What happens: a new passkey around the time of enrolling, then sign-ins with it; before that autofill that finds nothing. */
const EVENTS_OF = `
	cityHash64(n, 'act') % 1000 AS act,
	takes_passkeys AND abs(at - enrols_at) < 20 * 86400000 AND act % 3 = 0 AS registers,
	(takes_passkeys AND at > enrols_at AND act < 800) OR (has_legacy AND act < 300) AS signs_in,
	takes_passkeys AND at > enrols_at AS enrolled,
	has_legacy AND NOT enrolled AS legacy,
	if(registers, 'registration', 'authentication') AS kind,
	NOT registers AND (NOT signs_in OR act % 4 = 0) AS conditional,
	NOT registers AND NOT signs_in AS untouched,
	${dice('n', 'ends')} AS ends,
	multiIf(untouched, 'untouched', ends < 880, 'succeeded', ends < 940, 'cancelled', ends < 965, 'failed', ends < 985, 'abandoned', 'rejected') AS ending,
	ending IN ('succeeded', 'rejected') AS responds,
	NOT legacy AND cityHash64(person, 'bound') % 10 != 0 AS syncable,
	cityHash64('credential', person, legacy, on_second_device AND NOT legacy AND cityHash64(person, 'two') % 3 = 0) AS credential,
	multiIf(legacy, '', NOT syncable, 'windows_hello', device_ecosystem = 'apple', 'apple_passwords',
		device_ecosystem = 'google', 'google_password_manager', cityHash64(person, 'manager') % 3 = 0, 'onepassword', 'microsoft_password_manager') AS provider_name,
	multiIf(os IN ('iOS', 'iPadOS', 'macOS'), 'apple_platform', os = 'Android', 'android_platform', os = 'Windows', 'windows_hello', 'other_platform') AS class_name,
	2000 + toInt64(cityHash64(n, 'ms') % 9000) AS took,
	registers OR (NOT enrolled AND act % 16 = 0) AS prompted,
	(untouched AND act % 5 < 3) OR prompted AS other_signin,
	${UUID_V7('at', `'ceremony'`)} AS ceremony,
	arrayConcat(
		if(act % 5 < 3, ['client.capabilities'], []),
		if(prompted, ['prompt.shown'], []),
		if(registers, ['prompt.accepted'], if(prompted AND act % 2 = 0, ['prompt.dismissed'], [])),
		['ceremony.started'],
		if(ending NOT IN ('untouched', 'abandoned'), ['ceremony.finished'], []),
		if(responds AND cityHash64(n, 'told') % 100 < 98, ['ceremony.verdict'], []),
		if(other_signin, ['signin.finished'], [])) AS types`;

const IS = {
	page: `type IN ('ceremony.started', 'ceremony.finished')`,
	ceremony: `type IN ('ceremony.started', 'ceremony.finished', 'ceremony.verdict')`,
	prompt: `type IN ('prompt.shown', 'prompt.accepted', 'prompt.dismissed')`,
	end: `type = 'ceremony.finished'`,
	verdict: `type = 'ceremony.verdict'`,
	signin: `type = 'signin.finished'`,
	capabilities: `type = 'client.capabilities'`
};
const IS_TOLD = `(responds AND (${IS.end} OR ${IS.verdict}))`;
const NO_ID = `toUUID('00000000-0000-0000-0000-000000000000')`;

/** Column of events_raw_v1 to its value; what is left out takes the column's default. */
const COLUMNS: Record<string, string> = {
	project_id: `{project: String}`,
	event_id: UUID_V7('at + 1', 'type'),
	event_type: 'type',
	schema_version: '1',
	occurred_at: `fromUnixTimestamp64Milli(at + multiIf(${IS.prompt}, -20000, ${IS.end}, took, ${IS.verdict}, took + 200, ${IS.signin}, if(registers, -60000, 30000), ${IS.capabilities}, -1000, 0), 'UTC')`,
	received_at: `occurred_at + toIntervalMillisecond(35)`,
	clock_skew_ms: '35',
	session_id: `if(${IS.verdict}, ${NO_ID}, ${UUID_V7('at - 1000', `'session'`)})`,
	ceremony_id: `if(${IS.ceremony}, ceremony, ${NO_ID})`,
	prompt_id: `if(prompted AND (${IS.prompt} OR (registers AND ${IS.page})), ${UUID_V7('at - 20000', `'prompt'`)}, ${NO_ID})`,
	user_hash: `if(${IS.capabilities} OR (type = 'ceremony.started' AND NOT registers), 0, if(untouched AND NOT other_signin, 0, user_hash))`,
	credential_hash: `if(${IS_TOLD}, credential, 0)`,
	application: 'app',
	environment: `'production'`,
	release: `if(${IS.verdict}, '', version)`,
	sdk_name: `if(${IS.verdict}, '@passlens/sdk/server', '@passlens/sdk')`,
	sdk_version: `'0.1.0'`,
	synthetic: 'true',
	os_name: `if(${IS.verdict}, '', os)`,
	os_version: `if(${IS.verdict}, '', toString(12 + os_roll % 7))`,
	browser_name: `if(${IS.verdict}, '', browser)`,
	browser_version: `if(${IS.verdict}, '', toString(140 + intDiv(n * 12, {ceremonies: UInt64})))`,
	device_type: `multiIf(${IS.verdict}, '', os IN ('iOS', 'Android'), 'mobile', os = 'iPadOS', 'tablet', 'desktop')`,
	client_ecosystem: `if(${IS.verdict}, '', device_ecosystem)`,
	webauthn_supported: `if(${IS.capabilities}, true, NULL)`,
	platform_authenticator: `if(${IS.capabilities}, os_roll % 20 != 0, NULL)`,
	conditional_mediation: `if(${IS.capabilities}, true, NULL)`,
	passkey_capable: `if(${IS.capabilities}, os_roll % 20 != 0, NULL)`,
	synced_capable: `if(${IS.capabilities}, os_roll % 20 != 0 AND os NOT IN ('Linux'), NULL)`,
	prompt_purpose: `if(${IS.prompt}, if(has_legacy, 'upgrade', 'enroll'), '')`,
	prompt_mode: `if(${IS.prompt}, 'manual', '')`,
	prompt_showing: `if(${IS.prompt}, 1 + act % 6, 0)`,
	prompt_placement: `if(${IS.prompt}, 'after_sign_in', '')`,
	ceremony_type: `if(${IS.ceremony}, kind, '')`,
	mediation: `if(${IS.page}, if(conditional, 'conditional', 'optional'), '')`,
	origin: `if(${IS.ceremony}, 'https://shop.example', '')`,
	rp_id: `if(${IS.ceremony}, 'shop.example', '')`,
	timeout_ms: `if(${IS.page}, 300000, NULL)`,
	resident_key: `if(${IS.page} AND registers, 'required', '')`,
	user_verification: `if(${IS.page}, 'preferred', '')`,
	allow_count: `if(${IS.page} AND NOT registers, 0, NULL)`,
	client_outcome: `multiIf(${IS.end}, if(responds, 'succeeded', 'error'), ${IS.signin}, 'succeeded', '')`,
	elapsed_ms: `if(${IS.end}, took, NULL)`,
	focused_at_start: `if(${IS.end}, true, NULL)`,
	blurred: `if(${IS.end}, NOT responds, NULL)`,
	error_name: `if(${IS.end} AND NOT responds, 'NotAllowedError', '')`,
	error_signature: `if(${IS.end} AND NOT responds, 'The operation either timed out or was not allowed. See: <url>.', '')`,
	authenticator_attachment: `if(${IS.end} AND responds, 'platform', '')`,
	transports: `if(${IS.end} AND responds AND registers, ['hybrid', 'internal'], [])`,
	aaguid: `if(${IS_TOLD} AND registers AND NOT legacy, concat('00000000-0000-4000-8000-', leftPad(toString(cityHash64(provider_name) % 1000), 12, '0')), '')`,
	user_present: `if(${IS_TOLD}, true, NULL)`,
	user_verified: `if(${IS_TOLD}, true, NULL)`,
	backup_eligible: `if(${IS_TOLD}, syncable, NULL)`,
	backup_state: `if(${IS_TOLD}, syncable AND cityHash64(credential, 'backed') % 10 != 0, NULL)`,
	sign_count_zero: `if(${IS_TOLD}, syncable, NULL)`,
	cross_device: `if(${IS.end} AND responds, act % 40 = 0, NULL)`,
	provider: `if(${IS_TOLD} AND registers, provider_name, '')`,
	credential_ecosystem: `if(${IS_TOLD}, if(provider_name = 'onepassword', 'third_party', device_ecosystem), '')`,
	legacy_class: `if(${IS_TOLD} AND legacy, class_name, '')`,
	cause: `if(${IS.end} AND NOT responds, if(ending = 'cancelled', 'user_cancelled', 'no_credential_here'), '')`,
	cause_confidence: `if(${IS.end} AND NOT responds, 'likely', '')`,
	cause_evidence: `if(${IS.end} AND NOT responds, ['The dialog was open for some seconds.'], [])`,
	classifier_version: `if(${IS.end} AND NOT responds, 1, 0)`,
	verified: `if(${IS.verdict}, ending = 'succeeded', NULL)`,
	verdict_reason: `if(${IS.verdict} AND ending = 'rejected', 'credential_unknown', '')`,
	signin_method: `if(${IS.signin}, ${choose(dice('n', 'method'), [
		['password', 700],
		['social', 170],
		['otp', 80],
		['magic_link', 50]
	])}, '')`,
	fallback_reason: `if(${IS.signin} AND act % 11 = 0, 'no_passkey_here', '')`
};

/** Raw events of the ceremonies `first` to `first + count`, with all that belongs to them. Parameters: see generate.ts. */
export const INSERT_EVENTS = `INSERT INTO events_raw_v1 (${Object.keys(COLUMNS).join(', ')})
SELECT ${Object.entries(COLUMNS)
	.map(([name, sql]) => `${sql} AS ${name}`)
	.join(',\n\t')}
FROM
(
	SELECT *, arrayJoin(types) AS type
	FROM
	(
		SELECT *, ${EVENTS_OF}
		FROM (SELECT ${PEOPLE} FROM numbers({first: UInt64}, {count: UInt64}))
	)
)`;
