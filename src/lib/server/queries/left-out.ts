import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count, utcTime } from './column-types.ts';

/**
 * What senders said they could not tell, or chose not to, in the last seven days, of every project: by who sent it, most recent
 * first. A count travels with one event and counts once, however often that event arrived.
 */
export const leftOut = defineQuery({
	name: 'left_out',
	parameters: z.object({}),
	sql: `SELECT project_id, application, release, sdk_name, sdk_version,
			sum(e.dropped_events) AS dropped, sum(e.sampled_out_events) AS sampled_out, sum(e.sdk_errors) AS sdk_errors,
			arraySort(groupUniqArrayIf(4)(e.browser_name, e.browser_name != '')) AS browsers,
			max(e.received_at) AS last_at
		FROM (
			SELECT project_id, application, release, sdk_name, sdk_version, browser_name,
				dropped_events, sampled_out_events, sdk_errors, received_at
			FROM omissions_state_v1 FINAL
			WHERE received_at > now64(3) - INTERVAL 7 DAY
		) AS e
		GROUP BY project_id, application, release, sdk_name, sdk_version
		ORDER BY last_at DESC, project_id
		LIMIT 100`,
	row: z.object({
		project_id: z.string(),
		application: z.string(),
		release: z.string(),
		sdk_name: z.string(),
		sdk_version: z.string(),
		dropped: count,
		sampled_out: count,
		sdk_errors: count,
		/** At most four. */
		browsers: z.array(z.string()),
		last_at: utcTime
	})
});
