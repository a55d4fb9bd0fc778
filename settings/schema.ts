import type { Generated } from 'kysely';
import type { AccessSchema } from './access/access-schema.ts';

/** What people edit, in SQLite by default. Figures live in ClickHouse; the two meet by project id alone. */
export interface SettingsSchema extends AccessSchema {
	project: ProjectTable;
	project_key: ProjectKeyTable;
	project_origin: ProjectOriginTable;
	signature_name: SignatureNameTable;
	reclassification: ReclassificationTable;
	user_erasure: UserErasureTable;
	erased_identifier: ErasedIdentifierTable;
	project_retention: ProjectRetentionTable;
	project_rolled_up_tag: ProjectRolledUpTagTable;
	failure_triage: FailureTriageTable;
	demo_run: DemoRunTable;
	annotation: AnnotationTable;
	policy_version: PolicyVersionTable;
	finding_triage: FindingTriageTable;
	evidence_key: EvidenceKeyTable;
	evidence_export: EvidenceExportTable;
	evidence_schedule: EvidenceScheduleTable;
	segment: SegmentTable;
	project_trace_link: ProjectTraceLinkTable;
	project_trace_service: ProjectTraceServiceTable;
	span_export: SpanExportTable;
	project_privacy: ProjectPrivacyTable;
	project_kept_tag: ProjectKeptTagTable;
	configured_setting: ConfiguredSettingTable;
	configured_table: ConfiguredTableTable;
	table_source: TableSourceTable;
	table_check: TableCheckTable;
	collector_table: CollectorTableTable;
	legacy_class_rule: LegacyClassRuleTable;
	legacy_version: LegacyVersionTable;
	alert_rule: AlertRuleTable;
	alert_channel: AlertChannelTable;
	alert_firing: AlertFiringTable;
	alert_delivery: AlertDeliveryTable;
	process_lease: ProcessLeaseTable;
	site_check: SiteCheckTable;
	person_digest: PersonDigestTable;
	own_sign_ins: OwnSignInsTable;
	stream: StreamTable;
	stream_event: StreamEventTable;
	stream_source: StreamSourceTable;
}

/** What the scheduled look at a site found, for as long as nothing else was found. */
export interface SiteCheckTable {
	id: string;
	project_id: string;
	site: string;
	/** JSON. */
	findings: string;
	first_unix_ms: number;
	last_unix_ms: number;
}

export interface ProjectTable {
	/** Slug, also `project_id` in every ClickHouse table. */
	id: string;
	name: string;
	/** base64 of 32 random bytes: keys the hashes of this project's users and credentials. Never leaves this store. */
	pseudonym_key: string;
	/** IANA name: the project's days are this zone's. */
	time_zone: Generated<string>;
	/** Unix epoch in milliseconds. */
	created_unix_ms: Generated<number>;
}

export interface ProjectKeyTable {
	/** Ingest keys as they are (they are public); server keys as the hex SHA-256. */
	key: string;
	project_id: string;
	/** `ingest`: public, in the page, writes only. `server`: secret, sends verdicts. */
	kind: 'ingest' | 'server';
	/** The only environment it may write to; NULL: any. */
	environment: string | null;
	/** The beginning of a server key, for people. */
	hint: string | null;
	created_unix_ms: Generated<number>;
	/** In the future: taken until then. */
	revoked_unix_ms: number | null;
}

export interface ProjectOriginTable {
	project_id: string;
	/** An origin the browser may send from, such as `https://example.com`. */
	origin: string;
}

/** A tag of events that a project's rollups tell apart. */
export interface ProjectRolledUpTagTable {
	project_id: string;
	tag: string;
}

/** Every change an operator made to the name of an error, oldest first: the newest for an error is in force. */
export interface SignatureNameTable {
	/** 1, 2, 3 …: the classifier's version is our own plus the newest of these. */
	revision: number;
	error_name: string;
	error_signature: string;
	error_code: string;
	/** `null`: the name was taken back. */
	cause: string | null;
	confidence: string;
	note: string;
	/** Who changed it, as they named themselves; may be empty. */
	author: Generated<string>;
	created_unix_ms: number;
}

