// `npm run passlens`: the dashboard's figures and lists on a terminal, over the read API.
import { parseArgs } from 'node:util';
import { userReference } from '../sdk/common/references.ts';
import { askApi, readDescription, type Operation } from './passlens/ask-api.ts';
import { printAnswer } from './passlens/print-answer.ts';
import { UsageError } from './command.ts';

const USAGE = `npm run passlens -- kpis [<id>]                 figures; one of them
npm run passlens -- definitions                 what each figure means
npm run passlens -- funnel <name>               enrolment, sign-in, cross-device or upgrade
npm run passlens -- adoption [--by country]     adoption by one dimension
npm run passlens -- table [<name>]              what a chart is drawn from; the names of all
npm run passlens -- failures [<id>]             groups of failures; one of them
npm run passlens -- ceremonies [<id>]           ceremonies, newest first; one of them
npm run passlens -- credentials [<hash>]        credentials; one of them
npm run passlens -- user <hash>                 all that one user did
npm run passlens -- user --user <reference>     the same by your own reference, which is hashed here
npm run passlens -- projects                    the projects that the key is for

--project shop, --period 7d, --q "os:android cause:timed_out" and whatever else the API takes there; <command> --help lists it.
--url is the dashboard's address (PASSLENS_URL; else http://localhost:7300), --key an API key (better in PASSLENS_API_KEY).
--json gives the answer as it came, for programs.
Exit codes: 0 answered, 1 asked wrongly or nothing found, 2 not allowed, 3 not answered.`;

/** Commands, by the operations of the API: of a list, and of one thing in it. */
const COMMANDS: Record<string, { list?: string; one?: string }> = {
	kpis: { list: 'list_kpis', one: 'get_kpi' },
	definitions: { list: 'list_definitions' },
	funnel: { one: 'get_funnel' },
	adoption: { list: 'get_adoption' },
	table: { list: 'list_tables', one: 'get_table' },
	failures: { list: 'list_failures', one: 'get_failure' },
	ceremonies: { list: 'list_ceremonies', one: 'get_ceremony' },
	credentials: { list: 'list_credentials', one: 'get_credential' },
	user: { one: 'get_user' },
	projects: { list: 'list_projects' }
};

const OWN = {
	url: { type: 'string' },
	key: { type: 'string' },
	user: { type: 'string' },
	json: { type: 'boolean', default: false },
	help: { type: 'boolean', short: 'h', default: false }
} as const;

process.exitCode = await main();

/** @returns the exit code */
async function main(): Promise<number> {
	try {
		return await run();
	} catch (error) {
		const typed = String(Object(error).code).startsWith('ERR_PARSE_ARGS');
		if (!(error instanceof UsageError) && !typed) throw error;
		process.stderr.write(`${(error as Error).message}\n`);
		return 1;
	}
}

async function run(): Promise<number> {
	// Which parameters there are, the server says: where it is must be known first.
	const { values: first, positionals } = parseArgs({
		options: OWN,
		allowPositionals: true,
		strict: false
	});
	const [command = ''] = positionals;
	if (!command || (first.help && !Object.hasOwn(COMMANDS, command))) {
		process.stdout.write(`${USAGE}\n`);
		return command || first.help ? 0 : 1;
	}
	if (!Object.hasOwn(COMMANDS, command))
		throw new UsageError(`There is no command "${command}".\n\n${USAGE}`);
	const server = {
		url: String(first.url ?? process.env.PASSLENS_URL ?? 'http://localhost:7300'),
		key: typeof first.key === 'string' ? first.key : process.env.PASSLENS_API_KEY
	};
	const described = await readDescription(server.url);
	if ('trouble' in described) return fail(3, described.trouble);
	const { list, one } = COMMANDS[command]!;
	const known = [list, one].flatMap((id) => (id ? [described.operations.get(id)!] : []));
	if (first.help) return help(command, known);
	const { operation, named, values } = readCommand({ list, one, operations: described.operations });
	const answer = await askApi({ ...server, operation, named, values });
	if ('trouble' in answer) return fail(answer.exit, answer.trouble);
	if (first.json) process.stdout.write(`${JSON.stringify(answer.body, null, '\t')}\n`);
	else process.stdout.write(printAnswer(operation.id, answer.body));
	return 0;
}

/** Reads the command line by what the chosen operation takes. @throws UsageError */
function readCommand({
	list,
	one,
	operations
}: {
	list: string | undefined;
	one: string | undefined;
	operations: ReadonlyMap<string, Operation>;
}): { operation: Operation; named: string | undefined; values: Record<string, string> } {
	const known = [list, one].flatMap((id) => (id ? operations.get(id)!.query : []));
	const asked = Object.fromEntries(known.map(({ name }) => [name, { type: 'string' as const }]));
	const { values, positionals } = parseArgs({
		options: { ...asked, ...OWN },
		allowPositionals: true
	});
	const [command = '', given, ...more] = positionals;
	if (more.length > 0) throw new UsageError(`What is "${more.join(' ')}"?\n\n${USAGE}`);
	const { user } = values;
	if (user !== undefined && command !== 'user')
		throw new UsageError('--user is of the command user; lists are narrowed by --q "user:<hash>".');
	const named = user === undefined ? given : userReference(String(user));
	const id = named === undefined ? list : one;
	if (!id)
		throw new UsageError(
			named === undefined ? `Say which: ${command} <…>.\n\n${USAGE}` : `${command} takes no name.`
		);
	const parameters = Object.entries(values).filter(
		([name, value]) => Object.hasOwn(asked, name) && typeof value === 'string'
	);
	return {
		operation: operations.get(id)!,
		named,
		values: Object.fromEntries(parameters) as Record<string, string>
	};
}

function help(command: string, operations: readonly Operation[]): number {
	const seen = new Map(
		operations.flatMap(({ query }) => query).map((parameter) => [parameter.name, parameter])
	);
	const lines = [...seen.values()].map(
		({ name, description }) => `  --${name.padEnd(14)}${description}`
	);
	const about = operations.map(({ description }) => description).join('\n');
	process.stdout.write(`${about}\n\n${command} takes\n${lines.join('\n')}\n`);
	return 0;
}

function fail(exit: number, trouble: string): number {
	process.stderr.write(`${trouble}\n`);
	return exit;
}
