import { z } from 'zod';
import { defineQuery } from '../define-query.ts';

const count = z.coerce.number();

/** Errors of the last thirty days that no rule of the classifier knows, the commonest first, of every project. */
export const unknownSignatures = defineQuery({
	name: 'unknown_signatures',
	parameters: z.object({}),
	sql: `SELECT signature_id, error_name, error_signature, error_code,
			sum(s.occurrences) AS occurrences,
			arraySort(groupUniqArray(20)(s.browser_name)) AS browsers,
			toString(max(s.last_seen_at)) AS last_at
		FROM error_signatures_v1 AS s
		WHERE day >= today() - 30 AND unknown
		GROUP BY signature_id, error_name, error_signature, error_code
		ORDER BY occurrences DESC, signature_id
		LIMIT 100`,
	row: z.object({
		signature_id: z.string(),
		error_name: z.string(),
		error_signature: z.string(),
		error_code: z.string(),
		occurrences: count,
		browsers: z.array(z.string()),
		last_at: z.string()
	})
});
