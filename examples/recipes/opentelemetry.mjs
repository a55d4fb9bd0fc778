/**
 * Passlens from whatever speaks OpenTelemetry: a verdict as a log record. Here Node with its SDK; the names are the same in every
 * language. Install @opentelemetry/{api,resources,sdk-logs,exporter-logs-otlp-http}.
 *
 *   PASSLENS_ENDPOINT=http://localhost:7301 PASSLENS_KEY=sk_… node opentelemetry.mjs USER CREDENTIAL_ID CEREMONY_ID [REASON]
 *
 * Limits and retries are the exporter's. Where the verdict is logged inside a span, the ceremony joins its trace.
 */
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { createHash } from 'node:crypto';

const provider = new LoggerProvider({
	resource: resourceFromAttributes({
		'service.name': 'shop',
		'service.version': '4.2.0',
		'deployment.environment.name': 'production'
	}),
	processors: [
		new BatchLogRecordProcessor({
			exporter: new OTLPLogExporter({
				url: `${process.env.PASSLENS_ENDPOINT}/v1/logs`,
				headers: { authorization: `Bearer ${process.env.PASSLENS_KEY}` }
			})
		})
	]
});
const logger = provider.getLogger('sign-in', '1');

/** The credential's raw id, as bytes, made one-way: the id itself has no way in. */
const credentialRef = (rawId) =>
	createHash('sha256').update('passlens:credential:').update(rawId).digest('base64url');

/** What your server decided of a sign-in. `ceremonyId` comes from the client, beside its response; a `reason` means refused. */
export const tellVerdict = ({ ceremonyId, user, rawId, reason }) =>
	logger.emit({
		eventName: 'passlens.ceremony.verdict',
		timestamp: new Date(),
		attributes: {
			ceremony_id: ceremonyId,
			ceremony_type: 'authentication',
			verified: reason === undefined,
			...(reason !== undefined && { reason }),
			'credential.credential_ref': credentialRef(rawId),
			// Hashed on arrival, and kept as nothing else.
			'user.id': user
		}
	});

if (import.meta.filename === process.argv[1]) {
	const [user, credentialId, ceremonyId, reason] = process.argv.slice(2);
	tellVerdict({ ceremonyId, user, rawId: Buffer.from(credentialId, 'base64url'), reason });
	await provider.shutdown();
}
