import type { ClickHouseClient } from '@clickhouse/client';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { randomUUID } from 'node:crypto';
import { holdLease, releaseLease } from '../../settings/leases.ts';
import type { Settings } from '../../settings/open-settings.ts';
import {
	advanceSpanPosition,
	readSpanPosition,
	rewindSpanPosition,
	type SpanPosition
} from '../../settings/span-export.ts';
import { errorFields, type Log } from '../log.ts';
import { telemetry } from '../telemetry.ts';
import { ceremonySpan } from './ceremony-span.ts';
import type { SpanExport } from './read-span-export.ts';
import { findSettledCeremonies } from './settled-ceremonies.ts';

const LEASE = 'span-export';
const LEASE_MS = 120_000;
const EVERY_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;
const BATCH = 500;
/** A stretch of arrivals is looked through at once. */
const SLICE_MS = 600_000;
/** What an endpoint did not take for so long is left out: a tracing system keeps the present. */
const OLDEST_MS = 86_400_000;
/** The exporter tries again within it. */
const REQUEST_MS = 10_000;
/** Rows wait for their segment while the commit before theirs runs. */
const RECEIVED_BEFORE_MS = 60_000;

export interface SpanExportKeeper {
	/** What was received since a moment is only now in the database. */
	stored(openedAt: number): Promise<void>;
	/** Ends it, once what is under way is through. */
	close(): Promise<void>;
}

/**
 * Tells a tracing system of every settled ceremony, as a span: at least once, in the order in which their newest parts came, by one of
 * the collectors at a time. How far it has come is kept in the settings, so that a restart goes on there. The first start begins with
 * the present.
 */
export function keepSpanExport({
	client,
	settings,
	target,
	log
}: {
	/** A session of its own, which is closed in the end. */
	client: ClickHouseClient;
	settings: Settings;
	target: SpanExport;
	log: Log;
}): SpanExportKeeper {
	const { endpoint, headers, projects, settledAfterMs } = target;
	const exporter = new OTLPTraceExporter({ url: endpoint, headers, timeoutMillis: REQUEST_MS });
	const holder = randomUUID();
	const everyMs = Math.min(EVERY_MS, settledAfterMs);
	const startedAt = Date.now();
	let pause = everyMs;
	let closing = false;
	let timer = setTimeout(() => void run(), everyMs).unref();
	let running = Promise.resolve();

	function run(): Promise<void> {
		running = round()
			.then(() => void (pause = everyMs))
			.catch((error: unknown) => {
				telemetry.spanExportFailures.add(1);
				pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
				log('warn', 'Ceremonies could not be told to the tracing system; they will be.', {
					...{ endpoint, again_in_s: Math.round(pause / 1_000) },
					...errorFields(error)
				});
			})
			.then(() => {
				if (!closing) timer = setTimeout(() => void run(), pause).unref();
			});
		return running;
	}

	/** Tells everything that has settled. */
	async function round(): Promise<void> {
		let from = await readSpanPosition(settings, startedAt);
		while (!closing && (await holdLease(settings, { name: LEASE, holder, forMs: LEASE_MS }))) {
			from = await leaveOutTooOld(from);
			const settled = Date.now() - settledAfterMs;
			const end = Math.min(settled, from.at + SLICE_MS);
			if (end <= from.at) return;
			const next = await tellNext(from, end);
			await advanceSpanPosition(settings, { from, to: next });
			if (next.at >= settled) return;
			// Another collector may have gone back meanwhile.
			from = await readSpanPosition(settings, startedAt);
		}
	}

	/** @returns how far it has come */
	async function tellNext(after: SpanPosition, to: number): Promise<SpanPosition> {
		const found = await findSettledCeremonies({
			...{ client, projects, after, to, settledAfterMs, limit: BATCH }
		});
		if (found.length > 0) {
			await send(found.map(ceremonySpan));
			telemetry.ceremoniesExported.add(found.length);
			telemetry.spanExportLag.record((Date.now() - found[0]!.received - settledAfterMs) / 1_000);
		}
		const last = found.at(-1);
		return last && found.length === BATCH
			? { at: last.received, id: last.ceremony_id }
			: { at: to, id: LAST_ID };
	}

	function send(spans: ReadableSpan[]): Promise<void> {
		return new Promise((resolve, reject) =>
			exporter.export(spans, ({ code, error }) =>
				code === 0 ? resolve() : reject(error ?? new Error('The endpoint took nothing.'))
			)
		);
	}

	async function leaveOutTooOld(from: SpanPosition): Promise<SpanPosition> {
		const oldest = Date.now() - OLDEST_MS - settledAfterMs;
		if (from.at >= oldest) return from;
		const to = { at: oldest, id: '' };
		await advanceSpanPosition(settings, { from, to });
		telemetry.spanExportHoursLeftOut.add((oldest - from.at) / 3_600_000);
		log('warn', 'Ceremonies of more than a day ago are not told to the tracing system any more.', {
			...{ endpoint, from: new Date(from.at).toISOString(), to: new Date(oldest).toISOString() }
		});
		return readSpanPosition(settings, startedAt);
	}

	return {
		async stored(openedAt) {
			const before = openedAt - Math.min(RECEIVED_BEFORE_MS, settledAfterMs / 2);
			if (before < Date.now() - settledAfterMs) await rewindSpanPosition(settings, before);
		},
		async close() {
			closing = true;
			clearTimeout(timer);
			await running;
			await releaseLease(settings, { name: LEASE, holder });
			await Promise.all([exporter.shutdown(), client.close()]);
		}
	};
}

/** Sorts behind every id of a ceremony. */
const LAST_ID = 'g';