/** Runs of newer rules over the past that somebody asked for: see `reclassifications.ts`. */
export interface ReclassificationTable {
	id: string;
	requested_by: string;
	/** Unix epoch in milliseconds. */
	requested_unix_ms: number;
	/** Who does it; null: nobody. */
	collector: Generated<string | null>;
	/** When its collector last said how far it is; null: nobody began. */
	told_unix_ms: Generated<number | null>;
	/** The project it is at, with its events done and all of them. */
	project_id: Generated<string>;
	done: Generated<number>;
	total: Generated<number>;
	/** Of all projects. */
	looked: Generated<number>;
	written: Generated<number>;
	/** JSON. */
	moves: Generated<string>;
	finished_unix_ms: Generated<number | null>;
	last_error: Generated<string>;
}

/** People who are to be erased, or were: see `erasures.ts`. */
export interface UserErasureTable {
	id: string;
	project_id: string;
	/** Keyed hash, UInt64 as decimal text; nothing else is known of whom it was. */
	user_hash: string;
	/** Unix epoch in milliseconds. */
	requested_unix_ms: number;
	erased_unix_ms: Generated<number | null>;
	events: Generated<number | null>;
}

/** What led to an erased person, as keyed hashes. */
export interface ErasedIdentifierTable {
	project_id: string;
	identifier: string;
	/** What happened until then is not taken in again: Unix epoch in milliseconds. */
	until_unix_ms: number;
	/** When it is forgotten itself; null: never. */
	forget_unix_ms: number | null;
}

/** How long a project keeps its rows, in days; null: for ever. */
export interface ProjectRetentionTable {
	project_id: string;
	raw_days: number | null;
	derived_days: number | null;
}

/** Every decision about a group of failures, oldest first: the newest of a group is in force. See `failure-triage.ts`. */
export interface FailureTriageTable {
	project_id: string;
	/** 1, 2, 3 … within the project. */
	revision: number;
	/** Ten hex digits, as the dashboard's queries make them of outcome, cause and error. */
	group_id: string;
	/** `open`, `resolved` or `ignored`. */
	decision: string;
	/** Resolved from the release after this one on; empty: from `created_unix_ms` on. */
	after_release: string;
	owner: string;
	note: string;
	author: string;
	created_unix_ms: number;
}

/** Loads and removals of the demonstration that somebody asked for: see `demo-runs.ts`. */
export interface DemoRunTable {
	id: string;
	action: 'load' | 'remove';
	/** Last simulated day, `YYYY-MM-DD`: a load that is begun again makes the same events. */
	end_day: string;
	/** Unix epoch in milliseconds. */
	requested_unix_ms: number;
	/** Simulated days sent, and all of them; 0: not begun. */
	done: Generated<number>;
	total: Generated<number>;
	events: Generated<number>;
	finished_unix_ms: Generated<number | null>;
	/** Why it failed; empty: it did not. */
	last_error: Generated<string>;
}

/** What happened and may explain a change: see `annotations.ts`. */
export interface AnnotationTable {
	id: string;
	project_id: string;
	/** `YYYY-MM-DD`, UTC. */
	day: string;
	kind: 'release' | 'campaign' | 'note';
	text: string;
	author: string;
	source: 'page' | 'api';
	/** Unix epoch in milliseconds. */
	created_unix_ms: number;
	changed_unix_ms: number | null;
}

/** Every policy that was ever in force, oldest first: the newest of a project is. See `policies.ts`. */
export interface PolicyVersionTable {
	project_id: string;
	/** 1, 2, 3 … within the project. */
	revision: number;
	/** YAML or JSON, as it was written. */
	document: string;
	note: string;
	author: string;
	/** Unix epoch in milliseconds. */
	created_unix_ms: number;
}

/** Every decision about a finding of the ledger, oldest first: the newest of a finding is in force. See `finding-triage.ts`. */
export interface FindingTriageTable {
	project_id: string;
	/** 1, 2, 3 … within the project. */
	revision: number;
	/** 16 hex digits, as the dashboard's query makes them of kind, credential, user and time. */
	finding_id: string;
	/** `open`, `resolved` or `ignored`. */
	decision: string;
	note: string;
	author: string;
	created_unix_ms: number;
}

