import type { CustomFetch } from 'openid-client';
import { isLoopback } from '../../../../../sdk/outbound/address.ts';
import { readUrl } from '../../../../../sdk/outbound/read-url.ts';

const REQUEST_MS = 10_000;
const MOST_BYTES = 1_000_000;
/** Answers that have no body. */
const EMPTY = [101, 204, 205, 304];

/** The provider gave no answer that could be read. The message names its address and is for the server's log alone. */
export class ProviderUnreachable extends Error {}

/** Asks the provider as `openid-client` wants it, at addresses that were checked before, within time and size. @throws ProviderUnreachable */
export function providerFetch({ allowPrivate }: { allowPrivate: boolean }): CustomFetch {
	return async (address, { method, headers, body }) => {
		const url = new URL(address);
		// What the provider says of itself may name any address: in the clear, it is this machine's or nobody's.
		if (url.protocol !== 'https:' && !isLoopback(url))
			throw new ProviderUnreachable(`${url.origin} is not https: nothing was asked of it.`);
		const answer = await readUrl({
			...{ url, method: method === 'POST' ? 'POST' : 'GET', headers },
			...(body != null && { body: String(body) }),
			connection: {
				...{ agent: 'Passlens', allowPrivate, maxBytes: MOST_BYTES },
				...{ requestMs: REQUEST_MS, deadline: performance.now() + REQUEST_MS }
			}
		});
		if (answer.kind === 'failure') throw new ProviderUnreachable(answer.found);
		if (!answer.complete)
			throw new ProviderUnreachable(`${url.origin} sent more than ${MOST_BYTES} bytes.`);
		const { status } = answer;
		return new Response(EMPTY.includes(status) ? null : answer.text, {
			status,
			headers: { 'content-type': answer.headers['content-type'] ?? '' }
		});
	};
}
