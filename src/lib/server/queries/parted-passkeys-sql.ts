import { MATCHES_ACT } from './filter-sql.ts';
import { PART } from './part-sql.ts';

/** What an act of a passkey, or a day that somebody was seen on, tells of where it was; the ledger keeps the rest. */
export const PART_OF_ACT = `if({by: String} = 'created_release', toString(release), ${PART})`;

/** A platform that the filters name is the only one looked at. */
export const onPlatform = (names: string) =>
	`emptyArrayToSingle(arrayMap(one -> toString(one), arrayFilter(one -> {platform: String} IN ('', one), ${names})))`;

/**
 * Common table expression `parted`, after `usable`: the usable passkeys within the filters by part, as the filters would narrow it. One used
 * in two parts is in both; what its creation tells is one. Constant text: values are bound.
 */
export const PARTED_SQL = `
acts AS
(
	SELECT credential_hash, groupUniqArray(${PART_OF_ACT}) AS parts
	FROM passkey_acts_v1
	WHERE {by: String} IN ('browser', 'release', 'country', 'environment', 'tag', 'created_release') AND project_id = {project: String} AND day <= {to: Date}
		AND if({by: String} = 'created_release', ceremony_type = 'registration',
			${MATCHES_ACT})
	GROUP BY credential_hash
),
parted AS
(
	SELECT
		u.credential_hash AS credential_hash, u.user_hash AS user_hash, u.flags AS flags,
		u.test_authenticator AS test_authenticator, u.synthetic AS synthetic,
		coalesce(u.last_used_at, u.registered_at, u.first_seen_at) AS used_at,
		arrayJoin(multiIf({by: String} = '', [''],
			{by: String} = 'ecosystem', [toString(u.ecosystem)],
			{by: String} = 'application', [toString(u.application)],
			{by: String} = 'provider', [toString(u.provider)],
			{by: String} = 'created_platform', [toString(u.registration_os)],
			{by: String} = 'platform', ${onPlatform('u.used_on_os')},
			emptyArrayToSingle(a.parts))) AS part
	FROM usable AS u
	LEFT JOIN acts AS a ON a.credential_hash = u.credential_hash
	WHERE u.in_filter
)`;