/** What evidence is signed with: see `evidence.ts`. */
export interface EvidenceKeyTable {
	/** 1: there is one. */
	id: number;
	/** Ed25519, PKCS#8 in PEM. Never leaves this store. */
	private_key: string;
	/** Unix epoch in milliseconds. */
	created_unix_ms: number;
}

/** Evidence that is made by itself: see `evidence-schedule.ts`. */
export interface EvidenceScheduleTable {
	project_id: string;
	/** `week` or `month`. */
	every: string;
	author: string;
	/** `YYYY-MM-DD`; empty before the first. */
	last_as_of: string;
	last_folder: string;
	/** Empty when the last attempt went well. */
	last_error: string;
}

/** Evidence that was given out; nothing of it is changed or removed. */
export interface EvidenceExportTable {
	project_id: string;
	/** `YYYY-MM-DD`. */
	as_of: string;
	/** SHA-256 of its SHA256SUMS, hex. */
	sums: string;
	note: string;
	author: string;
	/** Unix epoch in milliseconds. */
	made_unix_ms: number;
}

/** Filters saved under a name: see `segments.ts`. */
export interface SegmentTable {
	id: string;
	project_id: string;
	name: string;
	query: string;
	created_unix_ms: number;
}

/** Where a project's traces are looked at. */
export interface ProjectTraceLinkTable {
	project_id: string;
	/** With `{trace_id}` where the id belongs. */
	trace_url: string;
}

/** A service whose spans a project's ceremonies may show: see `trace-services.ts`. */
export interface ProjectTraceServiceTable {
	project_id: string;
	/** OpenTelemetry's `service.name`. */
	service: string;
}

/** How far ceremonies were told to a tracing system: see `span-export.ts`. */
export interface SpanExportTable {
	name: string;
	/** Unix epoch in milliseconds. */
	at_unix_ms: number;
	ceremony_id: string;
}

/** What a configuration file sets, and nobody may change elsewhere: see `configuration/configured.ts`. */
export interface ConfiguredSettingTable {
	project_id: string;
	setting:
		| 'name'
		| 'time_zone'
		| 'origins'
		| 'keys'
		| 'retention'
		| 'privacy'
		| 'rolled_up_tags'
		| 'trace_url'
		| 'trace_services'
		| 'alert_channels';
	/** The file's name, without its folders. */
	file: string;
}

/** What a configuration file sets for every project: sources of the collector's tables, versions of legacy systems. */
export interface ConfiguredTableTable {
	/** As the file calls it, such as `mds` or `legacy_versions`. */
	name: string;
	file: string;
}

/** From where every collector has a table, and how often: see `table-sources.ts`. */
export interface TableSourceTable {
	/** As a configuration file calls it, such as `mds` or `refresh_hours`. */
	name: string;
	value: string;
}

/** Somebody wants a table looked for: see `table-checks.ts`. */
export interface TableCheckTable {
	name: string;
	/** Unix epoch in milliseconds. */
	requested_unix_ms: number;
}

/** How a table is set at one collector, as that one told. */
export interface CollectorTableTable {
	collector: string;
	name: string;
	/** `page`, a variable, a configuration file; empty: nobody. */
	set_by: string;
	/** Unix epoch in milliseconds. */
	answered_unix_ms: number;
	told_unix_ms: number;
}

/** What an operator says of a model of authenticators: see `legacy-rules.ts`. */
export interface LegacyClassRuleTable {
	aaguid: string;
	/** Empty: none. */
	legacy_class: string;
}

/** Up to which version a system's own device-bound credentials are legacy: see `legacy-versions.ts`. */
export interface LegacyVersionTable {
	system: string;
	/** A number, `any` or `none`. */
	last_version: string;
}

