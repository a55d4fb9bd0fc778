import { z } from 'zod';
import { FILTER_NAMES } from '../../filters.ts';
import { EXPORTS, mayExport } from '../queries/exports.ts';
import { defineEndpoint } from './endpoint.ts';
import { NOTHING, providerQuery } from './parameters.ts';
import { answeredFilters, filtersSchema } from './schemas.ts';

const NAMES = Object.keys(EXPORTS).sort() as [string, ...string[]];

const OF_PASSKEYS = NAMES.filter((name) => EXPORTS[name]?.ofPasskeys).join(', ');

const listTables = defineEndpoint({
	id: 'list_tables',
	path: '/tables',
	tag: 'Figures',
	summary: 'The tables behind the pages’ charts',
	description:
		'The names of all charts and tables of the pages; /tables/{name} gives their rows. They are those of the pages’ CSV files. Rows of single people want “see-users”, verdicts of a policy “audit”: without it there is no such table.',
	action: 'view',
	filters: 'none',
	query: NOTHING,
	params: NOTHING,
	answer: z.object({ tables: z.array(z.enum(NAMES)) }),
	ask: () => Promise.resolve({ tables: [...NAMES] })
});

const value = z.union([
	z.string(),
	z.number(),
	z.boolean(),
	z.null(),
	z.array(z.union([z.string(), z.number()]))
]);

const getTable = defineEndpoint({
	id: 'get_table',
	path: '/tables/{name}',
	tag: 'Figures',
	summary: 'The rows behind one chart',
	description:
		'What a chart of a page is drawn from, by the same question and filters as its CSV: sync coverage by provider, prompts, readiness, stranded users, risks, upgrades, findings of the ledger, how applications send. Each row names its columns; null is "not known". Each look is in the audit log. Tables of passkeys can be narrowed by provider, too.',
	action: 'view',
	filters: 'all',
	query: z.object({
		...providerQuery,
		of: z
			.string()
			.max(500)
			.default('')
			.describe(
				'What the page chooses beside the filters, as in its address, encoded: by=country, or section=password'
			)
	}),
	params: z.object({ name: z.enum(NAMES).describe('As in /tables') }),
	answer: z.object({
		filters: filtersSchema,
		table: z.enum(NAMES),
		rows: z.array(z.record(z.string(), value))
	}),
	refuse: ({ query: { provider, of }, params: { name } }) =>
		misplacedFilter(of) ??
		(provider && !EXPORTS[name]?.ofPasskeys
			? { field: 'provider', message: `Only tables of passkeys have a provider: ${OF_PASSKEYS}.` }
			: undefined),
	ask: async ({ client, access, filters, query, params: { name } }) => {
		const wanted = EXPORTS[name]!;
		if (!mayExport(wanted, { access, project: filters.project })) return undefined;
		const search = new URLSearchParams(query.of);
		const rows = await wanted.run({ client, filters, search });
		return { filters: answeredFilters(filters), table: name, rows: rows.map(withoutGaps) };
	}
});

/** A filter in the page's own choices narrows nothing there: whoever wrote it believes that it does. */
function misplacedFilter(of: string): { field: string; message: string } | undefined {
	const named = FILTER_NAMES.find((name) => new URLSearchParams(of).has(name));
	return (
		named && {
			field: 'of',
			message: `“${named}” is a parameter of its own: ${named}=…, beside “of”.`
		}
	);
}

/** A column that a row does not have is not known there. */
function withoutGaps(row: Record<string, unknown>): Record<string, z.output<typeof value>> {
	return Object.fromEntries(
		Object.entries(row).map(([name, one]) => [name, (one ?? null) as z.output<typeof value>])
	);
}

/** Everything that charts show. */
export const TABLE_ENDPOINTS = [listTables, getTable];
