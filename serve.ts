/**
 * The one-process form: migrations, collector and dashboard over the embedded database (or a ClickHouse server, by CLICKHOUSE_URL).
 * `npm start` runs it; `--dev` puts Vite in front of the pages instead of the build.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import { parseArgs } from 'node:util';
import { backUpBeforeLoss } from './collector/backup/back-up-before-loss.ts';
import { readTableSources, type TableSources } from './collector/enrichment/open-knowledge.ts';
import { jsonLog, type Log } from './collector/log.ts';
import { CollectorError, startCollector } from './collector/main.ts';
import { MigrationError } from './migrations/apply.ts';
import {
	DatabaseError,
	databaseOptionsFromEnvironment,
	type DatabaseOptions
} from './migrations/connect.ts';
import { migrateDatabase } from './migrations/migrate-database.ts';
import { applyConfiguration } from './settings/configuration/apply-configuration.ts';
import { releaseConfigured } from './settings/configuration/configured.ts';
import {
	ConfigurationError,
	findConfiguration,
	readConfiguration,
	type ReadyConfiguration
} from './settings/configuration/read-configuration.ts';
import { openSettings, type Settings } from './settings/open-settings.ts';
import { allowOrigin, createProject, listProjects, ProjectError } from './settings/projects.ts';
import { SettingsError } from './settings/settings-error.ts';
import { keepDemo } from './simulator/keep-demo.ts';
import { ensureBuilt } from './tools/build.mjs';
import { say } from './tools/say.mjs';

const USAGE = `npm start -- [--port 7300] [--collector-port 7301] [--data-dir data] [--config passlens.config.yaml]

Environment: PORT, COLLECTOR_PORT, PASSLENS_DATA_DIR, PASSLENS_CONFIG; CLICKHOUSE_URL to use a ClickHouse server instead of the embedded database,
CLICKHOUSE_READ_URL for the user that pages read with there.`;

/** A mistake of the operator's, told in one line without a stack. */
class StartError extends Error {}

interface Options {
	port: number;
	collectorPort: number;
	database: DatabaseOptions;
	configuration: ReadyConfiguration | undefined;
	tables: TableSources;
	dev: boolean;
}

function readOptions(): Options {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: process.env.PORT ?? '7300' },
			'collector-port': { type: 'string', default: process.env.COLLECTOR_PORT ?? '7301' },
			'data-dir': { type: 'string' },
			config: { type: 'string' },
			dev: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) {
		process.stdout.write(`${USAGE}\n`);
		process.exit(0);
	}
	const path = findConfiguration({ named: values.config });
	const configuration = path === undefined ? undefined : readConfiguration({ path });
	if (values['data-dir']) process.env.PASSLENS_DATA_DIR = values['data-dir'];
	return {
		port: readPort('--port', values.port),
		collectorPort: readPort('--collector-port', values['collector-port']),
		database: databaseOptionsFromEnvironment(),
		configuration,
		tables: readTableSources({ configuration }),
		dev: values.dev
	};
}

function readPort(flag: string, value: string): number {
	const port = Number(value);
	if (!Number.isInteger(port) || port < 1 || port > 65_535)
		throw new StartError(`${flag} must be a port from 1 to 65535, not "${value}".`);
	return port;
}

async function migrate(options: DatabaseOptions): Promise<void> {
	const applied = await migrateDatabase(options, {
		onProgress: (name) => say(`Migrating: ${name}`),
		beforeLoss: backUpBeforeLoss({ database: options, say })
	});
	if (applied.length > 0) say(`Database ready (${applied.length} migrations applied).`);
}

/** Makes the settings what the file says. This process is the whole of Passlens: without a file nothing is set by one. */
async function configure(
	settings: Settings,
	configuration: ReadyConfiguration | undefined
): Promise<void> {
	if (!configuration) return releaseConfigured(settings);
	const changes = await applyConfiguration(settings, configuration);
	say(`Settings of ${configuration.file}: ${changes.join('; ') || 'as they were'}.`);
}

/** The built-in playground sends like any site: it has a project of its own and an allowed origin. */
async function preparePlayground(settings: Settings, origin: string): Promise<void> {
	const projects = await listProjects(settings);
	if (!projects.some(({ id }) => id === 'playground'))
		await createProject(settings, { id: 'playground', name: 'Playground' });
	await allowOrigin(settings, { projectId: 'playground', origin });
}

