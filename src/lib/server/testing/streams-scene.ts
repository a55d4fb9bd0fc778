import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Settings } from '../../../../settings/open-settings.ts';
import { addStream, listStreams, STREAM_TOPICS } from '../../../../settings/streams.ts';
import { deliverStreams } from '../streams/deliver-streams.ts';
import { findStreamEvents } from '../streams/find-events.ts';
import type { StreamOutlets } from '../streams/send-events.ts';
import { ocsfSchema, type OcsfEvent } from './ocsf-schema.ts';
import { openTemporaryDatabase, type TemporaryDatabase } from './open-temporary-database.ts';
import { settingsStores } from './settings-stores.ts';

/** A SIEM over HTTP: what it took, and how it answers. */
function receiver() {
	const taken: { body: string; headers: IncomingHttpHeaders }[] = [];
	const state = { status: 200, answer: '{}', asked: 0 };
	const server: Server = createServer((request, response) => {
		void text(request).then((body) => {
			state.asked++;
			if (state.status === 200) taken.push({ body, headers: request.headers });
			response.writeHead(state.status, { 'content-type': 'application/json' }).end(state.answer);
		});
	});
	return {
		...{ taken, state },
		start: () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve())),
		url: (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
		stop: () => {
			server.closeAllConnections();
			server.close();
		}
	};
}

/** What a receiver took, each event once by its uid, every one held to OCSF's own schema. */
export function readEvents(bodies: readonly string[]): OcsfEvent[] {
	const all = bodies
		.flatMap((body) =>
			body.startsWith('[')
				? (JSON.parse(body) as unknown[])
				: body
						.split('\n')
						.filter(Boolean)
						.map((line) => JSON.parse(line) as unknown)
		)
		.map((event) => ocsfSchema.parse(event));
	return [...new Map(all.map((event) => [event.metadata.uid, event])).values()];
}
/** What the tests of event streams play in: a database, settings, a folder for files, and a SIEM that takes what is sent. */
export function streamsScene() {
	const stores = settingsStores();
	const siem = receiver();
	let database: TemporaryDatabase;
	let home: string;
	let outlets: StreamOutlets;
	const times = { settledAfterMs: 0, slowEveryMs: 0 };
	return {
		...{ stores, siem },
		/** Known once it was started. */
		get database() {
			return database;
		},
		get home() {
			return home;
		},
		get outlets() {
			return outlets;
		},
		async start(): Promise<void> {
			[database, home] = await Promise.all([
				openTemporaryDatabase(),
				mkdtemp(join(tmpdir(), 'passlens-streams-')),
				stores.start(),
				siem.start()
			]);
			outlets = { directory: join(home, 'siem'), fileBytes: 1_000_000, allowPrivate: true };
		},
		async stop(): Promise<void> {
			siem.stop();
			await Promise.all([database.close(), stores.stop()]);
			await rm(home, { recursive: true, force: true });
		},
		look: (settings: Settings, now = new Date()) =>
			findStreamEvents({ client: database.client, settings, now, times }),
		deliver: (settings: Settings, now = Date.now()) =>
			deliverStreams({ settings, outlets, now: () => now }),
		/** What the SIEM took, from that request on. */
		taken: (from = 0) => readEvents(siem.taken.slice(from).map(({ body }) => body)),
		/** A stream of everything to the SIEM, but for what is given. */
		async add(settings: Settings, given: Partial<Parameters<typeof addStream>[1]> = {}) {
			const added = await addStream(settings, {
				...{ name: 'SIEM', kind: 'webhook', target: siem.url('/in'), topics: [...STREAM_TOPICS] },
				...given
			});
			if ('mistake' in added) throw new Error(JSON.stringify(added.mistake));
			return added.stream;
		},
		only: async (settings: Settings, id: string) =>
			(await listStreams(settings)).find((one) => one.id === id)!
	};
}

/** Classes, activities and words of events. */
export const told = (events: readonly OcsfEvent[]) =>
	events.map(({ class_uid, activity_id, message }) => `${class_uid}/${activity_id} ${message}`);
