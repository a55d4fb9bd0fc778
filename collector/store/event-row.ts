/**
 * The columns of `events_raw_v1` that the collector writes, with their ClickHouse types (migrations/0001_events_raw.sql).
 * A test holds this list against the table.
 */
export const EVENT_COLUMNS = {
	project_id: 'LowCardinality(String)',
	event_id: 'UUID',
	event_type: 'LowCardinality(String)',
	schema_version: 'UInt16',
	occurred_at: "DateTime64(3, 'UTC')",
	received_at: "DateTime64(3, 'UTC')",
	clock_skew_ms: 'Int64',
	time_corrected: 'Bool',
	late: 'Bool',
	session_id: 'UUID',
	flow_id: 'UUID',
	ceremony_id: 'UUID',
	prompt_id: 'UUID',
	user_hash: 'UInt64',
	credential_hash: 'UInt64',
	application: 'LowCardinality(String)',
	environment: 'LowCardinality(String)',
	release: 'LowCardinality(String)',
	tags: 'Map(LowCardinality(String), String)',
	sdk_name: 'LowCardinality(String)',
	sdk_version: 'LowCardinality(String)',
	trace_id: 'String',
	span_id: 'String',
	synthetic: 'Bool',
	os_name: 'LowCardinality(String)',
	os_version: 'LowCardinality(String)',
	browser_name: 'LowCardinality(String)',
	browser_version: 'LowCardinality(String)',
	device_type: 'LowCardinality(String)',
	in_app_browser: 'Bool',
	client_ecosystem: 'LowCardinality(String)',
	country: 'LowCardinality(String)',
	engine: 'LowCardinality(String)',
	webauthn_supported: 'Nullable(Bool)',
	platform_authenticator: 'Nullable(Bool)',
	conditional_mediation: 'Nullable(Bool)',
	capabilities: 'Map(LowCardinality(String), Bool)',
	passkey_capable: 'Nullable(Bool)',
	synced_capable: 'Nullable(Bool)',
	prompt_purpose: 'LowCardinality(String)',
	prompt_mode: 'LowCardinality(String)',
	prompt_showing: 'UInt16',
	prompt_placement: 'LowCardinality(String)',
	ceremony_type: 'LowCardinality(String)',
	mediation: 'LowCardinality(String)',
	origin: 'LowCardinality(String)',
	rp_id: 'LowCardinality(String)',
	timeout_ms: 'Nullable(UInt64)',
	resident_key: 'LowCardinality(String)',
	user_verification: 'LowCardinality(String)',
	requested_attachment: 'LowCardinality(String)',
	hints: 'Array(LowCardinality(String))',
	attestation: 'LowCardinality(String)',
	allow_count: 'Nullable(UInt16)',
	allow_transports: 'Array(LowCardinality(String))',
	exclude_count: 'Nullable(UInt16)',
	exclude_transports: 'Array(LowCardinality(String))',
	client_outcome: 'LowCardinality(String)',
	elapsed_ms: 'Nullable(UInt32)',
	focused_at_start: 'Nullable(Bool)',
	blurred: 'Nullable(Bool)',
	blurred_after_ms: 'Nullable(UInt32)',
	hidden: 'Nullable(Bool)',
	user_activation: 'Nullable(Bool)',
	signal_aborted: 'Nullable(Bool)',
	api_replaced: 'Nullable(Bool)',
	page_left: 'Nullable(Bool)',
	error_name: 'LowCardinality(String)',
	error_signature: 'LowCardinality(String)',
	error_code: 'LowCardinality(String)',
	authenticator_attachment: 'LowCardinality(String)',
	transports: 'Array(LowCardinality(String))',
	aaguid: 'LowCardinality(String)',
	user_present: 'Nullable(Bool)',
	user_verified: 'Nullable(Bool)',
	backup_eligible: 'Nullable(Bool)',
	backup_state: 'Nullable(Bool)',
	sign_count_zero: 'Nullable(Bool)',
	discoverable: 'Nullable(Bool)',
	algorithm: 'Nullable(Int32)',
	user_handle_present: 'Nullable(Bool)',
	cross_device: 'Nullable(Bool)',
	provider: 'LowCardinality(String)',
	credential_ecosystem: 'LowCardinality(String)',
	legacy_class: 'LowCardinality(String)',
	test_authenticator: 'Bool',
	cause: 'LowCardinality(String)',
	cause_confidence: 'LowCardinality(String)',
	cause_evidence: 'Array(String)',
	cause_rule: 'LowCardinality(String)',
	classifier_version: 'UInt16',
	verified: 'Nullable(Bool)',
	verdict_reason: 'LowCardinality(String)',
	verdict_detail: 'String',
	attestation_format: 'LowCardinality(String)',
	signin_method: 'LowCardinality(String)',
	fallback_reason: 'LowCardinality(String)',
	revocation_reason: 'LowCardinality(String)',
	signal: 'LowCardinality(String)',
	flow_purpose: 'LowCardinality(String)',
	flow_step: 'LowCardinality(String)',
	offered_methods: 'Array(LowCardinality(String))',
	dropped_events: 'UInt32',
	sampled_out_events: 'UInt32',
	sdk_errors: 'UInt32'
} as const;

type Columns = typeof EVENT_COLUMNS;

type ValueOf<Type extends string> = Type extends `Nullable(${infer Inner})`
	? ValueOf<Inner> | null
	: Type extends `Map(${string}, Bool)`
		? Record<string, boolean>
		: Type extends `Map(${string}, String)`
			? Record<string, string>
			: Type extends `Array(${string})`
				? readonly string[]
				: Type extends 'Bool'
					? boolean
					: Type extends 'UInt64'
						? number | string
						: Type extends 'UInt16' | 'UInt32' | 'Int32' | 'Int64' | `DateTime64${string}`
							? number
							: string;

/**
 * One event as stored. What is left out takes the column's default: empty text, zero UUID, NULL, false.
 * Times are Unix epoch milliseconds; hashes are decimal text, because JavaScript's numbers lose 64 bits.
 */
export type EventRow = {
	-readonly [Name in keyof Columns]?: ValueOf<Columns[Name]> | undefined;
};
