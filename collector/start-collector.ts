import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { connectDatabase, type DatabaseOptions } from '../migrations/connect.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import { listRolledUpTags } from '../settings/rolled-up-tags.ts';
import { listTimeZones } from '../settings/time-zone.ts';
import { keepBackups } from './backup/ask-running.ts';
import type { Schedule } from './enrichment/keep-table.ts';
import { openKnowledge } from './enrichment/open-knowledge.ts';
import { publishKnowledge } from './enrichment/publish-knowledge.ts';
import { readTableSources, type TableSources } from './enrichment/table-sources.ts';
import type { TableState } from './enrichment/table.ts';
import { createRequestHandler } from './handle-request.ts';
import { createHealth } from './health/health.ts';
import { reportHealth } from './health/report-health.ts';
import { openAuthenticator } from './ingest/authenticate.ts';
import { limitRate, type RateLimits } from './limit-rate.ts';
import { keepPeople } from './lifecycle/people.ts';
import { keepRetention } from './lifecycle/keep-retention.ts';
import { createShutOut } from './lifecycle/shut-out.ts';
import { jsonLog, type Log } from './log.ts';
import { keepReclassified } from './reclassify/keep-reclassified.ts';
import { keepSpanExport } from './spans/keep-span-export.ts';
import { readSpanExport, type SpanExport } from './spans/read-span-export.ts';
import { serveHttp } from './serve-http.ts';
import { keepReplays } from './spool/keep-replays.ts';
import { openSpool, type Spool } from './spool/spool.ts';
import { databaseAnswers } from './store/database-answers.ts';
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
/** An insert this recent is answer enough. */
const RECENT_MS = 5_000;
/** Rows wait for their segment while the commit before theirs runs. */
const RECEIVED_BEFORE_MS = 60_000;

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
	const store = settings ?? (await openSettings({ dataDir }));
	const name = `${hostname()} ${resolve(dataDir)}`;
	const authenticator = await openAuthenticator({ settings: store, log });
	const knowledge = await openKnowledge({
		sources: tables,
		settings: store,
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
	const shutOut = createShutOut({ settings: store });
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
			tags: await listRolledUpTags(store),
			zones: await listTimeZones(store)
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
			settings: store,
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
	const stopReplays = keepReplays({ directory, spool, log });
	const people = keepPeople({
		client: eraser,
		database,
		settings: store,
		shutOut,
		spoolDirectory: directory,
		startedFrom: Math.min(Date.now(), ...spool.left.map(({ openedAt }) => openedAt)),
		log
	});

	const backups = keepBackups({ database, settings: store, log });
	const retention = keepRetention({ client: eraser, settings: store, log });
	const reclassified = keepReclassified({
		client: eraser,
		database,
		settings: store,
		collector: name,
		log
	});

	async function findObstacles(): Promise<string[]> {
		return (await spool.writable()) ? [] : ['the spool takes nothing: full, or not writable'];
	}

	/** A database that is away keeps nobody from sending: what is taken waits in the spool. */
	async function findWarnings(): Promise<string[]> {
		const recent = Date.now() - delivery.lastStoredAt() < RECENT_MS;
		if (recent || (await databaseAnswers(writer))) return [];
		return ['the database does not answer: events wait in the spool'];
	}

	async function closeStores(): Promise<void> {
		stopReplays();
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
		await Promise.all([writer.close(), refresher.close(), eraser.close()]);
		if (!settings) await store.destroy();
		await stopTelemetry();
	}

	const handler = createRequestHandler({
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
	});
	const server = await serveHttp({ handler, port, host, requestTimeoutMs }).catch(
		async (error: unknown) => {
			await closeStores();
			throw error;
		}
	);
	log('info', 'The collector is listening.', { url: server.url });
	let closing: Promise<void> | undefined;
	return {
		url: server.url,
		tables: () => knowledge.tables(),
		close: () =>
			(closing ??= server
				.stop()
				.then(closeStores)
				.then(() => log('info', 'The collector has stopped.')))
	};
}
