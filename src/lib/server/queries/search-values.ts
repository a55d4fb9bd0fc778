import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { filterParameters } from './filter-sql.ts';

/** More than anybody completes from. */
const MOST = 50;

const list = z
	.array(z.string())
	.transform((values) => values.toSorted())
	.pipe(z.array(z.string()));
const seen = (column: string, name: string) =>
	`groupUniqArrayIf(${MOST})(toString(${column}), ${column} != '') AS ${name}`;

/** What a project's ceremonies of the period had in the fields of a search line, whatever narrows the page: for completion. Always one row. */
export const querySearchValues = defineQuery({
	name: 'search-values',
	parameters: filterParameters.pick({ project: true, from: true, to: true }),
	row: z.object({
		cause: list,
		os: list,
		browser: list,
		release: list,
		application: list,
		environment: list,
		country: list,
		tag: list,
		provider: list
	}),
	sql: `
SELECT
	${seen('d.cause', 'cause')}, ${seen('d.os_name', 'os')}, ${seen('d.browser_name', 'browser')}, ${seen('d.release', 'release')},
	${seen('d.application', 'application')}, ${seen('d.environment', 'environment')}, ${seen('d.country', 'country')},
	groupUniqArrayArray(${MOST})(d.tags) AS tag,
	(SELECT groupUniqArray(${MOST})(provider) FROM credential_rows_state_v1
		WHERE project_id = {project: String} AND provider != '') AS provider
FROM daily_ceremonies_v1 AS d
WHERE d.project_id = {project: String} AND d.day BETWEEN {from: Date} AND {to: Date}`
});
