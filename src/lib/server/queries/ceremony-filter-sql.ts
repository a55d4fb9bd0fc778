import { z } from 'zod';
import { COUNTED_CEREMONIES, type CountedCeremonies } from '../../breakdown/counted-ceremonies.ts';
import { OUTCOMES } from '../../format/names.ts';
import { GROUP_ID } from './failure-sql.ts';
import {
	filterParameters,
	REAL,
	REAL_CEREMONY,
	WHERE_CLIENT,
	WHERE_CLIENT_THEN
} from './filter-sql.ts';
import { IN_PART, onePartParameters } from './part-sql.ts';
import { BY_ID, lineParameters, MATCHES_LINE, MATCHES_SEARCH } from './search-sql.ts';

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
	/** What a figure counts, in one part of a breakdown; empty: any. */
	counted: z.enum(['', ...(Object.keys(COUNTED_CEREMONIES) as CountedCeremonies[])]).default(''),
	...onePartParameters,
	/** Of a search line, its id finds untouched requests too. */
	...lineParameters.shape
});

export type CeremonyFilterParameters = z.input<typeof ceremonyFilterParameters>;

/** Conditions on ceremonies_v1, and on the rollup daily_ceremonies_v1, but for outcome, search and virtual authenticators. Constant text: values are bound. */
const OWN_COUNTED = `({cause: String} = '' OR cause = {cause: String})
	AND ({type: String} = '' OR ceremony_type = {type: String})
	AND ({mediation: String} = '' OR mediation = {mediation: String})`;

const OUTCOME = `({outcome: String} = 'all' OR outcome = {outcome: String}
	OR ({outcome: String} = '' AND ({search: String} != '' OR {failure: String} != '' OR outcome != 'untouched')))`;

const IN_FAILURE = `({failure: String} = '' OR ${GROUP_ID} = {failure: String})`;

const ACROSS = `(NOT {across: Bool} OR (ifNull(cross_device, false) AND (client_outcome = 'succeeded' OR verified IS NOT NULL)))`;

const CROSSING = `user_driven AND (ifNull(cross_device, false) OR has(hints, 'hybrid') OR cause = 'hybrid_transport_failed')`;

const ASKED = `user_driven AND mediation != 'conditional'`;

const ENDED_AT = `coalesce(if(client_outcome = 'abandoned', NULL, finished_at), verdict_at)`;

/** As the rollup's, by the page's own clock where it told. NULL: no end; that the page was left while the dialog was open is none. */
const ENDED_AFTER_MS = `multiIf(elapsed_ms IS NOT NULL AND client_outcome != 'abandoned', toInt64(elapsed_ms), ${ENDED_AT} IS NULL, NULL,
	started_at IS NULL, 0, dateDiff('millisecond', started_at, ${ENDED_AT}))`;

/** What each figure counts, as the rollups have it. */
const COUNTED_SQL: Record<CountedCeremonies, string> = {
	started: 'user_driven',
	judged: `user_driven AND NOT (client_outcome = 'succeeded' AND verified IS NULL)`,
	verified: 'user_driven AND ifNull(verified, false)',
	cancelled: `user_driven AND outcome = 'cancelled'`,
	failed: `user_driven AND outcome = 'failed'`,
	unfinished: `user_driven AND outcome = 'abandoned'`,
	asked: ASKED,
	overdue: `${ASKED} AND ifNull(${ENDED_AFTER_MS} > 300000, true)`,
	completed: `client_outcome = 'succeeded'`,
	completed_decided: `client_outcome = 'succeeded' AND verified IS NOT NULL`,
	answered: `(client_outcome = 'succeeded' OR verified IS NOT NULL)`,
	refused: `outcome = 'rejected'`,
	signed_in: `user_driven AND ceremony_type = 'authentication' AND outcome = 'succeeded'`,
	timed: `user_driven AND ceremony_type = 'authentication' AND outcome = 'succeeded' AND mediation != 'conditional' AND elapsed_ms IS NOT NULL`,
	crossing: CROSSING,
	crossed: `${CROSSING} AND ifNull(cross_device, false) AND outcome = 'succeeded'`
};

const BEHIND_FIGURE = `(${IN_PART} AND ({counted: String} = '' OR multiIf(${Object.entries(
	COUNTED_SQL
)
	.map(([name, condition]) => `{counted: String} = '${name}', ${condition}`)
	.join(', ')}, true)))`;

/** The list's own conditions beside the common filters: what it selects out of all ceremonies of a page. */
export const SELECTED_CEREMONY = `(${OWN_COUNTED} AND ${ACROSS} AND ${BEHIND_FIGURE} AND ${IN_FAILURE} AND ${BY_ID.begins} AND ${OUTCOME} AND ${MATCHES_SEARCH})`;

/** Conditions on ceremonies_v1 but for the outcome. */
export const WHERE_CEREMONY_OF_ANY_OUTCOME = `${WHERE_CLIENT_THEN} AND ${OWN_COUNTED} AND ${REAL_CEREMONY} AND ${ACROSS} AND ${BEHIND_FIGURE} AND ${IN_FAILURE} AND ${MATCHES_LINE}`;

export const WHERE_CEREMONY = `${WHERE_CEREMONY_OF_ANY_OUTCOME} AND ${OUTCOME}`;

/** The same on daily_ceremonies_v1, where nothing is searched for. */
export const WHERE_COUNTED = {
	ofAnyOutcome: `${WHERE_CLIENT} AND ${OWN_COUNTED} AND ${REAL}`,
	ofOutcome: `${WHERE_CLIENT} AND ${OWN_COUNTED} AND ${REAL} AND ${OUTCOME}`
};
