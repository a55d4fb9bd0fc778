import type { IncomingHttpHeaders } from 'node:http';
import type { Refusal } from '../../sdk/event/index.ts';
import { isProblem, problemMembers, type Problem } from '../problem.ts';
import { jsonAnswer, type Protocol } from '../protocol.ts';
import { ingestLogs, type LogsReceipt } from './ingest-logs.ts';
import { writeLogsResponse, writeStatus } from './protobuf.ts';

const PROTOBUF = 'application/x-protobuf';

/**
 * OTLP/HTTP for logs, in both encodings. As OTLP prescribes: 200 with the number of rejected records and why, a Status
 * for the refusal of a whole request. In JSON the Status carries the members of problem details (RFC 9457) beside its own.
 */
export const LOGS_PROTOCOL: Protocol = {
	path: '/v1/logs',
	rules: {
		types: /^application\/(json|x-protobuf)\s*(;|$)/i,
		typesInWords: 'application/x-protobuf or application/json',
		maxBytes: 4 * 1024 ** 2
	},
	async take(arrival, headers) {
		const protobuf = isProtobuf(headers);
		const receipt = await ingestLogs({ ...arrival, protobuf });
		if (isProblem(receipt)) return receipt;
		const partialSuccess = describeRejected(receipt);
		return protobuf
			? { status: 200, type: PROTOBUF, body: writeLogsResponse(partialSuccess) }
			: jsonAnswer(200, {
					...(partialSuccess && {
						partialSuccess: {
							...partialSuccess,
							// A 64-bit number, which JSON writes as text.
							rejectedLogRecords: String(partialSuccess.rejectedLogRecords)
						}
					})
				});
	},
	refuse(problem, headers) {
		const status = { code: GRPC_CODES[problem.status], message: describe(problem) };
		if (isProtobuf(headers))
			return { status: problem.status, type: PROTOBUF, body: writeStatus(status) };
		return {
			status: problem.status,
			type: 'application/json',
			body: JSON.stringify({ ...problemMembers(problem), ...status })
		};
	}
};

/** google.rpc.Code, by HTTP status. */
const GRPC_CODES: Record<Problem['status'], number> = {
	400: 3,
	401: 16,
	403: 7,
	404: 5,
	405: 12,
	413: 3,
	415: 3,
	429: 8,
	500: 13,
	503: 14
};

function isProtobuf(headers: IncomingHttpHeaders): boolean {
	return (headers['content-type'] ?? '').toLowerCase().startsWith(PROTOBUF);
}

function describeRejected({ accepted, refused }: LogsReceipt) {
	if (refused.length === 0) return undefined;
	const total = accepted + refused.length;
	return {
		rejectedLogRecords: refused.length,
		errorMessage: `${refused.length} of ${total} log records were not taken; sending them again is of no use. ${listRefusals(refused)}`
	};
}

function describe({ detail, errors = [] }: Problem): string {
	return errors.length === 0 ? detail : `${detail} ${listRefusals(errors)}`;
}

const NAMED = 5;

function listRefusals(refused: Refusal[]): string {
	const named = refused.slice(0, NAMED).map(({ index, field, reason }) => {
		const where = [index >= 0 ? `record ${index}` : '', field].filter(Boolean).join(', ');
		return `${where}: ${reason}`;
	});
	const rest = refused.length - named.length;
	return named.join('; ') + (rest > 0 ? `; and ${rest} more.` : '.');
}
