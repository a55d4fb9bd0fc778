import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';

/** Which RP IDs the pages of each origin asked for in the last seven days, the commonest first. */
export const queryRpIdsSeen = defineQuery({
	name: 'rp-ids-seen',
	parameters: z.object({ project: z.string() }),
	row: z.object({ origin: z.string(), rp_id: z.string(), ceremonies: count }),
	sql: `
SELECT origin, rp_id, count() AS ceremonies
FROM ceremonies_v1
WHERE project_id = {project: String} AND day >= today() - 7 AND origin != '' AND rp_id != ''
GROUP BY origin, rp_id
ORDER BY ceremonies DESC, origin, rp_id
LIMIT 200`
});
