import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBuiltSql } from './support/find-built-sql.ts';

const ROOT = join(import.meta.dirname, '..');

const sourcesOf = (folder: string) =>
	readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/testing\//.test(file))
		.map((file) => join(ROOT, folder, file));

const PASSED_THROUGH: Record<string, string[]> = {
	'src/lib/server/define-query.ts': ['sql', 'format'],
	'src/lib/server/leave-unasked.ts': ['sql', 'condition']
};

test('no question of a page is built from input: SQL is made of constants of the source, values are bound', () => {
	const { statements, built } = findBuiltSql({
		files: [...sourcesOf('src/lib/server'), ...sourcesOf('src/routes')],
		root: ROOT
	});
	expect(statements).toBeGreaterThan(50);
	// Where every question goes through, and what takes whole conditions out of it: what is handed to them is what is looked at.
	const handedOn = ({ file, part }: (typeof built)[number]) =>
		PASSED_THROUGH[file]?.includes(part) ?? false;
	expect(built.filter((one) => !handedOn(one))).toEqual([]);
}, 120_000);

/**
 * Commands of the operator that do the same to many tables: names of tables and columns come from migrations/tables.ts and from the
 * database's own list of columns, the database's name from configuration, held to a plain name. Values are bound here too.
 */
const NAMES_TABLES: string[] = [
	'collector/backup/database-backup.ts',
	'collector/backup/move.ts',
	'collector/lifecycle/apply-retention.ts',
	'collector/lifecycle/ask.ts',
	'collector/lifecycle/compare-table.ts',
	'collector/lifecycle/day-range.ts',
	'collector/lifecycle/erase-person.ts',
	'collector/lifecycle/export-person.ts',
	'collector/lifecycle/remake-finished.ts',
	'collector/lifecycle/repair.ts',
	'collector/lifecycle/row-keys.ts',
	'collector/lifecycle/scratch-database.ts',
	'collector/lifecycle/spool-of-person.ts',
	'collector/lifecycle/verify.ts',
	'migrations/apply.ts',
	'migrations/connect.ts',
	'migrations/mutate.ts'
];

test('what the collector and the commands ask is built from nothing that is sent: only names of tables and columns are put in', () => {
	const { statements, built } = findBuiltSql({
		files: ['collector', 'migrations', 'simulator', 'settings', 'tools'].flatMap(sourcesOf),
		root: ROOT
	});
	expect(statements).toBeGreaterThan(50);
	expect([...new Set(built.map(({ file }) => file))].sort()).toEqual(NAMES_TABLES);
	// What takes events in, derives, spools and stores them names nothing.
	expect(
		NAMES_TABLES.filter((file) => /^collector\/(ingest|otlp|domain|spool|store)\//.test(file))
	).toEqual([]);
}, 120_000);

test('settings are asked through bound parameters alone', () => {
	const raw = sourcesOf('settings').filter((file) =>
		/\bsql\s*\.\s*(raw|lit)\b/.test(readFileSync(file, 'utf8'))
	);
	expect(raw).toEqual([]);
});

const QUERIES = `
import { FRAGMENT, pick } from './fragments.ts';
declare function defineQuery(given: object): void;
declare const client: { query(given: object): void };
const COLUMNS = ['a', 'b'] as const;
const both = (name: string) => \`\${name} = {\${name}: String}\`;
`;
const FRAGMENTS = `
export const FRAGMENT = 'project_id = {project: String}';
const PICKED = { yes: 'ORDER BY a', no: '' };
export const pick = (which: 'yes' | 'no') => PICKED[which];
`;

test.each<[string, string, string[]]>([
	['a constant of another file', 'defineQuery({ sql: `SELECT 1 WHERE ${FRAGMENT}` })', []],
	[
		'constants that are mapped and joined',
		"defineQuery({ sql: `SELECT ${COLUMNS.map(both).join(' AND ')}` })",
		[]
	],
	['a negative number', 'defineQuery({ sql: `SELECT ${-1}` })', []],
	[
		'one of several constants, whichever it is',
		'export const ask = (which: "yes" | "no") => client.query({ query: `SELECT a ${pick(which)}` })',
		[]
	],
	[
		'a function that is handed on',
		'const say = (to: (of: string) => string) => defineQuery({ sql: to(FRAGMENT) }); say((of) => `SELECT 1 WHERE ${of}`)',
		[]
	],
	[
		'a parameter',
		'export const ask = (name: string) => client.query({ query: `SELECT ${name}` })',
		['name']
	],
	[
		'a parameter that goes through a function',
		'export const ask = (name: string) => client.query({ query: `SELECT 1 WHERE ${both(name)}` })',
		['name', 'name']
	],
	[
		'a field of a request',
		"export const ask = (form: FormData) => { const query = 'SELECT ' + form.get('a'); client.query({ query }) }",
		['query']
	],
	[
		'a variable that may change',
		"let which = 'a'; export const set = (to: string) => { which = to; }; defineQuery({ sql: `SELECT ${which}` })",
		['which']
	],
	[
		'a constant made of what is not one',
		'const now = process.argv[2]; defineQuery({ sql: `SELECT ${now}` })',
		['now']
	],
	[
		'text put together from a constant and a parameter',
		"export const ask = (id: string) => defineQuery({ sql: FRAGMENT + ' AND id = ' + id })",
		['id']
	]
])('the look at SQL tells what is built from what is not: %s', async (_, code, expected) => {
	const root = await mkdtemp(join(tmpdir(), 'passlens-sql-'));
	const files = [join(root, 'query.ts'), join(root, 'fragments.ts')];
	await writeFile(files[0]!, QUERIES + code);
	await writeFile(files[1]!, FRAGMENTS);
	const { statements, built } = findBuiltSql({ files, root });
	await rm(root, { recursive: true });
	expect(statements).toBe(1);
	expect(built.map(({ part }) => part)).toEqual(expected);
});
