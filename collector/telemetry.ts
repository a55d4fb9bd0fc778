import { metrics, trace } from '@opentelemetry/api';

const NAME = 'passlens-collector';

/** The collector's own measurements. Without an SDK they cost next to nothing and go nowhere. */
function createInstruments() {
	const meter = metrics.getMeter(NAME);
	return {
		tracer: trace.getTracer(NAME),
		requests: meter.createCounter('passlens.collector.requests', {
			description: 'Requests to take events, by status'
		}),
		eventsAccepted: meter.createCounter('passlens.collector.events_accepted'),
		eventsRefused: meter.createCounter('passlens.collector.events_refused', {
			description: 'Events refused one by one, by reason'
		}),
		attributesDropped: meter.createCounter('passlens.collector.attributes_dropped', {
			description: 'Attributes of OTLP log records that the contract has no field for'
		}),
		acknowledgeTime: meter.createHistogram('passlens.collector.acknowledge_duration', {
			unit: 's',
			description: 'From the whole body to the rows on disk'
		}),
		rowsStored: meter.createCounter('passlens.collector.rows_stored'),
		rowsSetAside: meter.createCounter('passlens.collector.rows_set_aside', {
			description: 'Rows of segments the database refused for their content'
		})
	};
}

export let telemetry = createInstruments();

/**
 * Starts exporting when `OTEL_EXPORTER_OTLP_ENDPOINT` is set; the SDK is not even loaded otherwise.
 *
 * @returns a function that flushes and stops
 */
export async function startTelemetry(env: NodeJS.ProcessEnv = process.env) {
	if (!env.OTEL_EXPORTER_OTLP_ENDPOINT) return () => Promise.resolve();
	const { NodeSDK } = await import('@opentelemetry/sdk-node');
	const sdk = new NodeSDK({ serviceName: env.OTEL_SERVICE_NAME ?? NAME });
	sdk.start();
	// Instruments made before the SDK started would stay deaf.
	telemetry = createInstruments();
	return () => sdk.shutdown();
}
