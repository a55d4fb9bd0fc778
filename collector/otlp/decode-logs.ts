import { z } from 'zod';
import { describeIssue } from '../ingest/describe-issue.ts';
import { parseJson } from '../ingest/parse-json.ts';
import { isProblem, type Problem } from '../problem.ts';
import { readLogsMessage } from './protobuf.ts';

/** Records one request may carry: the OpenTelemetry Collector's exporters send 8192 at once unless told otherwise. */
const MAX_RECORDS = 10_000;

const nanoseconds = z.union([z.string().regex(/^\d{1,20}$/), z.int().min(0)]).nullish();
const attributes = z
	.array(z.object({ key: z.string(), value: z.unknown().optional() }))
	.nullish()
	.transform((value) => value ?? []);

const logRecord = z.object({
	timeUnixNano: nanoseconds,
	observedTimeUnixNano: nanoseconds,
	eventName: z.string().nullish(),
	attributes,
	traceId: z.string().nullish(),
	spanId: z.string().nullish(),
	flags: z.int().nullish()
});

const logsRequest = z.object({
	resourceLogs: z
		.array(
			z.object({
				resource: z.object({ attributes }).nullish(),
				scopeLogs: z
					.array(
						z.object({
							scope: z
								.object({ name: z.string().nullish(), version: z.string().nullish() })
								.nullish(),
							logRecords: z.array(logRecord).nullish()
						})
					)
					.nullish()
			})
		)
		.nullish()
});

export type LogRecord = z.output<typeof logRecord>;
export type Attributes = LogRecord['attributes'];

/** One log record with what stands around it in the request. */
export interface FoundRecord {
	record: LogRecord;
	resource: Attributes;
	scope: { name?: string | null | undefined; version?: string | null | undefined };
}

/** Reads an ExportLogsServiceRequest in either of OTLP's encodings. What is not needed of it is not read. */
export function decodeLogs({
	body,
	protobuf
}: {
	body: Uint8Array;
	/** Binary protobuf; else JSON. */
	protobuf: boolean;
}): FoundRecord[] | Problem {
	const value = protobuf ? readLogsMessage(body) : parseJson(body);
	if (value === undefined) return PROTOBUF_MALFORMED;
	if (isProblem(value)) return value;
	const parsed = logsRequest.safeParse(value.json);
	if (!parsed.success)
		return {
			status: 400,
			code: 'logs_invalid',
			title: 'Not a logs request',
			detail: 'The body is no ExportLogsServiceRequest of OTLP, so no record was read.',
			errors: parsed.error.issues
				.slice(0, 20)
				.map((issue) => ({ index: -1, ...describeIssue(issue) }))
		};
	const found = (parsed.data.resourceLogs ?? []).flatMap(({ resource, scopeLogs }) =>
		(scopeLogs ?? []).flatMap(({ scope, logRecords }) =>
			(logRecords ?? []).map((record) => ({
				record,
				resource: resource?.attributes ?? [],
				scope: scope ?? {}
			}))
		)
	);
	return found.length > MAX_RECORDS ? TOO_MANY_RECORDS : found;
}

const PROTOBUF_MALFORMED: Problem = {
	status: 400,
	code: 'protobuf_malformed',
	title: 'Malformed protobuf',
	detail: 'The body is no ExportLogsServiceRequest of OTLP in binary protobuf.'
};

const TOO_MANY_RECORDS: Problem = {
	status: 413,
	code: 'too_many_records',
	title: 'Too many records',
	detail: `A request may carry at most ${MAX_RECORDS} log records. Send them in several.`
};
