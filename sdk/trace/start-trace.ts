import { attempt } from '../src/attempt.ts';
import { state } from '../src/state.ts';

export interface TraceOptions {
	/**
	 * Origins that may get the header beside the page's own, such as "https://api.example.com". Name yours alone, and let their
	 * CORS answer allow `traceparent`: a browser refuses the request otherwise.
	 */
	origins?: string[];
	/** The W3C traceparent of a span that the page has already, to be joined instead of a new trace. */
	traceparent?: string;
}

export interface Trace {
	/** W3C Trace Context, version 00. */
	readonly traceparent: string;
	/** The browser's `fetch`, with the header `traceparent` where it may go. */
	readonly fetch: typeof fetch;
	/** What a request to this URL should carry, for other ways to send one; empty where the header may not go. */
	headersFor(url: string | URL): { traceparent?: string };
	/** Ends it: later events are not part of it. Starting another trace ends this one too. */
	end(): void;
}

/**
 * Starts one attempt's trace: events from now on carry it, and so do requests that go through its `fetch`, so that the server's
 * spans and the ceremony join. Never throws; outside a browser its `fetch` is the plain one.
 */
export function startTrace({ origins = [], traceparent }: TraceOptions = {}): Trace {
	const own = traceparent && VALID.test(traceparent) ? traceparent : makeTraceparent();
	const allowed = new Set(origins.flatMap((origin) => attempt(() => new URL(origin).origin) ?? []));
	const inPage = typeof window !== 'undefined';
	if (inPage) state.traceparent = own;

	const headersFor = (url: string | URL): { traceparent?: string } => {
		const target = inPage && attempt(() => new URL(url, document.baseURI).origin);
		const mayHave = target && (target === location.origin || allowed.has(target));
		return mayHave ? { traceparent: own } : {};
	};

	return {
		traceparent: own,
		headersFor,
		fetch: (input, init) => fetch(input, attempt(() => withTrace(headersFor, input, init)) ?? init),
		end() {
			if (state.traceparent === own) state.traceparent = undefined;
		}
	};
}

const VALID = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Sampled: what a server keeps is decided by its own sampler, and most of them follow their caller. */
const makeTraceparent = () => `00-${randomHex(16)}-${randomHex(8)}-01`;

const randomHex = (length: number) =>
	Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) =>
		byte.toString(16).padStart(2, '0')
	).join('');

/** The request's options with the header, or `undefined` where they stay as they are: another origin, or a trace of the site's own. */
function withTrace(
	headersFor: Trace['headersFor'],
	input: RequestInfo | URL,
	init: RequestInit | undefined
): RequestInit | undefined {
	const request = input instanceof Request ? input : undefined;
	const { traceparent } = headersFor(request?.url ?? String(input));
	const headers = new Headers(init?.headers ?? request?.headers);
	if (!traceparent || headers.has('traceparent')) return undefined;
	headers.set('traceparent', traceparent);
	return { ...init, headers };
}
