import type { ClickHouseClient } from '@clickhouse/client';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
	connectDatabase,
	databaseOptionsFromEnvironment,
	type DatabaseOptions
} from '../migrations/connect.ts';
import { migrateDatabase } from '../migrations/migrate-database.ts';
import { applyConfiguration } from '../settings/configuration/apply-configuration.ts';
import {
	findConfiguration,
	readConfiguration
} from '../settings/configuration/read-configuration.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import { listRolledUpTags } from '../settings/rolled-up-tags.ts';
import { listTimeZones } from '../settings/time-zone.ts';
import { backUpBeforeLoss } from './backup/back-up-before-loss.ts';
import { keepBackups } from './backup/ask-running.ts';
import type { Schedule } from './enrichment/keep-table.ts';
import { openKnowledge } from './enrichment/open-knowledge.ts';
import { publishKnowledge } from './enrichment/publish-knowledge.ts';
import { readTableSources, type TableSources } from './enrichment/table-sources.ts';
import type { TableState } from './enrichment/table.ts';
import { CollectorError } from './collector-error.ts';
import { createRequestHandler } from './handle-request.ts';
import { createHealth } from './health/health.ts';
import { reportHealth } from './health/report-health.ts';
import { openAuthenticator } from './ingest/authenticate.ts';
import { limitRate, parseAddresses, type Proxies, type RateLimits } from './limit-rate.ts';
import { keepPeople } from './lifecycle/people.ts';
import { keepRetention } from './lifecycle/keep-retention.ts';
import { createShutOut } from './lifecycle/shut-out.ts';
import { errorFields, jsonLog, type Log } from './log.ts';
import { keepReclassified } from './reclassify/keep-reclassified.ts';
import { keepSpanExport } from './spans/keep-span-export.ts';
import { readSpanExport, type SpanExport } from './spans/read-span-export.ts';
import { findReplays } from './spool/dead-letters.ts';
import { openSpool, type Spool } from './spool/spool.ts';
import { deliverSegments, type Delivery } from './store/deliver-segments.ts';
import { encodeBlock } from './store/encode-block.ts';
import type { EventRow } from './store/event-row.ts';
import { keepDailyActivity } from './store/keep-daily-activity.ts';
import { measureBlocks } from './store/measure-blocks.ts';
import { observeSpool, startTelemetry } from './telemetry.ts';

export interface CollectorOptions {
	/** 0: any free one. */
	port: number;
	host?: string;
	/** Directory of the spool, and of the embedded database and the settings unless given. */
	dataDir: string;
	/** Its migrations must have been applied. Default: embedded in `dataDir`. */
	database?: DatabaseOptions;
	/** An open settings store; without one the collector opens and closes its own. */
	settings?: Settings;
	/** How often a project and a client may send; unlimited when left out. */
	rateLimits?: RateLimits;
	/** Where the operator's tables of countries and providers are. Default: as the environment says. */
	tables?: TableSources;
	/** How often those are looked at. */
	tableSchedule?: Schedule;
	/** Bytes that may wait for the database. */
	spoolMaxBytes?: number;
	/** How long a request may wait for others to share its sync; 20 when left out. */
	commitWithinMs?: number | undefined;
	/** How long rows are gathered before they are inserted. */
	flushIntervalMs?: number;
	/** How often it tells the database how it is. */
	healthIntervalMs?: number | undefined;
	/** Where ceremonies are told as spans. Default: as the environment says. */
	spanExport?: SpanExport | undefined;
	/** How long a request may take to arrive. A page's batch takes a second on a slow line. */
	requestTimeoutMs?: number;
	log?: Log;
}

export interface Collector {
	/** Where it listens, such as `http://localhost:7301`. */
	url: string;
	/** How the tables of countries and providers stand. */
	tables(): TableState[];
	/** Stops accepting, answers what is under way, brings the spool into the database and lets go of everything. */
	close(): Promise<void>;
}

const DRAIN_MS = 15_000;
const REPLAY_MS = 2_000;
const DATABASE_ANSWER_MS = 2_000;
/** An insert this recent is answer enough. */
const RECENT_MS = 5_000;

