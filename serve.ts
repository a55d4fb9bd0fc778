/**
 * The one-process form: migrations, collector and dashboard over the embedded database (or a ClickHouse server, by CLICKHOUSE_URL).
 * `npm start` runs it; `--dev` puts Vite in front of the pages instead of the build.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import { parseArgs } from 'node:util';
import { backUpBeforeLoss } from './collector/backup/back-up-before-loss.ts';
import { readTableSources, type TableSources } from './collector/enrichment/table-sources.ts';
import { jsonLog, type Log } from './collector/log.ts';
import { CollectorError } from './collector/collector-error.ts';
import { startCollector } from './collector/start-collector.ts';
import { MigrationError } from './migrations/apply.ts';
import {
	DatabaseError,
	databaseOptionsFromEnvironment,
	type DatabaseOptions
} from './migrations/connect.ts';
import { migrateDatabase } from './migrations/migrate-database.ts';
import { inviteFirst } from './settings/access/invitations.ts';
import { nobodyIsThere } from './settings/access/people.ts';
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
import { giveAnswerHeaders } from './src/lib/server/answer-headers.ts';
import { ensureBuilt } from './tools/build.mjs';
import { say } from './tools/say.mjs';

const USAGE = `npm start -- [--port 7300] [--host localhost] [--collector-port 7301] [--data-dir data] [--config passlens.config.yaml]

Environment: PORT, PASSLENS_HOST, COLLECTOR_PORT, PASSLENS_DATA_DIR, PASSLENS_CONFIG; PASSLENS_ORIGIN, the https address that people open the dashboard
at, which a --host beyond this machine needs; CLICKHOUSE_URL to use a ClickHouse server instead of the embedded database,
CLICKHOUSE_READ_URL for the user that pages read with there.`;

/** A mistake of the operator's, told in one line without a stack. */
class StartError extends Error {}

interface Options {
	port: number;
	host: string;
	/** Where people open the dashboard. */
	origin: string;
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
			host: { type: 'string', default: process.env.PASSLENS_HOST ?? 'localhost' },
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
	const port = readPort('--port', values.port);
	return {
		port,
		host: values.host,
		origin: readOrigin({ host: values.host, port, configured: process.env.PASSLENS_ORIGIN }),
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

/**
 * Where people open the dashboard. Beyond this machine it has to be https: browsers keep passkeys to that, and a session sent in the clear is anybody's.
 */
function readOrigin({
	host,
	port,
	configured
}: {
	host: string;
	port: number;
	configured: string | undefined;
}): string {
	if (!configured) {
		if (isLoopback(host)) return `http://localhost:${port}`;
		throw new StartError(
			`--host ${host} lets others reach the dashboard: say where they open it, such as PASSLENS_ORIGIN=https://passlens.example.com, and put what ends TLS before it.`
		);
	}
	const url = URL.parse(configured);
	if (url?.origin !== configured.replace(/\/$/, '') || !/^https?:$/.test(url.protocol))
		throw new StartError(
			`PASSLENS_ORIGIN must be an origin such as https://passlens.example.com, not "${configured}".`
		);
	if (url.protocol === 'http:' && !isLoopback(url.hostname))
		throw new StartError(
			`PASSLENS_ORIGIN must be https: browsers take passkeys at ${configured} no other way.`
		);
	return url.origin;
}

const isLoopback = (host: string) => ['localhost', '127.0.0.1', '::1', '[::1]'].includes(host);

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

async function listen(
	server: Server,
	{ port, host }: Pick<Options, 'port' | 'host'>,
	flag: string
): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', (cause: NodeJS.ErrnoException) => {
			const message =
				cause.code === 'EADDRINUSE'
					? `Port ${port} is in use. End what holds it, or choose another: npm start -- ${flag} ${port + 10}`
					: `Could not listen on ${host}, port ${port}: ${cause.message}`;
			reject(new StartError(message, { cause }));
		});
		server.listen(port, host, resolve);
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
	const { port, host, origin, collectorPort, database, configuration, tables, dev } = readOptions();
	if (!dev) ensureBuilt();

	let pages: RequestListener = (_request, response) => {
		response.writeHead(503, { 'retry-after': '1' }).end('Passlens is starting.');
	};
	const dashboard = createServer((request, response) => {
		giveAnswerHeaders(response, { origin });
		pages(request, response);
	});
	await listen(dashboard, { port, host }, '--port');

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
	if (isLoopback(host) && isLoopback(new URL(origin).hostname))
		process.env.PASSLENS_ON_LOOPBACK = '1';
	const stop = async () => {
		dashboard.closeAllConnections();
		dashboard.close();
		await shutDownPages();
		await demo.close();
		await collector.close();
		await settings.destroy();
	};
	pages = await loadPages(dashboard, dev).catch(async (cause: unknown) => {
		// A process that ends while the embedded database is open may crash on its way out.
		await stop();
		throw cause;
	});

	stopOnSignal(stop);
	say('Passlens is running. Ctrl-C stops it.');
	process.stdout.write(`
${await describeSetUp(settings, origin)}  Dashboard   ${origin}/
  Your site   ${origin}/set-up/new   make a project, copy five lines, watch the first event arrive
  Playground  ${origin}/playground   register and use a passkey, and see it arrive
  Collector   ${collector.url}/v1/events
`);
}

/** How the first administrator gets in; nothing once there is somebody. */
async function describeSetUp(settings: Settings, origin: string): Promise<string> {
	if (!(await nobodyIsThere(settings))) return '';
	if (process.env.PASSLENS_ON_LOOPBACK !== '1')
		return '  Nobody can sign in yet: npm run people -- invite "Your name" --role admin   prints a link\n';
	return `  Set up      ${origin}/welcome/${await inviteFirst(settings)}
              makes you the administrator, with a passkey; works once, at this machine, until the next start\n`;
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
	// The pages are built with classes of their own.
	if (Object(error).code === 'invalid_environment') return true;
	return error instanceof TypeError && String(Object(error).code).startsWith('ERR_PARSE_ARGS');
}

try {
	await start();
} catch (error) {
	if (!isForOperator(error)) throw error;
	say(error.message);
	process.exit(1);
}
