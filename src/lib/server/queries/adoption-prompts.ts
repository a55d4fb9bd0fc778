import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters, OFFERS, REAL, WHERE_CLIENT_THEN } from './filter-sql.ts';

/** Prompts that offer a passkey, `p`. */
export const OFFERED = `(SELECT * FROM prompts_v1 WHERE ${WHERE_CLIENT_THEN} AND purpose IN ${OFFERS}) AS p`;

/** The same, and beside each the passkey it led to, `c`. */
export const PROMPTS_AND_CREATIONS = `FROM ${OFFERED}
LEFT ANY JOIN
(
	SELECT prompt_id, test_authenticator FROM passkey_acts_v1
	WHERE project_id = {project: String} AND ${REAL} AND ceremony_type = 'registration' AND outcome = 'succeeded'
		AND prompt_id != toUUID('00000000-0000-0000-0000-000000000000')
		-- An offer comes before what it leads to, but for a day's difference of two clocks.
		AND day >= addDays({from: Date}, -1)
) AS c ON c.prompt_id = p.prompt_id`;

/**
 * Creation prompts by which showing it was for the user: 1 to 4, 5 for the fifth and later, 0 when the site does not say.
 * A prompt led to a passkey when a registration that names the prompt succeeded.
 */
export const queryAdoptionPrompts = defineQuery({
	name: 'adoption-prompts',
	parameters: filterParameters,
	row: z.object({
		showing_number: count,
		shown: count,
		accepted: count,
		dismissed: count,
		synthetic_shown: count,
		created: count,
		/** Of these, a passkey of a virtual authenticator. */
		test_created: count
	}),
	sql: `
SELECT
	least(p.showing, 5) AS showing_number,
	countIf(p.shown_at IS NOT NULL) AS shown,
	countIf(p.accepted_at IS NOT NULL) AS accepted,
	countIf(p.dismissed_at IS NOT NULL) AS dismissed,
	countIf(p.shown_at IS NOT NULL AND p.synthetic) AS synthetic_shown,
	countIf(c.prompt_id = p.prompt_id) AS created,
	countIf(c.prompt_id = p.prompt_id AND c.test_authenticator) AS test_created
${PROMPTS_AND_CREATIONS}
GROUP BY showing_number
HAVING shown > 0
ORDER BY showing_number = 0, showing_number`
});

export type PromptsRow = Awaited<ReturnType<typeof queryAdoptionPrompts>>[number];
