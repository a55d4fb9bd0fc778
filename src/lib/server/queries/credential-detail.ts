import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count, flag, utcTime } from './column-types.ts';
import { CREDENTIAL_COLUMNS, credentialRow } from './credential-list.ts';

/** One credential with all the ledger knows of it; no row when there is none. */
export const queryCredentialDetail = defineQuery({
	name: 'credential-detail',
	parameters: z.object({
		project: z.string(),
		/** As a number in text. */
		credential_hash: z.string().regex(/^\d{1,20}$/)
	}),
	row: credentialRow.extend({
		registration_verified: flag,
		application: z.string(),
		environment: z.string(),
		attachment: z.string(),
		algorithm: count.nullable(),
		attestation_format: z.string(),
		registration_os: z.string(),
		used_in_ecosystems: z.array(z.string()),
		be_first: flag,
		bs_first: flag,
		/** First time BS was seen set. */
		backed_up_at: utcTime.nullable(),
		user_verified_seen: flag,
		revoked_at: utcTime.nullable(),
		revocation_reason: z.string(),
		signalled_at: utcTime.nullable()
	}),
	sql: `
SELECT ${CREDENTIAL_COLUMNS},
	c.registration_verified AS registration_verified, c.application AS application, c.environment AS environment,
	c.attachment AS attachment, c.algorithm AS algorithm, c.attestation_format AS attestation_format,
	c.registration_os AS registration_os, c.used_in_ecosystems AS used_in_ecosystems,
	c.be_first AS be_first, c.bs_first AS bs_first, c.backed_up_at AS backed_up_at, c.user_verified_seen AS user_verified_seen,
	c.revoked_at AS revoked_at, c.revocation_reason AS revocation_reason, c.signalled_at AS signalled_at
FROM credentials_v1 AS c
WHERE c.project_id = {project: String} AND c.credential_hash = toUInt64({credential_hash: String})`
});
