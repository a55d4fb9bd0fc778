import { z } from 'zod';
import { OUTCOMES } from '../../format/names.ts';
import { GROUP_ID } from './failure-sql.ts';
import { filterParameters, REAL, REAL_CEREMONY, WHERE_CLIENT } from './filter-sql.ts';
import { MATCHES_SEARCH, searchParameters } from './search-sql.ts';

export const ceremonyFilterParameters = filterParameters.extend({
	/** Empty: what users started, so all but untouched conditional requests, which every page load makes; `all`: those too. */
	outcome: z.enum(['', 'all', ...OUTCOMES]),
	cause: z.string(),
	type: z.enum(['', 'registration', 'authentication']),
	mediation: z.string(),
	/** A group of failures; empty: any ceremony. */
	failure: z.string().default(''),
	/** Those that another device answered alone. */
	across: z.boolean().default(false),
	/** The beginning of a ceremony id, or of a user's or credential's hash, in lower case. Finds untouched requests too. */
	search: z.string(),
	...searchParameters.shape
});

export type CeremonyFilterParameters = z.input<typeof ceremonyFilterParameters>;

const SEARCH = `({search: String} = ''
	OR startsWith(toString(ceremony_id), {search: String})
	OR (user_hash != 0 AND startsWith(leftPad(lower(hex(user_hash)), 16, '0'), {search: String}))
	OR (credential_hash != 0 AND startsWith(leftPad(lower(hex(credential_hash)), 16, '0'), {search: String})))`;

/** Of a whole hash, the ceremonies that name it are looked up: changes no answer, and spares looking through all of the period. */
const HASH = `reinterpretAsUInt64(reverse(unhex({search: String})))`;
const NAMED = `(NOT match({search: String}, '^[0-9a-f]{16}$') OR (ceremony_hour, ceremony_id) IN (
	SELECT toStartOfHour(UUIDv7ToDateTime(ceremony_id, 'UTC')), ceremony_id FROM user_ceremonies_state_v1
	WHERE project_id = {project: String} AND user_hash = ${HASH}
	UNION ALL
	SELECT toStartOfHour(UUIDv7ToDateTime(ceremony_id, 'UTC')), ceremony_id FROM credential_observations_state_v1
	WHERE project_id = {project: String} AND credential_hash = ${HASH}))`;

/** Conditions on ceremonies_v1, and on the rollup daily_ceremonies_v1, but for outcome, search and virtual authenticators. Constant text: values are bound. */
const OWN_COUNTED = `({cause: String} = '' OR cause = {cause: String})
	AND ({type: String} = '' OR ceremony_type = {type: String})
	AND ({mediation: String} = '' OR mediation = {mediation: String})`;

const WHERE_COUNTED_OF_ANY_OUTCOME = `${WHERE_CLIENT} AND ${OWN_COUNTED}`;

const OUTCOME = `({outcome: String} = 'all' OR outcome = {outcome: String}
	OR ({outcome: String} = '' AND ({search: String} != '' OR {failure: String} != '' OR outcome != 'untouched')))`;

const IN_FAILURE = `({failure: String} = '' OR ${GROUP_ID} = {failure: String})`;

const ACROSS = `(NOT {across: Bool} OR (ifNull(cross_device, false) AND (client_outcome = 'succeeded' OR verified IS NOT NULL)))`;

/** The list's own conditions beside the common filters: what it selects out of all ceremonies of a page. */
export const SELECTED_CEREMONY = `(${OWN_COUNTED} AND ${ACROSS} AND ${IN_FAILURE} AND ${SEARCH} AND ${OUTCOME} AND ${MATCHES_SEARCH})`;

/** Conditions on ceremonies_v1 but for the outcome. */
export const WHERE_CEREMONY_OF_ANY_OUTCOME = `${WHERE_COUNTED_OF_ANY_OUTCOME} AND ${REAL_CEREMONY} AND ${ACROSS} AND ${IN_FAILURE} AND ${SEARCH} AND ${NAMED} AND ${MATCHES_SEARCH}`;

export const WHERE_CEREMONY = `${WHERE_CEREMONY_OF_ANY_OUTCOME} AND ${OUTCOME}`;

/** The same on daily_ceremonies_v1, where nothing is searched for. */
export const WHERE_COUNTED = {
	ofAnyOutcome: `${WHERE_COUNTED_OF_ANY_OUTCOME} AND ${REAL}`,
	ofOutcome: `${WHERE_COUNTED_OF_ANY_OUTCOME} AND ${REAL} AND ${OUTCOME}`
};
