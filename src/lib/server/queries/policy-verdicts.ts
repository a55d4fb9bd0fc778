import { z } from 'zod';
import { SYNC_STATES } from '../../format/names.ts';
import { REASONS } from '../../policy/rule-words.ts';
import { defineQuery } from '../define-query.ts';
import { count, hashSql } from './column-types.ts';
import { POLICY_SQL, policyRuleParameters } from './policy-sql.ts';

/** How a rule is kept on a day; always one row. */
export const queryPolicyTotals = defineQuery({
	name: 'policy-totals',
	parameters: policyRuleParameters,
	row: z.object({
		/** Users the rule is about. */
		users: count,
		keeping: count,
		breaking: count,
		/** Nothing is broken, and something asked for is not known. */
		untold: count,
		/** Hold nothing and need not. */
		without: count,
		credentials: count,
		breaking_credentials: count
	}),
	sql: `
WITH ${POLICY_SQL}
SELECT
	count() AS users,
	countIf(verdict = 'keeps') AS keeping,
	countIf(verdict = 'breaks') AS breaking,
	countIf(verdict = 'untold') AS untold,
	countIf(verdict = 'without') AS without,
	sum(held) AS credentials,
	sum(v.breaking) AS breaking_credentials
FROM verdicts AS v`
});

export const POLICY_VERDICTS = ['breaks', 'untold'] as const;

const listed = policyRuleParameters.extend({
	verdict: z.enum(POLICY_VERDICTS),
	/** 16 hex digits: those behind it; empty: from the first. */
	after: z.string(),
	limit: z.int().min(1).max(10_000)
});

export const policyUserRow = z.object({
	user_hash: z.string(),
	/** Usable credentials. */
	held: count,
	breaking: count,
	/** How many that keep the rule they lack. */
	missing: count,
	/** Those that break the rule, or of which something is not known. */
	credentials: z.array(
		z.object({
			credential_hash: z.string(),
			sync_state: z.enum(SYNC_STATES),
			provider: z.string(),
			age_days: count,
			reasons: z.array(z.enum(REASONS)),
			/** What FIDO reported of its model on the day asked of, and since when; empty: nothing known. */
			model_status: z.string(),
			model_status_since: z.string(),
			model_certification: z.string()
		})
	)
});

/** Users whose verdict is this, in the order of their hashes. */
export const queryPolicyUsers = defineQuery({
	name: 'policy-users',
	parameters: listed,
	row: policyUserRow,
	sql: `
WITH ${POLICY_SQL}
SELECT
	${hashSql('v.user_hash')} AS user_hash, v.held AS held, v.breaking AS breaking, v.missing AS missing,
	arrayMap(one -> CAST((leftPad(lower(hex(one.1)), 16, '0'), one.2, one.3, one.4, one.5, one.6, if(one.6 = '', '', toString(one.7)), one.8),
		'Tuple(credential_hash String, sync_state String, provider String, age_days Int64, reasons Array(String), model_status String, model_status_since String, model_certification String)'), v.credentials) AS credentials
FROM verdicts AS v
WHERE verdict = {verdict: String} AND ({after: String} = '' OR ${hashSql('v.user_hash')} > {after: String})
ORDER BY user_hash
LIMIT {limit: UInt32}`
});

/** Hashes of everybody who breaks the rule, in one row: what two versions of a rule are compared by. */
export const queryPolicyBreakers = defineQuery({
	name: 'policy-breakers',
	parameters: policyRuleParameters,
	row: z.object({ users: z.array(z.string()) }),
	sql: `
WITH ${POLICY_SQL}
SELECT arraySort(groupArray(${hashSql('v.user_hash')})) AS users
FROM verdicts AS v
WHERE verdict = 'breaks'`
});
