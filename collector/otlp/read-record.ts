import { createHmac } from 'node:crypto';
import { EVENT_TYPES, type EventType, type Refusal } from '../../sdk/event/index.ts';
import { userReference } from '../../sdk/common/references.ts';
import { slug } from '../../sdk/common/slug.ts';
import { formatUuid } from '../../sdk/common/uuid-v7.ts';
import type { FoundRecord, LogRecord } from './decode-logs.ts';
import { findContractPath } from './contract-paths.ts';
import { readAttributes } from './read-attributes.ts';
import { cutText } from '../cut-text.ts';

/** A log record as the contract has it, not yet validated. */
export interface RecordEvent {
	event: Record<string, unknown>;
	sdk: { name: string; version: string };
	/** Of the client, when the sender passes it on. */
	userAgent: string | undefined;
	/** Attributes that the contract has no field for: they end here. */
	dropped: number;
}

const PREFIX = 'passlens.';
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** OpenTelemetry's own attributes that say what a field of the contract says. */
const USER_ID = 'user.id';
const USER_AGENT = 'user_agent.original';
const RECORD_ID = 'log.record.uid';
const EVENT_NAME = 'event.name';
const READ_BY_NAME = new Set([USER_ID, USER_AGENT, RECORD_ID, EVENT_NAME]);

/**
 * Reads one log record as an event. Its name is `passlens.` and the event's type; its attributes are the contract's
 * fields by dotted name, over those of the resource. A `user.id` becomes its one-way form here, as the SDK makes it.
 */
export function readRecord(
	{ record, resource, scope }: FoundRecord,
	{ key }: { key: Buffer }
): RecordEvent | Omit<Refusal, 'index'> {
	const own = readAttributes(record.attributes);
	const name = record.eventName || own.get(EVENT_NAME);
	const type = typeof name === 'string' && name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '';
	if (!isEventType(type)) return FOREIGN;
	const nanoseconds = readTime(record);
	if (nanoseconds === 0n) return TIMELESS;

	const shared = readAttributes(resource);
	const event: Record<string, unknown> = {};
	for (const [path, value] of contextOf(shared)) set(event, path, value);
	let dropped = 0;
	for (const [attribute, value] of [...shared, ...own]) {
		const path = findContractPath(type, attribute);
		if (path) set(event, path, value);
		else if (!READ_BY_NAME.has(attribute) && own.has(attribute)) dropped++;
	}
	const user = own.get(USER_ID) ?? shared.get(USER_ID);
	if (event.user_ref === undefined && (typeof user === 'string' || typeof user === 'number'))
		event.user_ref = userReference(String(user));
	const userAgent = own.get(USER_AGENT) ?? shared.get(USER_AGENT);
	const uid = own.get(RECORD_ID);
	event.type = type;
	event.time_unix_ms = Number(nanoseconds / 1_000_000n);
	event.traceparent = traceparentOf(record) ?? event.traceparent;
	event.id ??=
		typeof uid === 'string' && UUID_V7.test(uid)
			? uid.toLowerCase()
			: deriveId(event, nanoseconds, key);
	return {
		event,
		sdk: {
			name: cutText(scope.name || 'opentelemetry', 64),
			version: cutText(scope.version || 'unknown', 64)
		},
		userAgent: typeof userAgent === 'string' ? userAgent : undefined,
		dropped
	};
}

/** What a resource says of all its records, by OpenTelemetry's names. */
function* contextOf(resource: Map<string, unknown>): Generator<[[string], unknown]> {
	const text = (name: string) => {
		const value = resource.get(name);
		return typeof value === 'string' ? value : '';
	};
	const application = text('service.name');
	// The name that an OpenTelemetry SDK gives when nobody set one.
	if (!application.startsWith('unknown_service')) yield [['application'], slug(application)];
	yield [
		['environment'],
		slug(text('deployment.environment.name') || text('deployment.environment'))
	];
	yield [['release'], cutText(text('service.version'), 80) || undefined];
}

function set(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
	if (value === undefined) return;
	let at = target;
	for (const step of path.slice(0, -1)) at = (at[step] ??= {}) as Record<string, unknown>;
	at[path.at(-1)!] = value;
}

function readTime({ timeUnixNano, observedTimeUnixNano }: LogRecord): bigint {
	return BigInt(timeUnixNano ?? 0) || BigInt(observedTimeUnixNano ?? 0);
}

function traceparentOf({ traceId, spanId, flags }: LogRecord): string | undefined {
	const trace = (traceId ?? '').toLowerCase();
	const span = (spanId ?? '').toLowerCase();
	if (!/^[0-9a-f]{32}$/.test(trace) || !/^[0-9a-f]{16}$/.test(span)) return undefined;
	if (/^0+$/.test(trace) || /^0+$/.test(span)) return undefined;
	return `00-${trace}-${span}-${((flags ?? 0) & 0xff).toString(16).padStart(2, '0')}`;
}

/**
 * A record has no id of its own, and a retry sends the same bytes: the id is made from what it says, so that it counts
 * once. Keyed by the project, because a hash of it all could be tried out.
 */
function deriveId(event: Record<string, unknown>, nanoseconds: bigint, key: Buffer): string {
	const bytes = createHmac('sha256', key)
		.update(`record:${nanoseconds}:${JSON.stringify(event)}`)
		.digest()
		.subarray(0, 16);
	bytes.writeUIntBE(Math.min(Number(nanoseconds / 1_000_000n), 2 ** 48 - 1), 0, 6);
	bytes[6] = (bytes[6]! & 0x0f) | 0x70;
	bytes[8] = (bytes[8]! & 0x3f) | 0x80;
	return formatUuid(bytes);
}

function isEventType(type: string): type is EventType {
	return (EVENT_TYPES as readonly string[]).includes(type);
}

const FOREIGN = {
	field: 'eventName',
	code: 'event_name_unknown',
	reason: `must be "passlens." followed by one of: ${EVENT_TYPES.join(', ')}`
};

const TIMELESS = {
	field: 'timeUnixNano',
	code: 'time_missing',
	reason: 'must be when it happened, in nanoseconds of Unix time (or observedTimeUnixNano)'
};
