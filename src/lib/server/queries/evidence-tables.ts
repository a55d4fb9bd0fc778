import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { hashSql } from './column-types.ts';
import { credentialFilterParameters, INVENTORY_SQL } from './credential-filter-sql.ts';
import { BEHAVIOUR_COLUMNS, MODEL_COLUMNS } from './credential-list.ts';
import { WHERE_CREDENTIAL } from './filter-sql.ts';
import { POLICY_SQL, policyRuleParameters } from './policy-sql.ts';

const anything = z.record(z.string(), z.unknown());

/** Every credential of a project as it stood at the end of a day: the inventory whole, for a file. */
export const queryEvidenceCredentials = defineQuery({
	name: 'evidence-credentials',
	parameters: credentialFilterParameters,
	row: anything,
	sql: `
WITH ${INVENTORY_SQL},
behaviour AS
(
	SELECT credential_hash, ${BEHAVIOUR_COLUMNS}
	FROM credential_observations_v1
	WHERE project_id = {project: String} AND toDate(observed_at, {zone: String}) <= {to: Date}
	GROUP BY credential_hash
)
SELECT
	${hashSql('c.credential_hash')} AS credential_hash, ${hashSql('c.user_hash')} AS user_hash, c.status AS status,
	c.sync_state AS sync_state, c.be_first AS be_first, c.bs_first AS bs_first, c.be AS be, c.bs AS bs,
	c.provider AS provider, c.aaguid AS aaguid, ${MODEL_COLUMNS},
	c.credential_ecosystem AS ecosystem, c.credential_legacy_class AS legacy_class, c.attachment AS attachment,
	arrayStringConcat(c.transport_list, ' ') AS transports, c.discoverable AS discoverable, c.algorithm AS algorithm,
	c.attestation_format AS attestation_format, c.registration_verified AS registration_verified,
	b.times_verified AS times_user_verified, b.times_unverified AS times_user_not_verified,
	if(b.counter = '', 'unknown', b.counter) AS counter, b.counter_regressions AS counter_regressions,
	c.first_seen_at AS first_seen_at, c.registered_at AS registered_at, c.last_used_at AS last_used_at, c.uses_count AS uses,
	arrayStringConcat(c.used_on_os, ' ') AS used_on, c.revoked_at AS revoked_at,
	if(c.status = 'revoked', toString(c.revocation_reason), '') AS revocation_reason,
	c.test_authenticator AS test_authenticator, c.synthetic AS synthetic
FROM (SELECT * FROM inventory WHERE ${WHERE_CREDENTIAL}) AS c
LEFT JOIN behaviour AS b ON b.credential_hash = c.credential_hash
LEFT JOIN models AS m ON m.aaguid = c.aaguid
ORDER BY credential_hash`
});

/** Everybody whom a rule is about with the verdict; one row for each credential that breaks it or of which something is not known. */
export const queryEvidenceVerdicts = defineQuery({
	name: 'evidence-verdicts',
	parameters: policyRuleParameters,
	row: anything,
	sql: `
WITH ${POLICY_SQL}
SELECT
	${hashSql('v.user_hash')} AS user_hash, v.verdict AS verdict, v.held AS held, v.breaking AS breaking, v.missing AS missing,
	if(one.1 = 0, '', leftPad(lower(hex(one.1)), 16, '0')) AS credential_hash, toString(one.2) AS sync_state, toString(one.3) AS provider,
	one.4 AS age_days, arrayStringConcat(one.5, ' ') AS reasons,
	one.6 AS model_status, if(one.6 = '', NULL, toString(one.7)) AS model_status_since, one.8 AS model_certification
FROM verdicts AS v
LEFT ARRAY JOIN v.credentials AS one
ORDER BY user_hash, credential_hash`
});
