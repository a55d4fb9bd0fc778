import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count, utcTime } from './column-types.ts';

/** The site's own offer that led to a ceremony; no row when nothing of it arrived. */
export const queryCeremonyPrompt = defineQuery({
	name: 'ceremony-prompt',
	parameters: z.object({ project: z.string(), prompt_id: z.uuid() }),
	row: z.object({
		shown_at: utcTime.nullable(),
		accepted_at: utcTime.nullable(),
		dismissed_at: utcTime.nullable(),
		purpose: z.string(),
		mode: z.string(),
		/** Which showing for this user, from 1; 0: unknown. */
		showing: count,
		placement: z.string()
	}),
	sql: `
SELECT shown_at, accepted_at, dismissed_at, purpose, mode, showing, placement
FROM prompts_v1
WHERE project_id = {project: String} AND prompt_id = {prompt_id: UUID}`
});