async function listen(server: Server, port: number, flag: string): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', (cause: NodeJS.ErrnoException) => {
			const message =
				cause.code === 'EADDRINUSE'
					? `Port ${port} is in use. End what holds it, or choose another: npm start -- ${flag} ${port + 10}`
					: `Could not listen on port ${port}: ${cause.message}`;
			reject(new StartError(message, { cause }));
		});
		// Loopback only: the dashboard has no sign-in yet, so nobody else may reach it.
		server.listen(port, 'localhost', resolve);
	});
}

/** The pages: SvelteKit's build, or Vite with hot reload. Imported late, because both read the environment when loaded. */
async function loadPages(server: Server, dev: boolean): Promise<RequestListener> {
	if (dev) {
		const { createServer: createVite } = await import('vite');
		const vite = await createVite({ server: { middlewareMode: { server } }, appType: 'custom' });
		return vite.middlewares;
	}
	const built = new URL('./build/handler.js', import.meta.url).href;
	const { handler } = (await import(built)) as { handler: RequestListener };
	return handler;
}

async function start(): Promise<void> {
	const { port, collectorPort, database, configuration, tables, dev } = readOptions();
	const origin = `http://localhost:${port}`;
	if (!dev) ensureBuilt();

	let pages: RequestListener = (_request, response) => {
		response.writeHead(503, { 'retry-after': '1' }).end('Passlens is starting.');
	};
	const dashboard = createServer((request, response) => pages(request, response));
	await listen(dashboard, port, '--port');

	await migrate(database);
	const settings = await openSettings(database);
	await configure(settings, configuration);
	await preparePlayground(settings, origin);
	// At a terminal the addresses below say that it runs; what goes wrong is still told.
	const log: Log = (level, ...rest) => level === 'info' || jsonLog(level, ...rest);
	const collector = await startCollector({
		port: collectorPort,
		dataDir: database.dataDir,
		database,
		settings,
		tables,
		log
	});
	const demo = keepDemo({ settings, database, collectorUrl: collector.url, log });
	process.env.ORIGIN = origin;
	process.env.PASSLENS_COLLECTOR_URL = collector.url;
	process.env.PASSLENS_LOADS_DEMO = '1';
	process.env.PASSLENS_ON_LOOPBACK = '1';
	pages = await loadPages(dashboard, dev);

	stopOnSignal(async () => {
		dashboard.closeAllConnections();
		dashboard.close();
		await shutDownPages();
		await demo.close();
		await collector.close();
		await settings.destroy();
	});
	say('Passlens is running. Ctrl-C stops it.');
	process.stdout.write(`
  Dashboard   ${origin}/
  Your site   ${origin}/set-up/new   make a project, copy five lines, watch the first event arrive
  Playground  ${origin}/playground   register and use a passkey, and see it arrive
  Collector   ${collector.url}/v1/events
`);
}

/** SvelteKit's own signal to stop, awaited: the pages hand over what they still hold. */
async function shutDownPages(): Promise<void> {
	await Promise.all(process.listeners('sveltekit:shutdown').map((listener) => listener()));
}

/** First signal: finish what was taken, then end. Second: end now; what was acknowledged is on disk either way. */
function stopOnSignal(stop: () => Promise<void>): void {
	let stopping = false;
	for (const signal of ['SIGINT', 'SIGTERM'] as const)
		process.on(signal, () => {
			if (stopping) process.exit(1);
			stopping = true;
			say('Stopping …');
			stop().then(
				() => {
					say('Stopped; everything that was acknowledged is kept.');
					process.exit(0);
				},
				(error: unknown) => {
					console.error(error);
					process.exit(1);
				}
			);
		});
}

const FOR_OPERATORS = [
	...[StartError, CollectorError, DatabaseError, MigrationError],
	...[ConfigurationError, ProjectError, SettingsError]
];

/** Mistakes of set-up are told in a sentence; anything else is a fault of ours and keeps its stack. */
function isForOperator(error: unknown): error is Error {
	if (FOR_OPERATORS.some((type) => error instanceof type)) return true;
	return error instanceof TypeError && String(Object(error).code).startsWith('ERR_PARSE_ARGS');
}

try {
	await start();
} catch (error) {
	if (!isForOperator(error)) throw error;
	say(error.message);
	process.exit(1);
}
