import { formatCount, formatDuration, formatShare } from '../../src/lib/format/number.ts';

type Json = Record<string, unknown>;
type Column = [header: string, value: (row: Json) => unknown];

const NONE = '–';
const WIDEST = 60;

const at = (row: unknown, path: string): unknown =>
	path.split('.').reduce<unknown>((value, name) => (value as Json | null | undefined)?.[name], row);
const field =
	(name: string) =>
	(row: Json): unknown =>
		at(row, name);
const columns = (...names: string[]): Column[] => names.map((name) => [name, field(name)]);

const KPI: Column[] = [
	['figure', field('definition.id')],
	['value', valueOf],
	['numerator', field('numerator')],
	['denominator', (row) => row['denominator'] ?? row['count']],
	['before', (row) => (row['previous'] ? valueOf(row['previous'] as Json) : undefined)],
	['coverage', (row) => shareOf(row['coverage'] as Json | undefined)],
	['window', field('definition.window')]
];
const CEREMONY = columns('occurred_at', 'ceremony_type', 'outcome', 'cause', 'cause_confidence');

/** By operation: which list of its answer is a table, and its columns. What stands beside it is told in lines above. */
const TABLES: Record<string, { rows: string; columns: Column[] }[]> = {
	list_projects: [{ rows: 'projects', columns: columns('id', 'name') }],
	list_kpis: [{ rows: 'kpis', columns: KPI }],
	get_kpi: [{ rows: 'kpis', columns: KPI }],
	get_adoption: [{ rows: 'rows', columns: [] }],
	get_funnel: [
		{
			rows: 'steps',
			columns: [
				...columns('ecosystem', 'legacy_class', 'step', 'count'),
				['median', (row) => formatDuration(row['median_ms'] as number | null)],
				['p90', (row) => formatDuration(row['p90_ms'] as number | null)]
			]
		}
	],
	list_failures: [
		{
			rows: 'failures',
			columns: [
				...columns('group_id', 'state', 'outcome', 'cause', 'ceremonies', 'users'),
				['users_lost', (row) => rounded(at(row, 'lost.estimate'))],
				...columns('first_release', 'last_at', 'error_name', 'error_signature')
			]
		}
	],
	get_failure: [
		{
			rows: 'differences',
			columns: [
				...columns('dimension', 'value'),
				['of_these', (row) => part(row, 'selected', 'selected_of')],
				['of_the_rest', (row) => part(row, 'rest', 'rest_of')]
			]
		},
		{ rows: 'releases', columns: columns('release', 'appeared_at', 'ceremonies', 'of', 'last_at') }
	],
	list_ceremonies: [
		{
			rows: 'ceremonies',
			columns: [...CEREMONY, ...columns('os_name', 'browser_name', 'user_hash', 'ceremony_id')]
		}
	],
	list_credentials: [
		{
			rows: 'credentials',
			columns: columns(
				...['credential_hash', 'user_hash', 'provider', 'sync_state', 'status', 'last_used_at']
			)
		}
	],
	get_credential: [{ rows: 'ceremonies', columns: [...CEREMONY, ...columns('ceremony_id')] }],
	get_user: [
		{ rows: 'advice', columns: columns('because', 'tell') },
		{
			rows: 'credentials',
			columns: columns('credential_hash', 'provider', 'sync_state', 'status', 'last_used_at')
		},
		{
			rows: 'timeline',
			columns: columns('at', 'kind', 'what', 'outcome', 'reason', 'os_name', 'browser_name')
		}
	]
};

/** An answer of the read API for people: what it is of in lines, its lists as tables. */
export function printAnswer(operation: string, answer: unknown): string {
	const body = answer as Json;
	const tables =
		operation === 'list_definitions'
			? [{ title: '', rows: definitionsOf(body), columns: columns('id', 'name', 'fraction') }]
			: (TABLES[operation] ?? []).map((table) => {
					const rows = (body[table.rows] ?? []) as Json[];
					const shown = table.columns.length > 0 ? table.columns : ownColumns(rows);
					return { title: table.rows, rows, columns: shown };
				});
	const named = tables.map(({ title }) => title);
	const lines = linesOf(body, named);
	const printed = tables.map(({ title, rows, columns: shown }) =>
		[
			...(tables.length > 1 || lines.length > 0 ? [title] : []),
			rows.length === 0 ? 'Nothing.' : printTable(rows, shown)
		].join('\n')
	);
	const more = typeof body['next'] === 'string' ? [`More: --cursor ${body['next']}`] : [];
	return `${[...(lines.length > 0 ? [lines.join('\n')] : []), ...printed, ...more].join('\n\n')}\n`;
}

