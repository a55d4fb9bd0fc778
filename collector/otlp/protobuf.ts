import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';

const { root } = protobuf.parse(readFileSync(join(import.meta.dirname, 'logs.proto'), 'utf8'));
const type = (name: string) => root.lookupType(`passlens.otlp.${name}`);
const REQUEST = type('ExportLogsServiceRequest');
const RESPONSE = type('ExportLogsServiceResponse');
const STATUS = type('Status');

/**
 * A binary ExportLogsServiceRequest in the shape of OTLP's JSON: 64-bit numbers as decimal text, trace and span ids in
 * hex. Undefined when the bytes are no such message.
 */
export function readLogsMessage(body: Uint8Array): { json: unknown } | undefined {
	try {
		const message = REQUEST.toObject(REQUEST.decode(body), { longs: String, arrays: true });
		for (const { scopeLogs } of message.resourceLogs)
			for (const { logRecords } of scopeLogs)
				for (const record of logRecords) {
					record.traceId = hex(record.traceId);
					record.spanId = hex(record.spanId);
				}
		return { json: message };
	} catch {
		return undefined;
	}
}

const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');

/** What OTLP answers when it took a request, wholly or in part. */
export function writeLogsResponse(partialSuccess: object | undefined): Uint8Array {
	return RESPONSE.encode(
		RESPONSE.create(partialSuccess && { partialSuccess: partialSuccess })
	).finish();
}

/** What OTLP answers when it refused a request: google.rpc.Status. */
export function writeStatus(status: { code: number; message: string }): Uint8Array {
	return STATUS.encode(STATUS.create(status)).finish();
}
