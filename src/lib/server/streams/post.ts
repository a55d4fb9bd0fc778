import { readUrl } from '../../../../sdk/outbound/read-url.ts';
import type { StreamOutlets } from './send-events.ts';

const SEND_MS = 10_000;
const MAX_BYTES = 65_536;

/** Posts a body, to addresses that were checked before anything is connected to. @returns the answer's text, or what went wrong in words */
export async function post({
	target,
	headers,
	authorization,
	body,
	outlets
}: {
	target: string;
	headers: Record<string, string>;
	/** Empty: none. */
	authorization: string;
	body: string;
	outlets: Pick<StreamOutlets, 'allowPrivate'>;
}): Promise<{ text: string } | { mistake: string }> {
	const answer = await readUrl({
		...{ url: new URL(target), method: 'POST', body },
		headers: { ...headers, ...(authorization && { authorization }) },
		connection: {
			...{ agent: 'passlens-streams', allowPrivate: outlets.allowPrivate, maxBytes: MAX_BYTES },
			...{ requestMs: SEND_MS, deadline: performance.now() + SEND_MS }
		}
	});
	if (answer.kind === 'failure')
		return {
			mistake:
				answer.code === 'private_address_refused'
					? `${answer.found} PASSLENS_STREAMS_ALLOW_PRIVATE=1 allows such addresses.`
					: answer.found
		};
	if (answer.status >= 200 && answer.status < 300) return { text: answer.text };
	const said = answer.text.trim().slice(0, 200);
	return { mistake: `${answer.url.host} answered ${answer.status}${said ? `: ${said}` : ''}.` };
}
