import type { CredentialFacts, EventInputOf } from '../event/event.ts';

type AttributeValue = string | number | boolean;

/** What is used of a span of `@opentelemetry/api`. By shape, so that the package stays optional. */
export interface ActiveSpan {
	spanContext(): { traceId: string; spanId: string; traceFlags: number };
	isRecording(): boolean;
	setAttributes(attributes: Record<string, AttributeValue>): unknown;
	addEvent(name: string, attributes?: Record<string, AttributeValue>): unknown;
}

/** What is used of `trace` of `@opentelemetry/api`. */
export interface TraceApi {
	getActiveSpan(): ActiveSpan | undefined;
}

type VerdictEvent = EventInputOf<'ceremony.verdict'>;

/** The flags of a credential that a trace is searched by; references to a person or a passkey stay out of it. */
const CREDENTIAL_FIELDS = [
	'aaguid',
	'authenticator_attachment',
	'user_present',
	'user_verified',
	'backup_eligible',
	'backup_state',
	'cross_device'
] as const satisfies (keyof CredentialFacts)[];

/**
 * Ties a verdict to the request that is being served: the active span gets the ceremony's id and outcome as attributes and the
 * verdict as an event, the verdict gets the span's W3C `traceparent`. Attribute names are the wire's behind `passlens.`. Nothing happens outside a span; a span that is not recorded lends its ids all the same.
 *
 * @returns the traceparent, `undefined` without a valid span
 */
export function joinTrace(api: TraceApi | undefined, verdict: VerdictEvent): string | undefined {
	const span = api?.getActiveSpan();
	if (!span) return undefined;
	if (span.isRecording()) {
		const outcome = {
			'passlens.ceremony_id': verdict.ceremony_id,
			'passlens.ceremony_type': verdict.ceremony_type,
			'passlens.verified': verdict.verified,
			...(verdict.reason && { 'passlens.reason': verdict.reason })
		};
		span.setAttributes(outcome);
		span.addEvent('passlens.ceremony.verdict', {
			...outcome,
			// OpenTelemetry's own name for a class of failure. On the event alone: the request itself did not fail.
			...(verdict.reason && { 'error.type': verdict.reason }),
			...describeCredential(verdict.credential)
		});
	}
	const { traceId, spanId, traceFlags } = span.spanContext();
	if (!isSet(traceId, 32) || !isSet(spanId, 16)) return undefined;
	return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`;
}

/** Lower-case hex of this length, and not the all-zero id that W3C reserves for "none". */
const isSet = (id: string, length: number) =>
	new RegExp(`^[0-9a-f]{${length}}$`).test(id) && /[^0]/.test(id);

const describeCredential = (
	credential: Partial<CredentialFacts> = {}
): Record<string, AttributeValue> =>
	Object.fromEntries(
		CREDENTIAL_FIELDS.flatMap((field) => {
			const value = credential[field];
			return value === undefined ? [] : [[`passlens.credential.${field}`, value]];
		})
	);
