import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import {
	COUNTED,
	filterParameters,
	HAPPENED_IN_PERIOD,
	MATCHES_DEVICE_THEN,
	REAL_CEREMONY
} from './filter-sql.ts';

/**
 * How much of what the funnel needs was collected in the period: it counts verified sign-ins of known users,
 * so a site that sends no verdicts or never names its users would show an empty funnel for the wrong reason.
 */
export const queryUpgradeCoverage = defineQuery({
	name: 'upgrade-coverage',
	parameters: filterParameters,
	row: z.object({
		ceremonies: count,
		/** The page got a response: the server had something to verify. */
		responded: count,
		/** Of these, with the server's verdict. */
		with_verdict: count,
		with_user: count,
		password_signins: count
	}),
	sql: `
WITH asked AS
(
	SELECT client_outcome, verified, user_hash
	FROM ceremonies_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL_CEREMONY} AND ${HAPPENED_IN_PERIOD}
		AND ${MATCHES_DEVICE_THEN}
)
SELECT
	count() AS ceremonies,
	countIf(client_outcome = 'succeeded' OR verified IS NOT NULL) AS responded,
	countIf(verified IS NOT NULL) AS with_verdict,
	countIf((client_outcome = 'succeeded' OR verified IS NOT NULL) AND user_hash != 0) AS with_user,
	(SELECT count() FROM signins_v1
		WHERE project_id = {project: String} AND ${COUNTED} AND ${HAPPENED_IN_PERIOD} AND method = 'password') AS password_signins
FROM asked`
});
