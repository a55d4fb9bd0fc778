import { post } from './post.ts';
import type { StreamOutlets, Target, Told } from './send-events.ts';

/** OpenTelemetry's AnyValue, as OTLP writes it in JSON. */
type AnyValue =
	| { stringValue: string }
	| { boolValue: boolean }
	| { intValue: string }
	| { doubleValue: number }
	| { arrayValue: { values: AnyValue[] } }
	| { kvlistValue: { values: KeyValue[] } };
interface KeyValue {
	key: string;
	value: AnyValue;
}

/** OCSF's severities as OpenTelemetry's numbers: info, info2, warn, error, fatal. */
const SEVERITY_NUMBERS: Record<number, number> = { 1: 9, 2: 10, 3: 13, 4: 17, 5: 21 };

/** Hands events to what takes OTLP/HTTP in JSON, each as a log record whose body is the event. @returns what went wrong, in words */
export async function sendOtlpLogs(
	{ target, authorization }: Target,
	events: readonly Told[],
	outlets: StreamOutlets
): Promise<string | undefined> {
	const body = JSON.stringify({
		resourceLogs: [
			{
				resource: { attributes: keyValues({ 'service.name': 'passlens' }) },
				scopeLogs: [{ scope: { name: 'passlens.streams' }, logRecords: events.map(logRecord) }]
			}
		]
	});
	const headers = { 'content-type': 'application/json' };
	const answer = await post({ target, headers, authorization, body, outlets });
	if ('mistake' in answer) return answer.mistake;
	return rejection(answer.text, events.length);
}

interface Readable {
	time: number;
	severity: string;
	severity_id: number;
	class_uid: number;
	class_name: string;
	metadata: { uid: string };
}

function logRecord({ body }: Told) {
	const event = JSON.parse(body) as Readable;
	return {
		timeUnixNano: `${event.time}000000`,
		observedTimeUnixNano: `${Date.now()}000000`,
		severityNumber: SEVERITY_NUMBERS[event.severity_id] ?? 9,
		severityText: event.severity,
		eventName: `ocsf.${event.class_name.toLowerCase().replaceAll(' ', '_')}`,
		attributes: keyValues({
			...{ 'ocsf.class_uid': event.class_uid, 'ocsf.metadata.uid': event.metadata.uid }
		}),
		body: anyValue(event)
	};
}

const keyValues = (fields: object): KeyValue[] =>
	Object.entries(fields).map(([key, value]) => ({ key, value: anyValue(value) }));

function anyValue(value: unknown): AnyValue {
	if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
	if (typeof value === 'object' && value !== null)
		return { kvlistValue: { values: keyValues(value) } };
	if (typeof value === 'boolean') return { boolValue: value };
	if (typeof value === 'number')
		return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
	return { stringValue: String(value) };
}

/** OTLP answers 200 to what it took a part of, and does not want that again. All of them refused is a failure of ours or of its own. */
function rejection(text: string, sent: number): string | undefined {
	let answer: { partialSuccess?: { rejectedLogRecords?: string | number; errorMessage?: string } };
	try {
		answer = JSON.parse(text || '{}') as typeof answer;
	} catch {
		return undefined;
	}
	const { rejectedLogRecords = 0, errorMessage } = answer.partialSuccess ?? {};
	return Number(rejectedLogRecords) < sent
		? undefined
		: `The endpoint refused all of them: ${errorMessage || 'no reason given'}.`;
}
