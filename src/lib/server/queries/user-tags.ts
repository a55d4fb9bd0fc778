import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';

/** A name with more values than this tells people apart rather than groups. */
const MOST_VALUES = 20;

/** Tags that users can be chosen by: those whose name has few values, with how many users ever had each. */
export const queryUserTags = defineQuery({
	name: 'user-tags',
	parameters: z.object({ project: z.string() }),
	row: z.object({ tag: z.string(), users: count }),
	sql: `
SELECT tag, users
FROM
(
	SELECT name, tag, count() AS users, count() OVER (PARTITION BY name) AS values
	FROM user_tags_v1
	WHERE project_id = {project: String}
	GROUP BY name, tag
)
WHERE values <= ${MOST_VALUES}
ORDER BY tag
LIMIT 100`
});
