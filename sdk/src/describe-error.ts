import type { CeremonyError } from '../event/event.ts';
import { stripMessage } from './strip-message.ts';

/**
 * What may be told of a rejection: its name, its message normalised, a library's code. Anything can be rejected with:
 * an abort's reason may be a bare string, whose text is the site's own and is not told.
 */
export function describeError(error: unknown, signal?: AbortSignal): CeremonyError {
	const { name, message } = Object(error) as Record<string, unknown>;
	const isError = typeof name === 'string' && typeof message === 'string';
	return {
		name:
			(isError && name.replace(/[^\w.:$-]/g, '').slice(0, 64)) ||
			(signal?.aborted ? 'AbortError' : typeof error),
		signature: isError ? stripMessage(message) : undefined
	};
}