/** What an answer says beside its tables: one line each, the filters in one. What is empty or a list is left to --json. */
function linesOf(body: Json, tables: readonly string[]): string[] {
	return Object.entries(body).flatMap(([name, value]) => {
		if (tables.includes(name) || name === 'next' || name === 'groups') return [];
		if (name === 'filters') return [filtersLine(value as Json)];
		if (value !== null && typeof value === 'object' && !Array.isArray(value))
			return Object.entries(value as Json).flatMap(([inner, told]) => lineOf(inner, told));
		return lineOf(name, value);
	});
}

function filtersLine({ project, from, to, ...others }: Json): string {
	const narrowed = Object.entries(others)
		.filter(([name, value]) => value && !['period', 'compare'].includes(name))
		.map(([name, value]) => `${name} ${text(value)}`);
	return [`${text(project)}, ${text(from)} to ${text(to)}`, ...narrowed].join(', ');
}

function lineOf(name: string, value: unknown): string[] {
	if (value === null || value === '' || typeof value === 'object' || value === undefined) return [];
	return [`${`${name}:`.padEnd(28)}${text(value)}`];
}

function printTable(rows: readonly Json[], shown: readonly Column[]): string {
	const cells = rows.map((row) =>
		shown.map(([, value], index) => cut(text(value(row)), index === shown.length - 1))
	);
	// A column that tells nothing of any row is left out.
	const told = shown.map((_, index) => cells.some((row) => row[index] !== NONE));
	const kept = [shown.map(([header]) => header), ...cells].map((row) =>
		row.filter((_, index) => told[index])
	);
	const widths = kept[0]!.map((_, index) => Math.max(...kept.map((row) => row[index]!.length)));
	return kept
		.map((row) =>
			row
				.map((cell, index) => cell.padEnd(widths[index]!))
				.join('  ')
				.trimEnd()
		)
		.join('\n');
}

/** The last column may be as wide as it is. */
const cut = (cell: string, last: boolean) =>
	last || cell.length <= WIDEST ? cell : `${cell.slice(0, WIDEST - 1)}…`;

const ownColumns = (rows: readonly Json[]): Column[] => columns(...Object.keys(rows[0] ?? {}));

function definitionsOf(body: Json): Json[] {
	const groups = (body['groups'] ?? []) as { definitions: { definition: Json }[] }[];
	return groups.flatMap(({ definitions }) =>
		definitions.map(({ definition: { id, name, numerator, denominator } }) => ({
			...{ id, name, fraction: `${text(numerator)} / ${text(denominator)}` }
		}))
	);
}

function valueOf(row: Json): string {
	if ('p50' in row) return formatDuration(row['p50'] as number | null);
	return formatShare(row['numerator'] as number | null, row['denominator'] as number | null);
}

const shareOf = (of: Json | undefined) =>
	of && formatShare(of['numerator'] as number | null, of['denominator'] as number | null);
const part = (row: Json, some: string, all: string) =>
	`${formatShare(row[some] as number, row[all] as number)} (${formatCount(row[some] as number)} of ${formatCount(row[all] as number)})`;
const rounded = (value: unknown) => (typeof value === 'number' ? Math.round(value) : undefined);

/** A site's text must not steer the terminal it is shown in. */
function text(value: unknown): string {
	if (value === null || value === undefined || value === '') return NONE;
	if (Array.isArray(value)) return value.map(text).join(' ') || NONE;
	const plain = typeof value === 'object' ? JSON.stringify(value) : String(value);
	return plain.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}');
}
