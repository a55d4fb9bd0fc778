import { z } from 'zod';
import { ECOSYSTEMS } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters, OFFERS, REAL_ACTIVITY, WHERE_CLIENT } from './filter-sql.ts';

/** Adoption by operating system and the ecosystem of the device. A user of two platforms is in both rows. */
export const queryAdoptionPlatforms = defineQuery({
	name: 'adoption-platforms',
	parameters: filterParameters,
	row: z.object({
		/** Empty: the system is not known. */
		platform: z.string(),
		ecosystem: z.enum(ECOSYSTEMS),
		seen: count,
		eligible: count,
		offered: count,
		created: count,
		offered_or_created: count,
		passkey_signins: count,
		other_signins: count
	}),
	sql: `
WITH
	activity = 'prompt_shown' AND detail IN ${OFFERS} AS is_offer,
	activity IN ('registration', 'automatic_registration') AND detail = 'succeeded' AS is_creation
SELECT
	os_name AS platform,
	if(client_ecosystem = '', 'unknown', client_ecosystem) AS ecosystem,
	uniqExactMergeIf(users, activity = 'seen') AS seen,
	uniqExactMergeIf(users, activity = 'eligible') AS eligible,
	uniqExactMergeIf(users, is_offer) AS offered,
	uniqExactMergeIf(users, is_creation) AS created,
	uniqExactMergeIf(users, is_offer OR is_creation) AS offered_or_created,
	sumIf(occurrences, activity = 'authentication' AND detail = 'succeeded') AS passkey_signins,
	sumIf(occurrences, activity = 'signin') AS other_signins
FROM daily_activity_v1
WHERE ${WHERE_CLIENT} AND ${REAL_ACTIVITY}
GROUP BY platform, ecosystem
HAVING seen + passkey_signins + other_signins > 0
ORDER BY seen DESC, platform, ecosystem`
});

export type PlatformRow = Awaited<ReturnType<typeof queryAdoptionPlatforms>>[number];
