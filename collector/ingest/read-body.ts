import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Problem } from '../problem.ts';

/** What a protocol takes. */
export interface BodyRules {
	types: RegExp;
	/** Of a body, counted after decompression. */
	maxBytes: number;
	/** For the refusal: what would be right. */
	typesInWords: string;
}

/**
 * Reads a request's body, inflated when it came as gzip, and stops as soon as the limit is passed:
 * a small body that would inflate to gigabytes costs no more than the limit.
 */
export async function readBody(
	request: IncomingMessage,
	{ types, maxBytes, typesInWords }: BodyRules
): Promise<Buffer | Problem> {
	if (!types.test(request.headers['content-type'] ?? '')) return wrongType(typesInWords);
	const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
	if (encoding !== 'identity' && encoding !== 'gzip') return WRONG_ENCODING;
	if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge(maxBytes);
	if (encoding === 'identity') return collect(request, maxBytes, () => undefined);

	const gunzip = createGunzip();
	request.on('error', (error) => gunzip.destroy(error));
	request.pipe(gunzip);
	return collect(gunzip, maxBytes, () => {
		request.unpipe(gunzip);
		gunzip.destroy();
	});
}

async function collect(
	stream: Readable,
	maxBytes: number,
	stop: () => void
): Promise<Buffer | Problem> {
	const chunks: Buffer[] = [];
	let size = 0;
	return new Promise((resolve) => {
		const finish = (result: Buffer | Problem) => {
			stream.off('data', onData);
			stop();
			resolve(result);
		};
		const onData = (chunk: Buffer) => {
			size += chunk.length;
			if (size > maxBytes) finish(tooLarge(maxBytes));
			else chunks.push(chunk);
		};
		stream.on('data', onData);
		stream.on('end', () => finish(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
		stream.on('error', (error: NodeJS.ErrnoException) => finish(unreadable(error)));
		stream.on('close', () => finish(CUT_OFF));
	});
}

function unreadable(error: NodeJS.ErrnoException): Problem {
	return error.code?.startsWith('Z_') ? BROKEN_GZIP : CUT_OFF;
}

const wrongType = (typesInWords: string): Problem => ({
	status: 415,
	code: 'content_type_unsupported',
	title: 'Content type not supported',
	detail: `Send ${typesInWords}.`
});

const WRONG_ENCODING: Problem = {
	status: 415,
	code: 'content_encoding_unsupported',
	title: 'Content encoding not supported',
	detail: 'Send the body as it is or with "content-encoding: gzip".'
};

const tooLarge = (maxBytes: number): Problem => ({
	status: 413,
	code: 'body_too_large',
	title: 'Body too large',
	detail: `A body may hold at most ${maxBytes} bytes, counted after decompression. Send the events in several batches.`
});

const BROKEN_GZIP: Problem = {
	status: 400,
	code: 'gzip_broken',
	title: 'Body is not gzip',
	detail: 'The body was announced as gzip and could not be decompressed.'
};

const CUT_OFF: Problem = {
	status: 400,
	code: 'body_incomplete',
	title: 'Body incomplete',
	detail: 'The connection ended before the whole body had arrived.'
};
