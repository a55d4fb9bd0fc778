import { z } from 'zod';
import { OUTCOMES } from '../../format/names.ts';
import { defineQuery } from '../define-query.ts';
import { bool, count, flag, hashSql, utcTime } from './column-types.ts';

const time = utcTime.nullable();
const number = count.nullable();
const list = z.array(z.string());

/** One ceremony with everything known of it; no row when there is none of this id. The hour in its UUIDv7 makes it a lookup, not a scan. */
export const queryCeremonyDetail = defineQuery({
	name: 'ceremony-detail',
	parameters: z.object({ project: z.string(), ceremony_id: z.uuid() }),
	row: z.object({
		ceremony_id: z.string(),
		ceremony_type: z.enum(['registration', 'authentication']),
		started_at: time,
		finished_at: time,
		verdict_at: time,
		received_at: utcTime,
		occurred_at: utcTime,
		clock_skew_ms: number,
		outcome: z.enum(OUTCOMES),
		automatic: bool,
		user_driven: bool,
		cause: z.string(),
		cause_confidence: z.string(),
		cause_evidence: list,
		session_id: z.string(),
		flow_id: z.string(),
		prompt_id: z.string(),
		user_hash: z.string(),
		credential_hash: z.string(),
		application: z.string(),
		environment: z.string(),
		release: z.string(),
		sdk_version: z.string(),
		trace_id: z.string(),
		synthetic: bool,
		os_name: z.string(),
		os_version: z.string(),
		browser_name: z.string(),
		browser_version: z.string(),
		device_type: z.string(),
		in_app_browser: bool,
		client_ecosystem: z.string(),
		country: z.string(),
		mediation: z.string(),
		origin: z.string(),
		rp_id: z.string(),
		timeout_ms: number,
		resident_key: z.string(),
		user_verification: z.string(),
		requested_attachment: z.string(),
		hints: list,
		attestation: z.string(),
		allow_count: number,
		allow_transports: list,
		exclude_count: number,
		exclude_transports: list,
		client_outcome: z.string(),
		elapsed_ms: number,
		focused_at_start: flag,
		blurred: flag,
		blurred_after_ms: number,
		hidden: flag,
		user_activation: flag,
		signal_aborted: flag,
		api_replaced: flag,
		page_left: flag,
		error_name: z.string(),
		error_signature: z.string(),
		error_code: z.string(),
		authenticator_attachment: z.string(),
		transports: list,
		aaguid: z.string(),
		user_present: flag,
		user_verified: flag,
		backup_eligible: flag,
		backup_state: flag,
		sign_count_zero: flag,
		discoverable: flag,
		algorithm: number,
		user_handle_present: flag,
		cross_device: flag,
		provider: z.string(),
		credential_ecosystem: z.string(),
		legacy_class: z.string(),
		test_authenticator: bool,
		verified: flag,
		refusal_reason: z.string(),
		verdict_detail: z.string(),
		attestation_format: z.string()
	}),
	sql: `
SELECT
	* EXCEPT (project_id, ceremony_hour, day, user_hash, credential_hash),
	${hashSql('c.user_hash')} AS user_hash,
	${hashSql('c.credential_hash')} AS credential_hash
FROM ceremonies_v1 AS c
WHERE project_id = {project: String}
	AND ceremony_hour = toStartOfHour(UUIDv7ToDateTime({ceremony_id: UUID}, 'UTC'))
	AND ceremony_id = {ceremony_id: UUID}`
});

export type CeremonyDetail = Awaited<ReturnType<typeof queryCeremonyDetail>>[number];
