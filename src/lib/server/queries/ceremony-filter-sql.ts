import { z } from 'zod';
import { OUTCOMES } from '../../format/names.ts';
import { filterParameters, IN_HOURS_OF_PERIOD, WHERE_CLIENT } from './filter-sql.ts';

export const ceremonyFilterParameters = filterParameters.extend({
	/** Empty: what users started, so all but untouched conditional requests, which every page load makes; `all`: those too. */
	outcome: z.enum(['', 'all', ...OUTCOMES]),
	cause: z.string(),
	type: z.enum(['', 'registration', 'authentication']),
	mediation: z.string(),
	/** The beginning of a ceremony id, or of a user's or credential's hash, in lower case. Finds untouched requests too. */
	search: z.string()
});

export type CeremonyFilterParameters = z.infer<typeof ceremonyFilterParameters>;

const SEARCH = `({search: String} = ''
	OR startsWith(toString(ceremony_id), {search: String})
	OR (user_hash != 0 AND startsWith(leftPad(lower(hex(user_hash)), 16, '0'), {search: String}))
	OR (credential_hash != 0 AND startsWith(leftPad(lower(hex(credential_hash)), 16, '0'), {search: String})))`;

/** Conditions on ceremonies_v1 but for the outcome. Constant text: values are bound. */
export const WHERE_CEREMONY_OF_ANY_OUTCOME = `${WHERE_CLIENT}
	AND ${IN_HOURS_OF_PERIOD}
	AND ({cause: String} = '' OR cause = {cause: String})
	AND ({type: String} = '' OR ceremony_type = {type: String})
	AND ({mediation: String} = '' OR mediation = {mediation: String})
	AND ${SEARCH}`;

export const WHERE_CEREMONY = `${WHERE_CEREMONY_OF_ANY_OUTCOME}
	AND ({outcome: String} = 'all' OR outcome = {outcome: String}
		OR ({outcome: String} = '' AND ({search: String} != '' OR outcome != 'untouched')))`;
