import type { BatchReceipt, PasslensEventInput } from '../../sdk/event/index.ts';
import type { Passlens } from './passlens.ts';

/** Posts events to the collector as a server or an app would: without an Origin header. */
export async function sendEvents({
	passlens,
	key,
	events
}: {
	passlens: Pick<Passlens, 'collectorUrl'>;
	key: string;
	events: PasslensEventInput[];
}): Promise<{ status: number; receipt: BatchReceipt }> {
	const response = await fetch(`${passlens.collectorUrl}/v1/events`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		body: JSON.stringify({
			schema_version: 1,
			sent_unix_ms: Date.now(),
			sdk: { name: 'passlens-tests', version: '0.0.0' },
			events
		})
	});
	return { status: response.status, receipt: (await response.json()) as BatchReceipt };
}
