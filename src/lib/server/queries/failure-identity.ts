import { z } from 'zod';
import { OUTCOMES } from '../../format/names.ts';
import { defineQuery } from '../define-query.ts';
import { GROUP_ID } from './failure-sql.ts';

/** What a group's id stands for, wherever it was seen; no row when nothing that is kept ended so. What just happened is in no rollup yet. */
export const queryFailureIdentity = defineQuery({
	name: 'failure-identity',
	parameters: z.object({ project: z.string(), group: z.string() }),
	row: z.object({
		outcome: z.enum(OUTCOMES),
		cause: z.string(),
		error_name: z.string(),
		error_signature: z.string(),
		error_code: z.string()
	}),
	sql: `
SELECT outcome, cause, error_name, error_signature, error_code
FROM
(
	SELECT outcome, cause, error_name, error_signature, error_code FROM daily_endings_v1
	WHERE project_id = {project: String}
	UNION ALL
	SELECT outcome, cause, error_name, error_signature, error_code FROM ceremonies_v1
	WHERE project_id = {project: String} AND day >= today() - 1
)
WHERE ${GROUP_ID} = {group: String}
LIMIT 1`
});