/** What a project keeps of what is sent to it; a project without a row keeps everything. 1: yes, 0: no. */
export interface ProjectPrivacyTable {
	project_id: string;
	country: number;
	/** To users and credentials. */
	user_references: number;
	/** 0: those of `project_kept_tag` alone. */
	every_tag: number;
	consent_first: number;
}

/** A tag of events that is kept where not every tag is. */
export interface ProjectKeptTagTable {
	project_id: string;
	tag: string;
}

/** When somebody wants to be told: see `alert-rules.ts`. */
export interface AlertRuleTable {
	id: string;
	project_id: string;
	name: string;
	/** JSON. */
	rule: string;
	/** JSON: ids. */
	channels: string;
	author: string;
	/** Unix epoch in milliseconds. */
	changed_unix_ms: number;
	silenced_until_unix_ms: Generated<number | null>;
	silenced_by: Generated<string>;
	evaluated_unix_ms: Generated<number | null>;
	last_error: string;
}

/** Where alerts go: see `alert-channels.ts`. */
export interface AlertChannelTable {
	id: string;
	project_id: string;
	name: string;
	kind: 'email' | 'webhook' | 'slack' | 'pagerduty';
	target: string;
	secret: string;
	created_unix_ms: number;
}

/** What rules had to say: see `alert-firings.ts`. Kept when its rule is removed. */
export interface AlertFiringTable {
	id: string;
	project_id: string;
	rule_id: string;
	rule_name: string;
	subject: string;
	bucket: string;
	last_bucket: string;
	title: string;
	text: string;
	path: string;
	/** Unix epoch in milliseconds. */
	fired_unix_ms: number;
	resolved_unix_ms: number | null;
}

/** Who is told of it, and was. */
export interface AlertDeliveryTable {
	id: string;
	project_id: string;
	firing_id: string;
	channel_id: string;
	event: 'fired' | 'resolved';
	attempts: number;
	/** Null: it was delivered, or given up. */
	next_unix_ms: number | null;
	sent_unix_ms: number | null;
	last_error: string;
}

/** What one process at a time may do: see `leases.ts`. */
export interface ProcessLeaseTable {
	name: string;
	holder: string;
	/** Unix epoch in milliseconds. */
	until_unix_ms: number;
}

/** Who gets a project's weekly e-mail: see `digests.ts`. */
export interface PersonDigestTable {
	id: string;
	person_id: string;
	project_id: string;
	email: string;
	/** `YYYY-MM-DD`, a Monday. */
	sent_on: string;
	/** Unix epoch in milliseconds. */
	tried_unix_ms: number;
	last_error: string;
}

/** Where security-relevant events go: see `streams.ts`. */
export interface StreamTable {
	id: string;
	name: string;
	kind: 'webhook' | 'file' | 'otlp';
	target: string;
	format: 'array' | 'lines';
	secret: string;
	authorization_header: string;
	/** JSON: ids; `[]`: every project's. */
	projects: string;
	/** JSON. */
	topics: string;
	/** 1: yes, 0: no. */
	paused: number;
	/** The configuration file that sets it; empty: none. */
	file: string;
	/** Number of the last event that was looked at for it. */
	position: number;
	/** Unix epoch in milliseconds. */
	sent_unix_ms: number | null;
	sent: number;
	left_out: number;
	failures: number;
	next_unix_ms: number;
	last_error: string;
	created_unix_ms: number;
}

/** What streams tell, in its order: see `stream-events.ts`. */
export interface StreamEventTable {
	number: number;
	uid: string;
	/** Empty: it was known before anybody asked, and is not told. */
	topic: string;
	project_id: string;
	/** 16 hex digits, or empty. */
	user_hash: string;
	/** JSON; empty: it is not told any more. */
	body: string;
	/** Unix epoch in milliseconds. */
	found_unix_ms: number;
}

/** How far a look for such events has come. */
export interface StreamSourceTable {
	name: string;
	state: string;
}

/** Whether Passlens watches sign-ins to itself; at most one row: see `own-sign-ins.ts`. */
export interface OwnSignInsTable {
	id: number;
	/** 1: yes, 0: no more. */
	watched: number;
	/** What the dashboard's server tells verdicts with. */
	server_key: string;
}
