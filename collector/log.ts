import { trace } from '@opentelemetry/api';
import { cutText } from './cut-text.ts';

export type LogLevel = 'info' | 'warn' | 'error';

/** Writes one line about something that happened. Fields hold counts, names and codes: never a key, a reference or a body. */
export type Log = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

/** JSON lines on standard error, so that standard output stays the caller's. */
export const jsonLog: Log = (level, message, fields = {}) => {
	const time = new Date().toISOString();
	const span = trace.getActiveSpan()?.spanContext();
	const inTrace = span && { trace_id: span.traceId, span_id: span.spanId };
	process.stderr.write(
		JSON.stringify({ time, level, room: 'collector', message, ...inTrace, ...fields }) + '\n'
	);
};

/** What an error says of itself, without its stack. */
export function errorFields(error: unknown): Record<string, unknown> {
	if (!(error instanceof Error)) return { error: cutText(String(error), 500) };
	const code = (error as { code?: unknown }).code;
	return {
		error: cutText(error.message, 500),
		...(code !== undefined && { code }),
		...(error.cause instanceof Error && { cause: cutText(error.cause.message, 500) })
	};
}
