/** A setting that cannot be as it was asked for; the message says why and what to do. */
export class ProjectError extends Error {
	readonly code:
		| 'invalid_id'
		| 'invalid_name'
		| 'invalid_origin'
		| 'invalid_environment'
		| 'exists'
		| 'not_found'
		| 'invalid_retention'
		| 'invalid_privacy'
		| 'invalid_tags'
		| 'invalid_trace_url'
		| 'invalid_trace_services'
		| 'invalid_time_zone'
		| 'invalid_legacy_model'
		| 'invalid_legacy_version'
		| 'invalid_table'
		| 'set_by_file'
		| 'set_by_environment';
	/** What of several it is about, by its wire name. */
	readonly field: string | undefined;
	constructor(code: ProjectError['code'], message: string, field?: string) {
		super(message);
		this.code = code;
		this.field = field;
	}
}
