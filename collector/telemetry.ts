import { metrics, trace, type ObservableCallback } from '@opentelemetry/api';
import { startExporting } from '../telemetry/start-exporting.ts';

const NAME = 'passlens-collector';
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** The collector's own measurements. Without an SDK they cost next to nothing and go nowhere. */
function createInstruments() {
	const meter = metrics.getMeter(NAME);
	return {
		tracer: trace.getTracer(NAME),
		requests: meter.createCounter('passlens.collector.requests', {
			description: 'Requests to take events, by status'
		}),
		eventsAccepted: meter.createCounter('passlens.collector.events_accepted', {
			description: 'Events acknowledged on disk'
		}),
		eventsRefused: meter.createCounter('passlens.collector.events_refused', {
			description: 'Events refused one by one, by reason'
		}),
		attributesDropped: meter.createCounter('passlens.collector.attributes_dropped', {
			description: 'Attributes of OTLP log records that the contract has no field for'
		}),
		batchEvents: meter.createHistogram('passlens.collector.batch_events', {
			unit: '{event}',
			description: 'Events in a request',
			advice: { explicitBucketBoundaries: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000] }
		}),
		acknowledgeTime: meter.createHistogram('passlens.collector.acknowledge_duration', {
			unit: 's',
			description: 'From the whole body to the rows on disk',
			advice: { explicitBucketBoundaries: SECONDS }
		}),
		arrivalDelay: meter.createHistogram('passlens.collector.arrival_delay', {
			unit: 's',
			description: 'From an event to its being received, by the corrected clock',
			advice: { explicitBucketBoundaries: [...SECONDS, 3_600, 86_400, 604_800] }
		}),
		spooled: meter.createCounter('passlens.collector.spooled', {
			unit: 'By',
			description: 'Bytes put on disk'
		}),
		spoolSize: meter.createObservableGauge('passlens.collector.spool_size', {
			unit: 'By',
			description: 'Bytes waiting for the database'
		}),
		segmentsWaiting: meter.createObservableGauge('passlens.collector.segments_waiting', {
			description: 'Segments waiting for the database'
		}),
		rowsStored: meter.createCounter('passlens.collector.rows_stored', {
			description: 'Rows that reached the database'
		}),
		segmentRows: meter.createHistogram('passlens.collector.segment_rows', {
			unit: '{row}',
			description: 'Rows in an insert',
			advice: { explicitBucketBoundaries: [1, 10, 100, 1_000, 5_000, 10_000, 50_000, 100_000] }
		}),
		segmentBytes: meter.createHistogram('passlens.collector.segment_bytes', {
			unit: 'By',
			description: 'Bytes in an insert',
			advice: { explicitBucketBoundaries: [1e3, 1e4, 1e5, 1e6, 5e6, 1e7, 5e7] }
		}),
		insertTime: meter.createHistogram('passlens.collector.insert_duration', {
			unit: 's',
			description: 'Time the database took for an insert',
			advice: { explicitBucketBoundaries: SECONDS }
		}),
		storeLag: meter.createHistogram('passlens.collector.store_lag', {
			unit: 's',
			description: 'From the first row of a segment to its being queryable',
			advice: { explicitBucketBoundaries: [...SECONDS, 3_600, 86_400] }
		}),
		insertRetries: meter.createCounter('passlens.collector.insert_retries', {
			description: 'Inserts that have to be tried again'
		}),
		rowsSetAside: meter.createCounter('passlens.collector.rows_set_aside', {
			description: 'Rows of segments the database refused for their content'
		}),
		ceremoniesExported: meter.createCounter('passlens.collector.ceremonies_exported', {
			description: 'Settled ceremonies told to a tracing system'
		}),
		spanExportFailures: meter.createCounter('passlens.collector.span_export_failures', {
			description: 'Times that telling them failed; it is tried again'
		}),
		spanExportLag: meter.createHistogram('passlens.collector.span_export_lag', {
			unit: 's',
			description: 'From a ceremony being settled to its being told',
			advice: { explicitBucketBoundaries: [...SECONDS, 3_600, 86_400] }
		}),
		spanExportHoursLeftOut: meter.createCounter('passlens.collector.span_export_left_out', {
			unit: 'h',
			description:
				'Hours whose ceremonies were not told because the endpoint took nothing for a day'
		})
	};
}

export let telemetry = createInstruments();

/** Starts exporting where the environment says so: see `startExporting`. @returns a function that flushes and stops */
export async function startTelemetry(env: NodeJS.ProcessEnv = process.env) {
	const stop = await startExporting({ serviceName: NAME, env });
	if (!stop) return () => Promise.resolve();
	// Instruments made before would stay deaf.
	telemetry = createInstruments();
	return stop;
}

/** Lets the spool's size be read whenever somebody measures. @returns a function that ends it */
export function observeSpool(read: () => { bytes: number; segmentsWaiting: number }): () => void {
	const { spoolSize, segmentsWaiting } = telemetry;
	const size: ObservableCallback = (result) => result.observe(read().bytes);
	const waiting: ObservableCallback = (result) => result.observe(read().segmentsWaiting);
	spoolSize.addCallback(size);
	segmentsWaiting.addCallback(waiting);
	return () => {
		spoolSize.removeCallback(size);
		segmentsWaiting.removeCallback(waiting);
	};
}
