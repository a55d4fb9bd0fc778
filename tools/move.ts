// `npm run move`: brings the embedded database's rows to a ClickHouse server.
import { parseArgs } from 'node:util';
import { moveToServer, type MovedTable } from '../collector/backup/move.ts';
import { databaseOptionsFromEnvironment } from '../migrations/connect.ts';
import { migrateDatabase } from '../migrations/migrate-database.ts';
import { DATA_DIR, runCommand, tellProgress, UsageError } from './command.ts';

const USAGE = `npm run move -- <http(s)://user:password@host:port> [--data-dir data]

Moves every row of the embedded database to a server; CLICKHOUSE_DATABASE, CLICKHOUSE_CLUSTER and CLICKHOUSE_CLUSTER_NODES say
where on it. Stop Passlens first. Ctrl-C stops after the part it is at, and the same command goes on from there, after a kill
too. At the end every table is compared: exit code 0 when all rows are there, 2 when not. Settings and spool stay in the data
directory, and so do the rows: start with CLICKHOUSE_URL from then on, and delete its folder "clickhouse" when you are content.`;

await runCommand(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { ...DATA_DIR, help: { type: 'boolean', short: 'h', default: false } }
	});
	if (values.help) return void process.stdout.write(`${USAGE}\n`);
	const [url, ...more] = positionals;
	if (!url || more.length > 0 || !/^https?:/.test(url) || !URL.canParse(url))
		throw new UsageError(`Name the server by its address.\n\n${USAGE}`);
	const dataDir = values['data-dir'];
	const environment = databaseOptionsFromEnvironment();
	const from = { dataDir, database: environment.database };
	await migrateDatabase(from);
	const stop = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
	const progress = tellProgress();
	const compared = await moveToServer({
		from,
		to: { ...environment, dataDir, url },
		signal: stop.signal,
		onProgress: ({ table, rows, total }) => progress.tell(`${table}: ${rows} of ${total} rows`)
	}).finally(progress.end);
	if (!compared) {
		process.stdout.write('Stopped. The same command goes on from here.\n');
		process.exitCode = 130;
		return;
	}
	process.stdout.write(compared.map((table) => `${describe(table)}\n`).join(''));
	const all = compared.every(({ same }) => same);
	process.stdout.write(
		all
			? 'All rows are there. Start with CLICKHOUSE_URL from now on.\n'
			: 'Not all rows are there: nothing was deleted here, so the same command may be tried again.\n'
	);
	process.exitCode = all ? 0 : 2;
});

function describe({ table, here, there, same }: MovedTable): string {
	return `${same ? ' ' : '!'} ${table}  ${here} here, ${there} there${same || here !== there ? '' : ', not the same ones'}`;
}
