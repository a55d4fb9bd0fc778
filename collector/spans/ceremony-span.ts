import {
	SpanKind,
	SpanStatusCode,
	TraceFlags,
	type Attributes,
	type HrTime
} from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { hash } from 'node:crypto';
import type { SettledCeremony } from './settled-ceremonies.ts';

/** What the spans are known by; pages leave them out where they show a server's. */
const SPANS_SCOPE = 'passlens';

/** Outcomes in which something went wrong. To cancel, to leave and to wait untouched is a choice. */
const ERRORS = ['failed', 'rejected'];

/**
 * A ceremony as one span, from the page's call to its end. The same ceremony always has the same span id; one without a trace has a
 * trace of its own, by its id. References to a person or a passkey stay out of it.
 */
export function ceremonySpan(ceremony: SettledCeremony): ReadableSpan {
	const { ceremony_type, trace_id, parent_span_id, outcome, cause } = ceremony;
	const traceId = trace_id || ceremony.ceremony_id.replaceAll('-', '');
	const start = ceremony.occurred;
	const end = Math.max(start, ceremony.finished ?? ceremony.verdict ?? start);
	const context = (spanId: string) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
	const spanId = hash('sha256', `passlens ${ceremony.ceremony_id}`).slice(0, 16);
	const events = eventsOf(ceremony, start);
	return {
		name: `webauthn ${ceremony_type}`,
		kind: SpanKind.INTERNAL,
		spanContext: () => context(spanId),
		...(parent_span_id && { parentSpanContext: { ...context(parent_span_id), isRemote: true } }),
		startTime: toHrTime(start),
		endTime: toHrTime(end),
		duration: toHrTime(end - start),
		status: ERRORS.includes(outcome)
			? { code: SpanStatusCode.ERROR, message: cause || outcome }
			: { code: outcome === 'succeeded' ? SpanStatusCode.OK : SpanStatusCode.UNSET },
		attributes: attributesOf(ceremony),
		links: [],
		events,
		ended: true,
		resource: resourceFromAttributes(
			known({
				'service.name': ceremony.application || 'web',
				'service.namespace': ceremony.project_id,
				'service.version': ceremony.release,
				'deployment.environment.name': ceremony.environment
			})
		),
		instrumentationScope: { name: SPANS_SCOPE },
		...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 }
	};
}

function attributesOf(ceremony: SettledCeremony): Attributes {
	return known({
		'webauthn.ceremony': ceremony.ceremony_type,
		'webauthn.mediation': ceremony.mediation,
		'webauthn.rp_id': ceremony.rp_id,
		'webauthn.user_verification': ceremony.user_verification,
		'webauthn.resident_key': ceremony.resident_key,
		'webauthn.authenticator_attachment': ceremony.authenticator_attachment,
		'webauthn.user_verified': ceremony.user_verified,
		'webauthn.backup_eligible': ceremony.backup_eligible,
		'webauthn.backup_state': ceremony.backup_state,
		'passlens.project': ceremony.project_id,
		'passlens.ceremony_id': ceremony.ceremony_id,
		'passlens.outcome': ceremony.outcome,
		'passlens.cause': ceremony.cause,
		'passlens.cause_confidence': ceremony.cause_confidence,
		'passlens.verified': ceremony.verified,
		'passlens.cross_device': ceremony.cross_device,
		'passlens.provider': ceremony.provider,
		'passlens.told_before': ceremony.told_before || null,
		// OpenTelemetry's own names.
		'error.type': ceremony.error_name || ceremony.refusal_reason,
		'os.name': ceremony.os_name,
		'os.version': ceremony.os_version,
		'user_agent.name': ceremony.browser_name,
		'user_agent.version': ceremony.browser_version
	});
}

/** The steps between, in their order. The verdict has the server's clock. */
function eventsOf(ceremony: SettledCeremony, start: number): ReadableSpan['events'] {
	const { blurred_after_ms, finished, verdict } = ceremony;
	const step = (name: string, at: number | null, attributes: Attributes = {}) =>
		at === null ? [] : [{ name: `passlens.${name}`, time: toHrTime(at), attributes }];
	return [
		...step('dialog_opened', blurred_after_ms === null ? null : start + blurred_after_ms),
		...step(
			'finished',
			finished,
			known({
				'passlens.client_outcome': ceremony.client_outcome,
				'error.type': ceremony.error_name
			})
		),
		...step(
			'verdict',
			verdict,
			known({ 'passlens.verified': ceremony.verified, 'error.type': ceremony.refusal_reason })
		)
	];
}

const toHrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), (ms % 1_000) * 1e6];

/** What is unknown is left out. */
const known = (fields: Record<string, string | boolean | null>): Attributes =>
	Object.fromEntries(
		Object.entries(fields).filter(([, value]) => value !== null && value !== '')
	) as Attributes;