/** Starts the collector; what an earlier run left in the spool goes into the database first. @throws CollectorError */
export async function startCollector({
	port,
	host = '127.0.0.1',
	dataDir,
	database = { dataDir },
	settings,
	rateLimits = {},
	tables = readTableSources(),
	tableSchedule,
	spoolMaxBytes,
	commitWithinMs,
	flushIntervalMs,
	healthIntervalMs,
	spanExport = readSpanExport(),
	requestTimeoutMs = 20_000,
	log = jsonLog
}: CollectorOptions): Promise<Collector> {
	const ownSettings = settings ? undefined : await openSettings({ dataDir });
	const name = `${hostname()} ${resolve(dataDir)}`;
	const authenticator = await openAuthenticator({ settings: settings ?? ownSettings!, log });
	const knowledge = await openKnowledge({
		sources: tables,
		settings: settings ?? ownSettings!,
		directory: join(dataDir, 'tables'),
		collector: name,
		log,
		schedule: tableSchedule
	});
	const stopTelemetry = await startTelemetry();
	const health = createHealth();
	const writer = await connectDatabase(database);
	const refresher = await connectDatabase(database);
	const eraser = await connectDatabase(database);
	const shutOut = createShutOut({ settings: settings ?? ownSettings! });
	await shutOut.refresh();
	const directory = join(dataDir, 'spool');
	const spool: Spool<EventRow> = await openSpool({
		directory,
		encode: encodeBlock,
		measure: measureBlocks,
		onClosed: (segment) => delivery.add(segment),
		busy: () => delivery.pending() > 0,
		resting: () => delivery.resting(),
		...(spoolMaxBytes !== undefined && { maxBytes: spoolMaxBytes }),
		...(commitWithinMs !== undefined && { commitWithinMs }),
		...(flushIntervalMs !== undefined && { segmentMs: flushIntervalMs })
	});
	const keeper = keepDailyActivity({
		client: refresher,
		log,
		markFile: join(directory, 'days-out-of-date'),
		readChoices: async () => ({
			tags: await listRolledUpTags(settings ?? ownSettings!),
			zones: await listTimeZones(settings ?? ownSettings!)
		})
	});
	const stopPublishing = publishKnowledge({
		knowledge,
		client: refresher,
		collector: name,
		log
	});
	const spans =
		spanExport &&
		keepSpanExport({
			client: await connectDatabase(database),
			settings: settings ?? ownSettings!,
			target: spanExport,
			log
		});
	const delivery: Delivery = deliverSegments({
		client: writer,
		embedded: !database.url,
		directory,
		spool,
		health,
		log,
		onStored: (segment) => {
			keeper.changed(segment.openedAt - RECEIVED_BEFORE_MS);
			return spans?.stored(segment.openedAt);
		}
	});
	if (spool.left.length > 0)
		log('info', 'Replaying what an earlier run left in the spool.', {
			segments: spool.left.length
		});
	for (const segment of spool.left) delivery.add(segment);
	const readSpool = () => ({
		bytes: spool.size(),
		maxBytes: spool.maxBytes,
		segmentsWaiting: delivery.pending()
	});
	const stopObserving = observeSpool(readSpool);
	const reporter = reportHealth({
		client: refresher,
		health,
		collector: name,
		directory,
		spool: readSpool,
		log,
		intervalMs: healthIntervalMs
	});
	const replays = setInterval(() => void replay(), REPLAY_MS).unref();

	/** Dead letters that somebody handed back. */
	async function replay(): Promise<void> {
		try {
			for (const path of await findReplays({ directory })) {
				log('info', 'Trying a dead letter again.', { segment: basename(path) });
				await spool.adopt(path);
			}
		} catch (error) {
			log('warn', 'Dead letters that were handed back cannot be read.', errorFields(error));
		}
	}
	const people = keepPeople({
		client: eraser,
		database,
		settings: settings ?? ownSettings!,
		shutOut,
		spoolDirectory: directory,
		startedFrom: Math.min(Date.now(), ...spool.left.map(({ openedAt }) => openedAt)),
		log
	});

	const backups = keepBackups({ database, settings: settings ?? ownSettings!, log });
	const retention = keepRetention({ client: eraser, settings: settings ?? ownSettings!, log });
	const reclassified = keepReclassified({
		client: eraser,
		database,
		settings: settings ?? ownSettings!,
		collector: name,
		log
	});

	async function findObstacles(): Promise<string[]> {
		return (await spool.writable()) ? [] : ['the spool takes nothing: full, or not writable'];
	}

	/** A database that is away keeps nobody from sending: what is taken waits in the spool. */
	async function findWarnings(): Promise<string[]> {
		const recent = Date.now() - delivery.lastStoredAt() < RECENT_MS;
		if (recent || (await answers(() => ping(writer)))) return [];
		return ['the database does not answer: events wait in the spool'];
	}

	async function closeStores(): Promise<void> {
		clearInterval(replays);
		await Promise.all([people, retention, reclassified, backups].map((keeper) => keeper.close()));
		await spool.close();
		await delivery.drain(Date.now() + DRAIN_MS);
		await spans?.close();
		await reporter.close();
		stopObserving();
		await keeper.close();
		authenticator.close();
		knowledge.close();
		await stopPublishing();
		await Promise.all([writer.close(), refresher.close(), eraser.close(), ownSettings?.destroy()]);
		await stopTelemetry();
	}

	const server = createServer(
		{
			requestTimeout: requestTimeoutMs,
			headersTimeout: requestTimeoutMs / 2,
			keepAliveTimeout: 5_000,
			connectionsCheckingInterval: Math.min(2_000, requestTimeoutMs)
		},
		createRequestHandler({
			authenticator,
			limiter: limitRate(rateLimits),
			spool,
			knowledge,
			health,
			proxies: rateLimits.proxies,
			shutOut,
			people,
			log,
			findObstacles,
			findWarnings
		})
	);
	try {
		await listen(server, port, host);
	} catch (error) {
		await closeStores();
		throw error;
	}
	const bound = (server.address() as AddressInfo).port;
	const url = `http://${host === '127.0.0.1' ? 'localhost' : host}:${bound}`;
	log('info', 'The collector is listening.', { url });
	let closing: Promise<void> | undefined;
	return {
		url,
		tables: () => knowledge.tables(),
		close: () =>
			(closing ??= stop(server)
				.then(closeStores)
				.then(() => log('info', 'The collector has stopped.')))
	};
}

