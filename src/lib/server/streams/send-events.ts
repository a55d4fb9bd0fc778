import type { NumberedEvent } from '../../../../settings/stream-events.ts';
import type { Stream } from '../../../../settings/streams.ts';
import { environmentNumber } from '../environment-number.ts';
import { sendOtlpLogs } from './send-otlp-logs.ts';
import { sendWebhook } from './send-webhook.ts';
import { writeToFile } from './write-to-file.ts';

/** How events leave this machine; from the environment, see `streamOutlets`. */
export interface StreamOutlets {
	/** Where files are written; undefined: the operator named none. */
	directory: string | undefined;
	/** Bytes after which a file is set aside and a new one begun. */
	fileBytes: number;
	/** Let addresses lead to private and loopback networks. */
	allowPrivate: boolean;
}

/** PASSLENS_STREAMS_DIR, PASSLENS_STREAMS_FILE_MB, PASSLENS_STREAMS_ALLOW_PRIVATE. */
export function streamOutlets(env: Record<string, string | undefined>): StreamOutlets {
	return {
		directory: env.PASSLENS_STREAMS_DIR || undefined,
		fileBytes: environmentNumber(env, 'PASSLENS_STREAMS_FILE_MB') * 1_000_000,
		allowPrivate: env.PASSLENS_STREAMS_ALLOW_PRIVATE === '1'
	};
}

export type Told = Pick<NumberedEvent, 'uid' | 'body'>;
export type Target = Pick<Stream, 'kind' | 'target' | 'format' | 'secret' | 'authorization'>;

/** Hands some events to where a stream leads. @returns what went wrong, in words; undefined when all were taken */
export function sendEvents(
	stream: Target,
	events: readonly Told[],
	outlets: StreamOutlets
): Promise<string | undefined> {
	if (stream.kind === 'file') return writeToFile(stream, events, outlets);
	if (stream.kind === 'otlp') return sendOtlpLogs(stream, events, outlets);
	return sendWebhook(stream, events, outlets);
}
