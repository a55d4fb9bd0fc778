import { z } from 'zod';
import { defineQuery } from '../define-query.ts';

/** From when until when a model had which status and certification, as the FIDO Metadata Service reported them, the newest first; nothing for an unknown one. */
export const queryModelStatuses = defineQuery({
	name: 'model-statuses',
	parameters: z.object({ aaguid: z.string() }),
	sql: `SELECT toString(from_day) AS from_day, toString(until_day) AS until_day, status, toString(status_since) AS status_since,
			certification, toString(certification_since) AS certification_since
		FROM authenticator_status_v1
		WHERE aaguid = {aaguid: String}
		ORDER BY from_day DESC`,
	row: z.object({
		from_day: z.string(),
		/** The first day it does not hold for; far off where it still does. */
		until_day: z.string(),
		/** Such as `FIDO_CERTIFIED_L1`. */
		status: z.string(),
		status_since: z.string(),
		/** The highest it had; empty: none. */
		certification: z.string(),
		certification_since: z.string().nullable()
	})
});

export type ModelStatus = z.infer<typeof queryModelStatuses.row>;
