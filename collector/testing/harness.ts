import type { ClickHouseClient } from '@clickhouse/client';
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDatabase, type DatabaseOptions } from '../../migrations/connect.ts';
import type { ClusterOptions } from '../../migrations/for-cluster.ts';
import { migrateDatabase } from '../../migrations/migrate-database.ts';
import { makeDataDir } from '../../migrations/testing/make-data-dir.ts';
import { openSettings } from '../../settings/open-settings.ts';
import { createProject } from '../../settings/projects.ts';
import { startCollector, type CollectorOptions } from '../start-collector.ts';

export const ORIGIN = 'https://shop.example';
export const USER_AGENT =
	'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36';

export type TestCollector = Awaited<ReturnType<typeof startTestCollector>>;

/**
 * A collector on a port of its own over a real database, with one project, "shop". One process owns one embedded data
 * directory, so a test file starts one of these, unless `database` names a server.
 */
export async function startTestCollector({
	url,
	cluster,
	...options
}: Partial<CollectorOptions> & { url?: string; cluster?: ClusterOptions } = {}) {
	const dataDir = await makeDataDir();
	const database: DatabaseOptions = { dataDir, url, cluster };
	await migrateDatabase(database);
	const client = await connectDatabase(database);
	const settings = await openSettings({ dataDir });
	const keys = await createProject(settings, { id: 'shop', name: 'Shop', origins: [ORIGIN] });
	const log: string[] = [];
	const collector = await startCollector({
		port: 0,
		dataDir,
		database,
		settings,
		flushIntervalMs: 100,
		log: (level, message, fields) => log.push(JSON.stringify({ level, message, ...fields })),
		...options
	});
	return {
		dataDir,
		database,
		client,
		settings,
		log,
		...keys,
		url: collector.url,
		query: <Row>(sql: string) => ask<Row>(client, sql),
		send: createSender({ url: collector.url, ...keys }),
		stored: () => untilStored(dataDir),
		stop: () => collector.close(),
		async close() {
			await collector.close();
			await client.close();
			await settings.destroy();
			await rm(dataDir, { recursive: true, force: true });
		}
	};
}

export async function ask<Row>(client: ClickHouseClient, query: string): Promise<Row[]> {
	const result = await client.query({ query, format: 'JSONEachRow' });
	return result.json<Row>();
}

/** Waits until no segment is left in the spool. */
export async function untilStored(dataDir: string): Promise<void> {
	while ((await readdir(join(dataDir, 'spool'))).some((file) => file.endsWith('.rows')))
		await sleep(30);
}

/** Posts events as a page would (`pk`, with its origin) or as a server would (`sk`). */
export function createSender({
	url,
	ingestKey,
	serverKey
}: {
	url: string;
	ingestKey: string;
	serverKey: string;
}) {
	return (
		events: unknown[],
		{ as = 'page', envelope = {} }: { as?: 'page' | 'server'; envelope?: object } = {}
	): Promise<Response> =>
		fetch(`${url}/v1/events`, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				authorization: `Bearer ${as === 'page' ? ingestKey : serverKey}`,
				...(as === 'page' && { origin: ORIGIN, 'user-agent': USER_AGENT })
			},
			body: JSON.stringify(batchOf(events, envelope))
		});
}

export function batchOf(events: unknown[], envelope: object = {}) {
	return {
		schema_version: 1,
		sent_unix_ms: Date.now(),
		sdk: { name: '@passlens/sdk', version: '0.1.0' },
		events,
		...envelope
	};
}

/** A UUIDv7 of a moment; random otherwise. */
export function uuidV7(at: number = Date.now()): string {
	const bytes = randomBytes(16);
	bytes.writeUIntBE(at, 0, 6);
	bytes[6] = (bytes[6]! & 0x0f) | 0x70;
	bytes[8] = (bytes[8]! & 0x3f) | 0x80;
	return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function ref(): string {
	return randomBytes(32).toString('base64url');
}