/** Rows wait for their segment while the commit before theirs runs. */
const RECEIVED_BEFORE_MS = 60_000;

/** Read to its end, so that the connection is free again. */
async function ping(client: ClickHouseClient): Promise<unknown> {
	const answer = await client.query({ query: 'SELECT 1', format: 'JSONEachRow' });
	return answer.json();
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
	const { promise: tooLate, resolve } = Promise.withResolvers<boolean>();
	const timer = setTimeout(() => resolve(false), DATABASE_ANSWER_MS);
	const answered = ask().then(
		() => true,
		() => false
	);
	try {
		return await Promise.race([answered, tooLate]);
	} finally {
		clearTimeout(timer);
	}
}

function listen(server: Server, port: number, host: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', (cause: NodeJS.ErrnoException) =>
			reject(
				cause.code === 'EADDRINUSE'
					? new CollectorError(
							'port_in_use',
							`Port ${port} on ${host} is in use. Choose another with COLLECTOR_PORT or --collector-port.`,
							{ cause }
						)
					: new CollectorError('listen_failed', `Cannot listen on ${host}:${port}.`, { cause })
			)
		);
		server.listen(port, host, resolve);
	});
}

/** No new connection, and on an old one the next answer is the last: a proxy that keeps its connections would go on with them for ever. */
function stop(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.prependListener('request', (_request, response) =>
			response.setHeader('connection', 'close')
		);
		server.close(() => resolve());
		server.closeIdleConnections();
	});
}

/** A number somebody set; undefined when nobody did. A limit that was mistyped must not be no limit. */
function readNumber(name: string, { least, most }: { least: number; most: number }) {
	const text = process.env[name];
	if (!text) return undefined;
	const value = Number(text);
	if (value >= least && value <= most) return value;
	throw new CollectorError(
		'invalid_environment',
		`${name} must be a number from ${least} to ${most}, not "${text}".`
	);
}

function readProxies(): Proxies | undefined {
	const count = readNumber('COLLECTOR_TRUSTED_PROXIES', { least: 0, most: 10 });
	const text = process.env.COLLECTOR_PROXY_ADDRESSES;
	if (!text) return count ? { count } : undefined;
	if (!count)
		throw new CollectorError(
			'invalid_environment',
			'COLLECTOR_PROXY_ADDRESSES says where proxies are: say with COLLECTOR_TRUSTED_PROXIES how many stand one behind the other, such as 1.'
		);
	const addresses = parseAddresses(text);
	if (typeof addresses !== 'string') return { count, addresses };
	throw new CollectorError(
		'invalid_environment',
		`COLLECTOR_PROXY_ADDRESSES must be addresses or networks, separated by commas, such as 127.0.0.1,10.0.0.0/8. "${addresses}" is neither.`
	);
}

async function main(): Promise<void> {
	const host = process.env.COLLECTOR_HOST || '127.0.0.1';
	const port = readNumber('COLLECTOR_PORT', { least: 1, most: 65_535 }) ?? 7301;
	const rateLimits = {
		perSecond: readNumber('COLLECTOR_REQUESTS_PER_SECOND', { least: 1, most: 1e6 }),
		clientPerSecond: readNumber('COLLECTOR_CLIENT_REQUESTS_PER_SECOND', { least: 0.1, most: 1e6 }),
		proxies: readProxies()
	};
	const commitWithinMs = readNumber('COLLECTOR_COMMIT_WITHIN_MS', { least: 0, most: 10_000 });
	const { values } = parseArgs({ options: { config: { type: 'string' } } });
	const path = findConfiguration({ named: values.config });
	const configuration = path === undefined ? undefined : readConfiguration({ path });
	const tables = readTableSources({ configuration });
	const database = databaseOptionsFromEnvironment();
	await migrateDatabase(database, {
		beforeLoss: backUpBeforeLoss({ database, say: (words) => jsonLog('info', words) })
	});
	const { dataDir } = database;
	const settings = await openSettings({ dataDir });
	if (configuration) {
		const changes = await applyConfiguration(settings, configuration);
		jsonLog('info', 'The configuration file was applied.', { file: configuration.file, changes });
	}
	const collector = await startCollector({
		...{ port, host, dataDir, database, settings, tables, rateLimits, commitWithinMs }
	});
	const end = async () => {
		await collector.close();
		await settings.destroy();
		process.exit(0);
	};
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
}

/** The collector as a process of its own, as the environment says: started by this file, or by the image's entry. */
export async function run(): Promise<void> {
	try {
		await main();
	} catch (error) {
		jsonLog('error', 'The collector could not start.', errorFields(error));
		process.exit(1);
	}
}

if (import.meta.main) await run();
