/** This process exports already: the one-process form has a collector and pages in it, each in a bundle of its own. */
const EXPORTING = Symbol.for('passlens.exporting');

/**
 * Starts exporting as OpenTelemetry's own variables say: `OTEL_EXPORTER_OTLP_ENDPOINT` for traces and metrics,
 * `OTEL_METRICS_EXPORTER=prometheus` (or `otlp,prometheus`) for a scrape address of its own, `/metrics` on
 * `OTEL_EXPORTER_PROMETHEUS_HOST` (default 127.0.0.1) and `OTEL_EXPORTER_PROMETHEUS_PORT` (default 9464). With neither the SDK
 * is not even loaded. Instruments that were made before stay deaf.
 *
 * @param serviceName unless `OTEL_SERVICE_NAME` gives another
 * @returns a function that flushes and stops; undefined: nothing was started
 */
export async function startExporting({
	serviceName,
	env = process.env
}: {
	serviceName: string;
	env?: NodeJS.ProcessEnv;
}): Promise<(() => Promise<void>) | undefined> {
	const prometheus = (env.OTEL_METRICS_EXPORTER ?? '').split(',').includes('prometheus');
	const endpoint = Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT);
	const here = globalThis as { [EXPORTING]?: boolean };
	if ((!endpoint && !prometheus) || here[EXPORTING]) return undefined;
	here[EXPORTING] = true;
	// The SDK's own defaults would listen on every address, and send traces to a collector nobody named.
	if (prometheus) env.OTEL_EXPORTER_PROMETHEUS_HOST ||= '127.0.0.1';
	if (!endpoint) for (const signal of ['TRACES', 'LOGS']) env[`OTEL_${signal}_EXPORTER`] ||= 'none';
	const { NodeSDK } = await import('@opentelemetry/sdk-node');
	const sdk = new NodeSDK({ serviceName: env.OTEL_SERVICE_NAME ?? serviceName });
	sdk.start();
	return async () => {
		here[EXPORTING] = false;
		await sdk.shutdown();
	};
}
