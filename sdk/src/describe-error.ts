import type { CeremonyError } from '../event/event.ts';
import { normaliseMessage } from '../common/normalise-message.ts';

/**
 * What may be told of a rejection: its name, its message normalised, a library's code. Anything can be rejected with:
 * an abort's reason may be a bare string, whose text is the site's own and is not told.
 */
export function describeError({
	error,
	signal
}: {
	error: unknown;
	signal?: AbortSignal | undefined;
}): CeremonyError {
	const { name, message, code } = Object(error) as Record<string, unknown>;
	const isError = typeof name === 'string' && typeof message === 'string';
	return {
		name:
			(isError && name.replace(/[^\w.:$-]/g, '').slice(0, 64)) ||
			(signal?.aborted ? 'AbortError' : typeof error),
		...(isError && { signature: normaliseMessage(message) }),
		// DOMException's code is a number and says nothing that its name does not. Prose in its place is the site's own.
		...(typeof code === 'string' && /^[\w.:$-]{1,64}$/.test(code) && { code })
	};
}
