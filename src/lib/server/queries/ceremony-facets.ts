import { z } from 'zod';
import { OUTCOMES } from '../../format/names.ts';
import { defineQuery } from '../define-query.ts';
import {
	ceremonyFilterParameters,
	WHERE_CEREMONY,
	WHERE_CEREMONY_OF_ANY_OUTCOME
} from './ceremony-filter-sql.ts';
import { count } from './column-types.ts';

/** How many ceremonies each outcome has under the other filters of the list. */
export const queryCeremonyOutcomes = defineQuery({
	name: 'ceremony-outcomes',
	parameters: ceremonyFilterParameters,
	row: z.object({ outcome: z.enum(OUTCOMES), ceremonies: count }),
	sql: `
SELECT outcome, count() AS ceremonies
FROM ceremonies_v1
WHERE ${WHERE_CEREMONY_OF_ANY_OUTCOME}
GROUP BY outcome
ORDER BY ceremonies DESC`
});

/** The causes among the ceremonies listed, the commonest first. */
export const queryCeremonyCauses = defineQuery({
	name: 'ceremony-causes',
	parameters: ceremonyFilterParameters,
	row: z.object({ cause: z.string(), ceremonies: count }),
	sql: `
SELECT cause, count() AS ceremonies
FROM ceremonies_v1
WHERE ${WHERE_CEREMONY} AND cause != ''
GROUP BY cause
ORDER BY ceremonies DESC, cause`
});
