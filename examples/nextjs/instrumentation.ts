/** Starts OpenTelemetry where an exporter is configured: Next.js makes the spans, verdicts join them. */
export async function register(): Promise<void> {
	if (process.env.NEXT_RUNTIME !== 'nodejs' || !process.env.OTEL_EXPORTER_OTLP_ENDPOINT) return;
	const { NodeSDK } = await import('@opentelemetry/sdk-node');
	new NodeSDK({ serviceName: 'nextjs-example' }).start();
}
